package io.sluice.engine.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.fleet.FleetCommands;
import io.sluice.api.fleet.FleetCommands.InHand;
import io.sluice.api.fleet.GatewayLeases;
import io.sluice.api.operator.CommandService.CommandView;
import io.sluice.api.operator.CommandService.State;
import io.sluice.api.operator.CommandService.Submission;
import io.sluice.engine.registry.Fixture;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.command.SharedCommand;
import io.sluice.engine.registry.command.Sharing;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the fleet hears of commands where several threads tell of one at once. */
class RoamingCommandsTest {
  private static final DeviceId METER = new DeviceId("meter-1");
  private static final String ID = "c-1";

  private static InHand order(String id, DeviceId device) {
    byte[] payload = {'1'};
    return new InHand(
        id, device, "set", ContentType.JSON, payload, State.QUEUED, 0, 3_600_000_000L);
  }

  @TempDir Path directory;
  private final Fleet fleet = new Fleet();
  private Registry registry;
  private RoamingCommands commands;

  /** What PostgreSQL answers: commands wait for the meter. */
  private static final class Fleet implements FleetCommands {
    final List<Report> reports = new ArrayList<>();
    Runnable afterTaking = () -> {};
    Runnable afterReport = () -> {};
    final Deque<InHand> waiting = new ArrayDeque<>(List.of(order(ID, METER)));

    @Override
    public List<InHand> take(String gateway, List<String> devices, int limit) {
      List<InHand> taken =
          waiting.stream()
              .filter(each -> devices.contains(each.device().value()))
              .limit(limit)
              .toList();
      waiting.removeAll(taken);
      afterTaking.run();
      return taken;
    }

    @Override
    public void report(String gateway, List<Report> some) {
      reports.addAll(some);
      afterReport.run();
    }

    @Override
    public List<InHand> inHand(String gateway, int limit) {
      return List.of();
    }

    @Override
    public Set<String> stillInHand(String gateway, List<String> ids) {
      return Set.copyOf(ids);
    }

    @Override
    public Submission submit(Order order) {
      throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable CommandView get(DeviceId device, String id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<CommandView> list(DeviceId device, int limit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable CommandView cancel(DeviceId device, String id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean push(
        String gateway, InHand command, @Nullable DeviceId via, @Nullable Long sentMicros) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long expire(int limit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long releaseOrphans(int limit) {
      throw new UnsupportedOperationException();
    }
  }

  /** The database lets this gateway have its id. */
  private static final class Leases implements GatewayLeases {
    @Override
    public Verdict hold(Run run, Duration lease, boolean starts, @Nullable Long offsetMillis) {
      return new Held(System.currentTimeMillis() * 1_000);
    }

    @Override
    public void release(Run run) {}

    @Override
    public List<GatewayRow> list(String after, int limit) {
      return List.of();
    }
  }

  @BeforeEach
  void open() throws Exception {
    registry = Fixture.open(directory);
    registry.directory().put(Fixture.spec(METER.value()));
    Clock clock = Clock.systemUTC();
    GatewayLeases.Run run =
        new GatewayLeases.Run("a", UUID.randomUUID(), "box@1", "host", null, "1", "");
    // no time passes: a slow disk must not outlast the lease, of which nothing is taken then
    LongSupplier standing = () -> 0;
    GatewayLease lease = new GatewayLease(new Leases(), run, clock, standing);
    lease.start();
    commands =
        new RoamingCommands(
            new RoamingCommands.Parts(
                registry.commands(),
                registry.fleetQueues(),
                fleet,
                lease,
                registry.presence(),
                registry::find,
                "a"),
            clock,
            standing,
            () -> {});
    commands.reconcile();
  }

  @AfterEach
  void close() {
    registry.close();
  }

  /** Tells of what the sender has done only after the device has answered. */
  private final class Late implements Sharing {
    private final Thread sender = Thread.currentThread();
    @Nullable Thread device;

    @Override
    public boolean mayGive() {
      return true;
    }

    @Override
    public void changed(String id, Supplier<SharedCommand> now) {
      if (Thread.currentThread() == sender && device != null) {
        try {
          device.join();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      commands.changed(id, now);
    }
  }

  private void take() {
    commands.wantAll(List.of(METER.value()));
    commands.takeAll();
  }

  @Test
  void anAnswerThatOvertakesTheSendersOwnWordIsReported() {
    Late late = new Late();
    registry.fleetQueues().shareBy(late);
    Fixture.Link link =
        new Fixture.Link() {
          @Override
          public boolean send(Command command) {
            late.device =
                Thread.ofVirtual().start(() -> commands.acknowledged(METER, command.id()));
            return true;
          }
        };
    Fixture.attach(registry, METER.value(), link);
    take();
    commands.reports().writeAll();
    FleetCommands.Report last = fleet.reports.getLast();
    assertThat(last.state()).isEqualTo(State.ACKNOWLEDGED);
    assertThat(last.isOver()).isTrue();
  }

  @Test
  void aWordOfBeforeItWasGivenBackDoesNotKeepItHere() {
    registry.fleetQueues().shareBy(commands);
    take();
    commands.giveBack();
    commands.changed(ID, () -> new SharedCommand(ID, METER, State.QUEUED, null, null, null, false));
    commands.reports().writeAll();
    assertThat(fleet.reports).singleElement().satisfies(it -> assertThat(it.isReleased()).isTrue());
  }

  @Test
  void anAnswerThatComesAsItIsGivenBackIsReported() {
    registry.fleetQueues().shareBy(commands);
    take();
    commands.giveBack();
    commands.acknowledged(METER, ID);
    commands.reports().writeAll();
    assertThat(fleet.reports).singleElement().satisfies(it -> assertThat(it.isOver()).isTrue());
  }

  @Test
  void aCommandThatIsCancelledWhileItIsBeingTakenIsNotDelivered() {
    registry.fleetQueues().shareBy(commands);
    Fixture.Link link = Fixture.Link.ready();
    Fixture.attach(registry, METER.value(), link);
    fleet.afterTaking = () -> commands.over(METER.value(), ID);
    take();
    assertThat(link.sent).isEmpty();
    fleet.afterTaking = () -> {};
    fleet.waiting.add(order("c-2", METER));
    take();
    assertThat(link.sent).extracting(Command::id).containsExactly("c-2");
  }

  private void fillUpTo(int room) throws Exception {
    registry.fleetQueues().shareBy(commands);
    fleet.waiting.clear();
    for (int device = 0; registry.fleetQueues().room() > room; device++) {
      String id = "deaf-" + device;
      registry.directory().put(Fixture.spec(id));
      int most = Math.min(100, registry.fleetQueues().room() - room);
      for (int n = 0; n < most; n++) {
        fleet.waiting.add(order(id + "-" + n, new DeviceId(id)));
      }
      commands.wantAll(List.of(id));
      commands.takeAll();
    }
  }

  @Test
  @Timeout(60)
  void whatThisGatewayMayNotTakeIsNotAskedForAgainAndAgain() throws Exception {
    fillUpTo(1);
    DeviceId unknown = new DeviceId("unknown-1");
    InHand order = order("c-9", unknown);
    fleet.waiting.add(order);
    fleet.afterReport = () -> fleet.waiting.add(order);
    commands.wantAll(List.of(unknown.value()));
    commands.takeAll();
    assertThat(fleet.waiting).containsExactly(order);
    assertThat(fleet.reports).singleElement().satisfies(it -> assertThat(it.isReleased()).isTrue());
  }

  @Test
  void whatDoesNotFitWaitsInTheFleetUntilThereIsRoom() throws Exception {
    fillUpTo(0);
    fleet.waiting.add(order(ID, METER));
    take();
    assertThat(fleet.waiting).hasSize(1);
    commands.reports().writeAll();
    assertThat(fleet.reports).as("nothing is taken to be given back").isEmpty();

    registry.commands().acknowledged(new DeviceId("deaf-0"), "deaf-0-7");
    commands.takeAll();
    assertThat(fleet.waiting).isEmpty();
    assertThat(registry.fleetQueues().has(METER, ID)).isTrue();
  }

  @Test
  void aChildThatIsKnownHereLaterThanItsCommandIsGivenItByItsConcentrator() throws Exception {
    registry.fleetQueues().shareBy(commands);
    registry.listen(commands);
    Fixture.Link link = Fixture.Link.ready();
    link.forChildren = true;
    Fixture.attach(registry, METER.value(), link);
    fleet.waiting.clear();
    fleet.waiting.add(order(ID, new DeviceId("probe-1")));
    commands.waits("probe-1");
    commands.takeAll();
    assertThat(fleet.waiting).hasSize(1);

    registry.directory().put(Fixture.child("probe-1", METER.value()));
    commands.takeAll();
    assertThat(link.sent).extracting(Command::id).containsExactly(ID);
  }
}
