package io.sluice.engine.registry.command;

import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.operator.CommandService.State;
import io.sluice.api.operator.CommandService.Submission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's queues as the fleet uses them. A command of the fleet is in memory alone: the fleet
 * keeps it, and knows who has it in hand. Thread-safe; blocks on the disk where it says so.
 */
public final class FleetQueues {
  private final CommandQueues queues;
  private final ConcurrentMap<String, CommandQueue> all;

  FleetQueues(CommandQueues queues, ConcurrentMap<String, CommandQueue> all) {
    this.queues = queues;
    this.all = all;
  }

  /**
   * A command that this gateway alone knows.
   *
   * @param sentMicros by the gateway's clock, or null
   */
  public record Own(Command command, State state, @Nullable Long sentMicros) {}

  /** Tells this of commands of the fleet, and asks it, from now on. */
  public void shareBy(Sharing sharing) {
    queues.shareBy(sharing);
  }

  /** Why a command cannot be taken; null where it can. */
  public @Nullable Submission refusal(
      DeviceId device, String name, ContentType contentType, byte[] payload, Duration expiry) {
    return queues.refusal(device, name, contentType, payload, expiry);
  }

  /** Queues a command of that id that the fleet does not know yet. Blocks on the disk. */
  public Submission submit(
      String id,
      DeviceId device,
      String name,
      ContentType contentType,
      byte[] payload,
      Duration expiry) {
    return queues.submit(id, device, name, contentType, payload, expiry);
  }

  /**
   * Takes a command of the fleet and sends it if the device can take it. One that is here already
   * is taken once.
   *
   * @return false where the device is not registered here, or too many wait
   */
  public boolean take(Command command) {
    return queues.take(command);
  }

  /** How many more can be taken; what is over frees room. */
  public int room() {
    return Math.max(0, CommandQueues.MAX_WAITING - queues.waiting());
  }

  /** Whether a command waits here or has ended here. */
  public boolean has(DeviceId device, String id) {
    return queues.holds(device, id);
  }

  /** Commands of the fleet that wait here. */
  public List<SharedCommand> waiting() {
    List<SharedCommand> waiting = new ArrayList<>();
    all.values()
        .forEach(queue ->
            queue.waiting().stream()
                .filter(CommandEntry::isShared)
                .map(CommandEntry::shared)
                .forEach(waiting::add));
    return waiting;
  }

  /**
   * Commands that the fleet does not know: those that wait, and of those that ended the named.
   *
   * @param ended ids
   */
  public List<Own> own(Set<String> ended) {
    List<Own> own = new ArrayList<>();
    all.values()
        .forEach(queue ->
            queue.waitingOr(ended).stream()
                .filter(entry -> !entry.isShared())
                .map(CommandEntry::own)
                .forEach(own::add));
    return own;
  }

  /**
   * The fleet knows the command from now on: it is not kept on the disk any more.
   *
   * @return how far it has come, null where there is none
   */
  public @Nullable SharedCommand share(DeviceId device, String id) {
    CommandQueue queue = all.get(device.value());
    for (CommandEntry entry :
        queue == null ? List.<CommandEntry>of() : queue.waitingOr(Set.of(id))) {
      if (entry.command().id().equals(id)) {
        entry.share();
        queues.unstore(entry);
        return entry.shared();
      }
    }
    return null;
  }

  /** Forgets a command that is another's to deliver, or over. */
  public void drop(DeviceId device, String id) {
    CommandQueue queue = all.get(device.value());
    if (queue != null) {
      queue.takeOut(entry -> entry.command().id().equals(id)).forEach(queues::dropped);
    }
  }

  /** Ends a command that is over by the fleet's word. */
  public void over(DeviceId device, String id) {
    var _ = queues.cancel(device, id);
  }

  /** Takes those out that wait for such devices, but for what stands between and has them. */
  public List<SharedCommand> giveBack(Predicate<DeviceId> gone) {
    List<SharedCommand> given = new ArrayList<>();
    all.forEach((device, queue) -> {
      if (queue.isWaitedFor() && gone.test(new DeviceId(device))) {
        for (CommandEntry entry : queue.takeOut(each -> each.isShared() && each.isInNoHand())) {
          queues.dropped(entry);
          given.add(entry.shared());
        }
      }
    });
    return given;
  }

  /** Gives devices what waits for them, now that it may be given. */
  public void sendAll() {
    all.forEach((device, queue) -> {
      if (queue.isWaitedFor()) {
        queues.ready(new DeviceId(device));
      }
    });
  }
}
