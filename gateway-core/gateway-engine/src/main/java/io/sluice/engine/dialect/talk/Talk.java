package io.sluice.engine.dialect.talk;

import io.sluice.api.Downlink;
import io.sluice.api.dialect.Outgoing;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What one dialect sends to its devices by itself. Immutable, thread-safe. */
public interface Talk {
  /** Its name. */
  String dialect();

  /** Whether the vendor's cloud sends without a subscription. */
  boolean isImplicit();

  /** Whether it sends anything at all. */
  boolean isSilent();

  /**
   * Whether a device may subscribe to a filter.
   *
   * @param isOwn whether a name is that of the device or of a child of it
   */
  boolean maySubscribe(String filter, Predicate<String> isOwn);

  /** Its forms of commands, which may learn names of what is subscribed to; in order. */
  List<CommandForm> forms();

  /** A command in its form; null where none reaches the device. */
  @Nullable Downlink write(Outgoing outgoing, Predicate<String> isHeard);
}
