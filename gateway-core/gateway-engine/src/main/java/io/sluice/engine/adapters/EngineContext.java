package io.sluice.engine.adapters;

import io.sluice.api.Command;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.adapter.Access;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Commands;
import io.sluice.api.adapter.Dialogue;
import io.sluice.api.adapter.Drain;
import io.sluice.api.adapter.Ingress;
import io.sluice.api.adapter.LiveRecords;
import io.sluice.api.adapter.Meters;
import io.sluice.api.adapter.Sessions;
import io.sluice.api.adapter.SharedParts;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The ports of a gateway, the same for all its adapters but for the meaning of topics. Thread-safe.
 */
public record EngineContext(
    Ingress ingress,
    Access access,
    Sessions sessions,
    Commands commands,
    Meters meters,
    LiveRecords records,
    InstantSource clock,
    SharedParts parts,
    Dialogue.Opener dialogues,
    String gateway,
    Supplier<@Nullable Drain> drains)
    implements AdapterContext {
  /** Without the dialects of a way in. */
  public EngineContext(
      Ingress ingress,
      Access access,
      Sessions sessions,
      Commands commands,
      Meters meters,
      LiveRecords records,
      InstantSource clock,
      SharedParts parts) {
    this(ingress, access, sessions, commands, meters, records, clock, parts, "");
  }

  /**
   * Without the dialects of a way in.
   *
   * @param gateway its id
   */
  public EngineContext(
      Ingress ingress,
      Access access,
      Sessions sessions,
      Commands commands,
      Meters meters,
      LiveRecords records,
      InstantSource clock,
      SharedParts parts,
      String gateway) {
    this(
        ingress,
        access,
        sessions,
        commands,
        meters,
        records,
        clock,
        parts,
        _ -> Dialogue.NONE,
        gateway,
        () -> null);
  }

  /**
   * The same gateway that may be drained.
   *
   * @param drain asked for each sign-in; must not block
   */
  public EngineContext drainedBy(Supplier<@Nullable Drain> drain) {
    return new EngineContext(
        ingress, access, sessions, commands, meters, records, clock, parts, dialogues, gateway,
        drain);
  }

  /** The same gateway for an adapter with a way in, and so with dialects, of its own. */
  public EngineContext with(GatewayIngress way) {
    return new EngineContext(
        way,
        access instanceof GatewayAccess own ? own.with(way::signIns, clock) : access,
        sessions,
        commands,
        meters,
        records,
        clock,
        parts,
        way::dialogue,
        gateway,
        drains);
  }

  @Override
  public @Nullable Drain drain() {
    return drains.get();
  }

  @Override
  public Dialogue dialogue(Admission.Admitted admitted) {
    return dialogues.open(admitted);
  }

  @Override
  public @Nullable Downlink written(DeviceId source, Command command) {
    return ingress instanceof GatewayIngress way ? way.written(source, command) : null;
  }

  @Override
  public @Nullable Path folder() {
    return parts.folder();
  }

  @Override
  public <T> T shared(Class<T> type, Supplier<T> maker) {
    return parts.of(type, maker);
  }
}
