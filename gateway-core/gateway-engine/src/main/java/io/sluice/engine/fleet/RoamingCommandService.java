package io.sluice.engine.fleet;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.fleet.FleetCommands;
import io.sluice.api.fleet.FleetCommands.Order;
import io.sluice.api.fleet.FleetCommands.Report;
import io.sluice.api.fleet.OutcomeUnknownException;
import io.sluice.api.operator.CommandService;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.engine.registry.command.FleetQueues;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The commands of the whole fleet at the API of one gateway. Where the fleet's store is away, a
 * command for a device that is here is queued here and told the fleet afterwards; for any other it
 * is refused, since nobody knows where that is. Thread-safe; blocks on the network.
 */
final class RoamingCommandService implements CommandService {
  private final CommandService own;
  private final FleetQueues queues;
  private final FleetCommands fleet;
  private final RoamingCommands roaming;
  private volatile boolean isAway;

  RoamingCommandService(
      CommandService own, FleetQueues queues, FleetCommands fleet, RoamingCommands roaming) {
    this.own = own;
    this.queues = queues;
    this.fleet = fleet;
    this.roaming = roaming;
  }

  /** Whether the store is known to be away: then nobody waits to find that out. */
  void away(boolean now) {
    isAway = now;
  }

  private FleetCommands fleet() {
    if (isAway) {
      throw new StoreUnavailableException("the fleet's store does not answer");
    }
    return fleet;
  }

  @Override
  public Submission submit(
      DeviceId device, String name, ContentType contentType, byte[] payload, Duration expiry) {
    Submission refusal = queues.refusal(device, name, contentType, payload, expiry);
    if (refusal != null) {
      return refusal;
    }
    Order order =
        new Order(
            UUID.randomUUID().toString(),
            device,
            roaming.via(device),
            name,
            contentType,
            payload.clone(),
            expiry);
    try {
      return OrderOnce.submit(this::fleet, order);
    } catch (StoreUnavailableException e) {
      if (roaming.isHere(device)) {
        // of the same id, so that it is one command where the store has it all the same
        Submission queued = queues.submit(order.id(), device, name, contentType, payload, expiry);
        if (queued instanceof Submission.Taken) {
          roaming.queuedHere(order.id());
        }
        return queued;
      }
      if (e instanceof OutcomeUnknownException) {
        throw e;
      }
      throw new StoreUnavailableException(
          "the fleet's store is away, and device "
              + device
              + " is not connected to this gateway: the command was not taken; give it again when"
              + " the store is back, or at the gateway that has the device ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  @Override
  public @Nullable CommandView get(DeviceId device, String commandId) {
    CommandView here = own.get(device, commandId);
    try {
      CommandView known = fleet().get(device, commandId);
      return known == null ? here : latest(known);
    } catch (StoreUnavailableException e) {
      if (here == null) {
        throw e;
      }
      return here;
    }
  }

  @Override
  public List<CommandView> list(DeviceId device, int limit) {
    List<CommandView> here = own.list(device, limit);
    List<CommandView> all;
    try {
      all = new ArrayList<>(fleet().list(device, limit));
    } catch (StoreUnavailableException e) {
      return here; // what this gateway knows
    }
    all.replaceAll(this::latest);
    for (CommandView each : here) {
      if (all.stream().noneMatch(known -> known.id().equals(each.id()))) {
        all.add(each);
      }
    }
    all.sort(Comparator.comparingLong(CommandView::createdMicros).reversed());
    return List.copyOf(all.subList(0, Math.min(all.size(), Math.max(0, limit))));
  }

  /** With what the fleet has still to hear of it. */
  private CommandView latest(CommandView known) {
    Report report = roaming.reports().of(known.id());
    return report == null || known.state() == State.CANCELLED
        ? known
        : new CommandView(
            known.id(),
            known.device(),
            known.name(),
            report.state(),
            known.createdMicros(),
            known.expiresMicros(),
            known.sentMicros(),
            known.acknowledgedMicros(),
            report.reasonCode());
  }

  @Override
  public @Nullable CommandView cancel(DeviceId device, String commandId) {
    CommandView here = own.cancel(device, commandId);
    try {
      CommandView known = fleet().cancel(device, commandId);
      return known == null ? here : known;
    } catch (StoreUnavailableException e) {
      if (here == null) {
        throw e;
      }
      return here; // the fleet hears of it later
    }
  }
}
