package io.sluice.api.fleet;

import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.operator.CommandService.CommandView;
import io.sluice.api.operator.CommandService.State;
import io.sluice.api.operator.CommandService.Submission;
import io.sluice.api.store.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The commands of the whole fleet. One that waits is in nobody's hands until a gateway takes it;
 * only that one delivers it, until it gives it back or its lease is over. Thread-safe; blocks on
 * the network. Each method throws {@link StoreUnavailableException} where the database cannot be
 * asked.
 */
public interface FleetCommands {
  /** Commands that may wait for a device. */
  int MAX_WAITING = 100;

  /** Commands that ended of which a device's last are kept. */
  int MAX_ENDED = 50;

  /**
   * A command to be queued.
   *
   * @param id unique; the same id again is the same command
   * @param via the concentrator that may take it for its device, or null
   */
  record Order(
      String id,
      DeviceId device,
      @Nullable DeviceId via,
      String name,
      ContentType contentType,
      byte[] payload,
      Duration expiry) {}

  /**
   * How far a command has come at a gateway. Times are ages, by the gateway's own timer.
   *
   * @param device the addressee, or its concentrator where that is all that is known
   * @param sentMicros how long ago it was sent, or null
   * @param answeredMicros how long ago the device answered, or null
   * @param isOver whether nothing is waited for any more
   * @param isReleased whether the gateway gives it back
   */
  record Report(
      String id,
      String device,
      State state,
      @Nullable Long sentMicros,
      @Nullable Long answeredMicros,
      @Nullable Integer reasonCode,
      boolean isOver,
      boolean isReleased) {}

  /**
   * A command that a gateway has in hand.
   *
   * @param ageMicros how long ago it was queued
   * @param leftMicros until it expires
   */
  record InHand(
      String id,
      DeviceId device,
      String name,
      ContentType contentType,
      byte[] payload,
      State state,
      long ageMicros,
      long leftMicros) {
    /** As a command of a gateway, by the clock of that. */
    public Command command(long nowMicros) {
      return new Command(
          id, device, name, contentType, payload, nowMicros - ageMicros, nowMicros + leftMicros);
    }
  }

  /** Queues a command, and tells the gateways that may have its device. */
  Submission submit(Order order);

  @Nullable CommandView get(DeviceId device, String id);

  /** The device's commands, newest first. */
  List<CommandView> list(DeviceId device, int limit);

  /** Ends a command that waits, and tells the gateway that has it in hand. */
  @Nullable CommandView cancel(DeviceId device, String id);

  /** Takes what waits for these devices or comes by them, oldest first. */
  List<InHand> take(String gateway, List<String> devices, int limit);

  /** Writes back how far commands have come. */
  void report(String gateway, List<Report> reports);

  /** What a gateway has in hand by the database. */
  List<InHand> inHand(String gateway, int limit);

  /** Of these ids those that a gateway has in hand. */
  Set<String> stillInHand(String gateway, List<String> ids);

  /**
   * Queues a command that a gateway has taken while the database was away.
   *
   * @return whether it is the gateway's to deliver: not where another has had it meanwhile
   */
  boolean push(String gateway, InHand command, @Nullable DeviceId via, @Nullable Long sentMicros);

  /** Ends commands whose time is over for a while, some at a time; returns how many. */
  long expire(int limit);

  /**
   * Takes commands out of the hands of gateways whose lease is over, and tells the gateways that
   * have their devices by now.
   *
   * @return how many
   */
  long releaseOrphans(int limit);
}
