package io.sluice.engine.fleet;

import io.sluice.api.Command;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Commands;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.fleet.FleetCommands;
import io.sluice.api.fleet.FleetCommands.InHand;
import io.sluice.api.fleet.FleetCommands.Report;
import io.sluice.api.operator.CommandService.State;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.engine.registry.command.FleetQueues;
import io.sluice.engine.registry.command.FleetQueues.Own;
import io.sluice.engine.registry.command.SharedCommand;
import io.sluice.engine.registry.command.Sharing;
import io.sluice.engine.registry.device.DeviceChanges;
import io.sluice.engine.registry.presence.Presence;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes commands of the fleet for the devices that are here, hands them to the gateway's own
 * queues, which deliver them, and writes back how far they have come. What waits for a device that
 * is not here any more goes back.
 *
 * <p>Methods of {@link Commands} and {@link Sharing} are thread-safe and never block; {@link
 * #takeAll} and {@link #reconcile} block and are called by one thread.
 */
final class RoamingCommands implements Commands, Sharing, DeviceChanges {
  private static final int DEVICES_A_TURN = 500;
  private static final int COMMANDS_A_TURN = 1_000;

  /** Of what waits to be written, what devices have answered that this gateway did not send. */
  private static final int FOREIGN_ANSWERS_MAX = 10_000;

  private static final int FETCHES_MAX = 10_000;
  private static final int POLLED_MAX = 100_000;
  private static final long FETCH_MAX_MILLIS = 2_000;

  /** A device that polls is here for so long. */
  private static final long POLLED_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** How often the fleet is asked for one that is polled for all the time. */
  private static final long ASKED_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final CompletableFuture<Void> NOTHING = CompletableFuture.completedFuture(null);

  /** The command that brings a device its token: of the gateway that has given it, alone. */
  private static final String CREDENTIALS = "credentials";

  private final Commands queues;
  private final FleetQueues shared;
  private final FleetCommands fleet;
  private final GatewayLease lease;
  private final Presence presence;
  private final Function<String, @Nullable Device> devices;
  private final String gateway;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final Runnable wake;

  private final CommandReports reports;
  private final Set<String> wanted = ConcurrentHashMap.newKeySet();
  private final ConcurrentMap<String, CompletableFuture<Void>> fetches = new ConcurrentHashMap<>();

  /** Device to when it was polled for last, and when the fleet was asked. */
  private final ConcurrentMap<String, Polled> polled = new ConcurrentHashMap<>();

  /** Ids of commands that were queued here while the store was away. */
  private final Set<String> unpushed = ConcurrentHashMap.newKeySet();

  /** Commands of which the end was heard while their taking was under way. */
  private final Set<String> overMeanwhile = ConcurrentHashMap.newKeySet();

  private volatile boolean isTaking;
  private final LongAdder taken = new LongAdder();
  private volatile long reconciledTerm;

  /** Something may have happened of which this gateway or the fleet has not heard. */
  private volatile boolean isBehind = true;

  private record Polled(long atNanos, long askedNanos) {}

  /**
   * What this is made of.
   *
   * @param queues the gateway's own
   * @param devices the registry's look-up
   */
  record Parts(
      Commands queues,
      FleetQueues shared,
      FleetCommands fleet,
      GatewayLease lease,
      Presence presence,
      Function<String, @Nullable Device> devices,
      String gateway) {}

  /**
   * @param clock of the gateway
   * @param nanoTime as {@link System#nanoTime}
   * @param wake called when there is something to do; any thread, not to block
   */
  RoamingCommands(Parts parts, Clock clock, LongSupplier nanoTime, Runnable wake) {
    this.queues = parts.queues();
    this.shared = parts.shared();
    this.fleet = parts.fleet();
    this.lease = parts.lease();
    this.presence = parts.presence();
    this.devices = parts.devices();
    this.gateway = parts.gateway();
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.wake = wake;
    this.reports = new CommandReports(parts.fleet(), parts.gateway(), clock, nanoTime);
  }

  @Override
  public void ready(DeviceId device) {
    queues.ready(device);
    want(device.value());
  }

  private void want(String device) {
    wanted.add(device);
    wake.run();
  }

  /** A command waits for a device: taken where that is here. */
  void waits(String device) {
    if (DeviceId.isValid(device) && isHere(new DeviceId(device))) {
      want(device);
    }
  }

  /** A child that was not known here until now: of its commands this gateway took no notice. */
  @Override
  public void changed(@Nullable Device before, @Nullable Device after, boolean credentialsChanged) {
    DeviceId parent = after == null ? null : after.parent();
    boolean isNew = before == null || !Objects.equals(before.parent(), parent);
    if (after != null && parent != null && isNew && isHere(after.id())) {
      want(after.id().value());
    }
  }

  /** A command that may be here is over: it was cancelled, or answered at another gateway. */
  void over(String device, String id) {
    if (isTaking && overMeanwhile.size() < COMMANDS_A_TURN) {
      overMeanwhile.add(id);
    }
    if (DeviceId.isValid(device)) {
      shared.over(new DeviceId(device), id);
    }
  }

  /** Whether commands for a device can be delivered here, as far as is known. */
  boolean isHere(DeviceId device) {
    if (presence.link(device) != null) {
      return true;
    }
    Polled last = polled.get(device.value());
    if (last != null && nanoTime.getAsLong() - last.atNanos() < POLLED_NANOS) {
      return true;
    }
    DeviceId parent = via(device);
    DeviceLink link = parent == null ? null : presence.link(parent);
    return link != null && link.takesForChildren();
  }

  /** The concentrator of a device, or null. */
  @Nullable DeviceId via(DeviceId device) {
    Device known = devices.apply(device.value());
    return known == null ? null : known.parent();
  }

  @Override
  public @Nullable Command poll(DeviceId device) {
    long now = nanoTime.getAsLong();
    Command command = queues.poll(device);
    Polled before = polled.get(device.value());
    boolean isDue = before == null || now - before.askedNanos() >= ASKED_NANOS;
    if (before != null || polled.size() < POLLED_MAX) {
      polled.put(
          device.value(), new Polled(now, isDue || before == null ? now : before.askedNanos()));
    }
    if (command == null && isDue) {
      want(device.value());
    }
    return command;
  }

  @Override
  public CompletionStage<Void> fetch(DeviceId device) {
    if (!mayGive() || fetches.size() >= FETCHES_MAX) {
      return NOTHING;
    }
    CompletableFuture<Void> fetched =
        fetches.computeIfAbsent(
            device.value(),
            _ ->
                new CompletableFuture<Void>()
                    .completeOnTimeout(null, FETCH_MAX_MILLIS, TimeUnit.MILLISECONDS));
    want(device.value());
    return fetched;
  }

  @Override
  public void acknowledged(DeviceId device, String commandId) {
    boolean known = shared.has(device, commandId);
    queues.acknowledged(device, commandId);
    if (!known) {
      foreign(device, commandId, State.ACKNOWLEDGED, null);
    }
  }

  @Override
  public void refused(DeviceId device, String commandId, int reasonCode) {
    boolean known = shared.has(device, commandId);
    queues.refused(device, commandId, reasonCode);
    if (!known) {
      foreign(device, commandId, State.REFUSED, reasonCode);
    }
  }

  /** An answer to a command that another gateway has sent. */
  private void foreign(DeviceId device, String id, State state, @Nullable Integer reason) {
    if (reports.size() < FOREIGN_ANSWERS_MAX) {
      reports.note(new Report(id, device.value(), state, null, 0L, reason, true, false));
      wake.run();
    }
  }

  @Override
  public void handedOver(DeviceId device, String commandId) {
    queues.handedOver(device, commandId);
  }

  @Override
  public @Nullable String oldestSent(DeviceId device, String addressee) {
    return queues.oldestSent(device, addressee);
  }

  @Override
  public void unanswered(DeviceId device, String commandId) {
    queues.unanswered(device, commandId);
  }

  @Override
  public void returned(DeviceId device, String commandId, DeviceLink link) {
    queues.returned(device, commandId, link);
  }

  @Override
  public void returned(DeviceId device, String commandId) {
    queues.returned(device, commandId);
  }

  /** Only while nobody else can have been given them, and none was given to another meanwhile. */
  @Override
  public boolean mayGive() {
    return lease.isHeld() && lease.term() == reconciledTerm;
  }

  @Override
  public void changed(String id, Supplier<SharedCommand> now) {
    reports.note(id, () -> reports.of(now.get(), false));
    wake.run();
  }

  CommandReports reports() {
    return reports;
  }

  long taken() {
    return taken.sum();
  }

  /** Takes back what waits here for devices that are not here any more. Each second. */
  void giveBack() {
    long now = nanoTime.getAsLong();
    polled
        .values()
        .removeIf(each ->
            now - each.askedNanos() >= 2 * ASKED_NANOS && now - each.atNanos() >= POLLED_NANOS);
    for (SharedCommand command : shared.giveBack(device -> !isHere(device))) {
      reports.note(reports.of(command, true));
    }
  }

  /**
   * Takes what waits for the devices that are ready, and for which there is room. Where there is
   * none they stay wanted until the next turn, a second later at most.
   *
   * @throws StoreUnavailableException where the fleet's store is away: they stay wanted
   */
  void takeAll() {
    while (!wanted.isEmpty() && mayGive()) {
      int most = Math.min(COMMANDS_A_TURN, shared.room());
      if (most == 0) {
        away();
        return;
      }
      List<String> batch = wanted.stream().limit(DEVICES_A_TURN).toList();
      batch.forEach(wanted::remove);
      boolean asked = false;
      isTaking = true;
      try {
        List<InHand> commands = fleet.take(gateway, batch, most);
        asked = true;
        boolean isAnyTaken = false;
        for (InHand command : commands) {
          isAnyTaken |= take(command);
        }
        reports.writeAll();
        if (commands.size() == most) {
          wanted.addAll(batch);
          if (!isAnyTaken) {
            return; // at once they would be the same
          }
        }
      } finally {
        isTaking = false;
        overMeanwhile.clear();
        if (!asked) {
          wanted.addAll(batch);
        }
        batch.forEach(this::fetched);
      }
    }
  }

  private void fetched(String device) {
    CompletableFuture<Void> fetch = fetches.remove(device);
    if (fetch != null) {
      fetch.complete(null);
    }
  }

  /** Nobody waits for what cannot be had now. */
  void away() {
    List.copyOf(fetches.keySet()).forEach(this::fetched);
  }

  private boolean take(InHand command) {
    if (overMeanwhile.contains(command.id())) {
      return false;
    }
    boolean isTaken = shared.take(command.command(nowMicros()));
    if (isTaken) {
      taken.increment();
    } else {
      release(command);
    }
    return isTaken;
  }

  private void release(InHand command) {
    reports.note(
        new Report(
            command.id(),
            command.device().value(),
            command.state(),
            null,
            null,
            null,
            false,
            true));
  }

  /**
   * Brings the gateway's queues and the fleet's into line: after a start, and after the lease was
   * over or the store away. From then on commands may be given again.
   *
   * @throws StoreUnavailableException where the fleet's store is away
   */
  void reconcile() {
    long term = lease.term();
    isBehind = false;
    boolean isDone = false;
    try {
      alignWithFleet();
      isDone = true;
    } finally {
      if (!isDone) {
        isBehind = true;
      }
    }
    reconciledTerm = term;
    shared.sendAll();
  }

  private void alignWithFleet() {
    pushOwn();
    reports.writeAll();
    dropOthers();
    Set<String> known = new HashSet<>();
    shared.waiting().forEach(each -> known.add(each.id()));
    for (InHand command : fleet.inHand(gateway, FOREIGN_ANSWERS_MAX)) {
      if (known.contains(command.id()) || shared.has(command.device(), command.id())) {
        continue;
      }
      if (isHere(command.device())) {
        boolean _ = take(command);
      } else {
        release(command);
      }
    }
    reports.writeAll();
  }

  /** What was queued here while the store was away, or before there was a fleet. */
  private void pushOwn() {
    for (Own own : shared.own(unpushed)) {
      Command command = own.command();
      if (command.name().equals(CREDENTIALS)) {
        continue;
      }
      long now = nowMicros();
      InHand inHand =
          new InHand(
              command.id(),
              command.device(),
              command.name(),
              command.contentType(),
              command.payload(),
              own.state(),
              Math.max(0, now - command.createdMicros()),
              command.expiresMicros() - now);
      Long sent = own.sentMicros();
      Long age = sent == null ? null : Long.valueOf(Math.max(0, now - sent));
      if (fleet.push(gateway, inHand, via(command.device()), age)) {
        SharedCommand known = shared.share(command.device(), command.id());
        if (known != null) {
          reports.note(reports.of(known, false));
        }
      } else {
        shared.drop(command.device(), command.id());
      }
      unpushed.remove(command.id());
    }
  }

  private void dropOthers() {
    List<SharedCommand> waiting = new ArrayList<>(shared.waiting());
    for (int at = 0; at < waiting.size(); at += COMMANDS_A_TURN) {
      List<SharedCommand> some =
          waiting.subList(at, Math.min(waiting.size(), at + COMMANDS_A_TURN));
      Set<String> own = fleet.stillInHand(gateway, some.stream().map(SharedCommand::id).toList());
      for (SharedCommand each : some) {
        if (!own.contains(each.id())) {
          shared.drop(each.device(), each.id());
        }
      }
    }
  }

  /** A command was queued here of which the fleet may not know. */
  void queuedHere(String id) {
    if (unpushed.size() < FOREIGN_ANSWERS_MAX) {
      unpushed.add(id);
    }
    behind();
  }

  /** Notices may have been missed, or commands were queued here alone. Any thread. */
  void behind() {
    isBehind = true;
    wake.run();
  }

  /** Whether {@link #reconcile} is due. */
  boolean isBehind() {
    return isBehind || lease.term() != reconciledTerm;
  }

  /** Asks for devices that are here. */
  void wantAll(List<String> here) {
    wanted.addAll(here);
  }

  private long nowMicros() {
    return TimeUnit.MILLISECONDS.toMicros(clock.millis());
  }
}
