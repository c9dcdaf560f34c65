package io.sluice.api.adapter;

import io.sluice.api.Command;
import io.sluice.api.DeviceId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The way down, seen from adapters. Thread-safe, never blocks.
 *
 * <p>Of a command that was given to the link of a concentrator for a child of it, the device is the
 * child or the concentrator: either will do.
 *
 * <p>A command is queued, sent, acknowledged, refused, cancelled or expired. A command that was
 * sent and not answered is sent again on the device's next session (at least once), unless nothing
 * is ever answered to it.
 */
public interface Commands {
  /**
   * The device can take commands from now on (it subscribed, or observes): those that wait are
   * handed to its link, oldest first, as far as the link takes them.
   */
  void ready(DeviceId device);

  /** For devices that poll: the oldest command that waits, marked as sent; null where none does. */
  @Nullable Command poll(DeviceId device);

  /**
   * Fetches commands for a device that polls, where they may wait elsewhere: {@link #poll} after it
   * has them.
   *
   * @return done when they are here, or cannot be had now; within some 2 s, on any thread, never
   *     with a fault. Done already where commands wait nowhere else
   */
  default CompletionStage<Void> fetch(DeviceId device) {
    return CompletableFuture.completedFuture(null);
  }

  /**
   * The device has it (PUBACK, ACK of a notification or an explicit acknowledgement). It counts
   * also where the command has expired meanwhile.
   */
  void acknowledged(DeviceId device, String commandId);

  /**
   * What stands between has it, such as a network server with a queue of its own, and the device's
   * answer is still to come: it is not sent again, and waits until it is answered or expires.
   */
  void handedOver(DeviceId device, String commandId);

  /**
   * Id of the oldest command that was sent and has not been answered, or null: of the device, or of
   * a child of it.
   *
   * @param addressee id of the one or the other, in any case of its letters
   */
  @Nullable String oldestSent(DeviceId device, String addressee);

  /** It was given out in a way that nothing is answered to (MQTT QoS 0): it is over. */
  void unanswered(DeviceId device, String commandId);

  /**
   * The device has it and does not do it.
   *
   * @param reasonCode of its answer, by its protocol (MQTT 5 section 3.4.2.1)
   */
  void refused(DeviceId device, String commandId, int reasonCode);

  /**
   * A link could not send it after all, or got no answer to it: it is queued again. Does nothing
   * where the command was given to another link meanwhile, to a poll, or is over.
   *
   * @param link that was given it by {@link DeviceLink#send}
   */
  void returned(DeviceId device, String commandId, DeviceLink link);

  /**
   * The answer to a {@link #poll} could not take it after all: it is queued again. Does nothing
   * where a link was given it meanwhile, or it is over.
   */
  void returned(DeviceId device, String commandId);
}
