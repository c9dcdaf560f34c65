package io.sluice.api;

import org.jspecify.annotations.Nullable;

/**
 * The way down, seen from adapters. Thread-safe, never blocks.
 *
 * <p>A command is queued, sent, acknowledged or expired. A command that was sent and not
 * acknowledged is sent again on the device's next session (at least once).
 */
public interface Commands {
  /**
   * The device can take commands from now on (it subscribed, or observes): those that wait are
   * handed to its link, oldest first, as far as the link takes them.
   */
  void ready(DeviceId device);

  /** For devices that poll: the oldest command that waits, marked as sent; null where none does. */
  @Nullable Command poll(DeviceId device);

  /** The device has it (PUBACK, ACK of a notification or an explicit acknowledgement). */
  void acknowledged(DeviceId device, String commandId);

  /** It could not be sent after all: it is queued again. */
  void returned(DeviceId device, String commandId);
}
