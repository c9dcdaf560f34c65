package io.sluice.api.adapter;

import io.sluice.api.Command;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How one session's device is spoken to in the form of its vendor. Confined to the thread of the
 * session. Never blocks.
 */
public interface Dialogue {
  /** Of a device without a vendor's form: it takes {@code command/#} alone. */
  Dialogue NONE =
      new Dialogue() {
        @Override
        public boolean maySubscribe(String filter) {
          return false;
        }

        @Override
        public void subscribed(Collection<String> filters) {
          // there is nothing to learn
        }

        @Override
        public boolean isImplicit() {
          return false;
        }

        @Override
        public @Nullable Downlink write(
            Command command, int number, Predicate<String> isSubscribed) {
          return null;
        }
      };

  /** Opens the dialogue of a session. Thread-safe. */
  @FunctionalInterface
  interface Opener {
    Dialogue open(Admission.Admitted admitted);
  }

  /**
   * Whether the device may subscribe to a filter: one by which only what is meant for it, or for a
   * child of it, can come.
   *
   * @throws Awaited where that is being found out
   */
  boolean maySubscribe(String filter);

  /** The session's subscriptions are these from now on. */
  void subscribed(Collection<String> filters);

  /**
   * What a new subscription gets at once, as a broker's retained messages.
   *
   * @param filter as the device wrote it
   */
  default List<Downlink> retained(String filter) {
    return List.of();
  }

  /** Whether the vendor's cloud sends without a subscription. */
  boolean isImplicit();

  /**
   * Topic by which a child was last heard through the session's device, or empty: forms of commands
   * for it may need what stands there. Any thread.
   */
  default String heard(DeviceId child) {
    return "";
  }

  /**
   * A command in the vendor's form, for the session's device or for a child of it.
   *
   * @param number of the command in this session, from 1; the device's answer names it
   * @param isSubscribed whether the session has a subscription that matches a topic
   * @return null where no form of the vendor's reaches this session
   */
  @Nullable Downlink write(Command command, int number, Predicate<String> isSubscribed);
}
