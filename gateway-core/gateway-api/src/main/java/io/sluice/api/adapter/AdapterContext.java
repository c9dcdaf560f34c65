package io.sluice.api.adapter;

import io.sluice.api.Command;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one adapter gets of the gateway: a few small ports, each for one purpose. An adapter hands
 * on the port that a class needs, and no more. All ports are thread-safe and none blocks.
 */
public interface AdapterContext {
  /** Takes messages in. */
  Ingress ingress();

  /** Says who may come in. */
  Access access();

  /** Knows which device is here. */
  Sessions sessions();

  /** Gives out commands for devices. */
  Commands commands();

  /** How a device is spoken to in its vendor's form. */
  default Dialogue dialogue(Admission.Admitted admitted) {
    return Dialogue.NONE;
  }

  /**
   * A command for a device that a source speaks for, in the form of the vendor by whose topic it
   * was heard last.
   *
   * @param source as {@link Uplink#device} of its messages
   * @return null where it was not heard since the start, or its vendor has no form for it
   */
  default @Nullable Downlink written(DeviceId source, Command command) {
    return null;
  }

  /** Counts what the adapter itself refuses. */
  Meters meters();

  /** The stream of accepted records, for local consumers. */
  LiveRecords records();

  /** Id of the gateway, by which its own names at a far end are told from another gateway's. */
  default String gateway() {
    return "";
  }

  /** Set while no new sessions may be taken: who asks for one is sent away. Null otherwise. */
  default @Nullable Drain drain() {
    return null;
  }

  /** The clock that times of arrival are taken from. */
  default InstantSource clock() {
    return InstantSource.system();
  }

  /**
   * A folder for what adapters themselves keep over a restart, beside the gateway's own data; need
   * not be there yet. Null: nothing can be kept.
   */
  default @Nullable Path folder() {
    return null;
  }

  /**
   * What the adapters of this gateway share: the one object of a class of theirs, made by the first
   * that asks. It lives as long as the gateway.
   */
  <T> T shared(Class<T> type, Supplier<T> maker);
}
