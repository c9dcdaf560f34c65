package io.sluice.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.fleet.FleetCommands.InHand;
import io.sluice.api.fleet.FleetCommands.Order;
import io.sluice.api.fleet.FleetCommands.Report;
import io.sluice.api.fleet.FleetSessions.SignIn;
import io.sluice.api.fleet.GatewayChannel;
import io.sluice.api.fleet.GatewayLeases.Run;
import io.sluice.api.operator.CommandService.CommandView;
import io.sluice.api.operator.CommandService.State;
import io.sluice.api.operator.CommandService.Submission;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

class PostgresCommandsTest {
  private static final DeviceId METER = new DeviceId("meter-1");
  private static FleetTables tables;

  private final PostgresCommands commands = new PostgresCommands(tables.source());

  @BeforeAll
  static void database() throws IOException {
    assumeTrue(PostgreSql.isInstalled());
    tables = new FleetTables(PostgreSql.shared());
  }

  @BeforeEach
  void empty() throws IOException {
    tables.sql(
        "DELETE FROM sluice.fleet_command",
        "DELETE FROM sluice.gateway",
        "DELETE FROM sluice.session");
    for (String gateway : List.of("a", "b", "g0", "g1", "g2", "g3")) {
      Run run = new Run(gateway, UUID.randomUUID(), "p", "h", null, "1", "");
      new PostgresGateways(tables.source()).hold(run, Duration.ofMinutes(5), true, null);
    }
  }

  private static Order order(String id, @Nullable DeviceId via) {
    byte[] payload = id.getBytes(StandardCharsets.UTF_8);
    return new Order(id, METER, via, "set", ContentType.JSON, payload, Duration.ofHours(1));
  }

  private static Report report(String id, State state, boolean isOver, boolean isReleased) {
    Long answered = state == State.ACKNOWLEDGED ? Long.valueOf(0) : null;
    return new Report(id, METER.value(), state, 1_000L, answered, null, isOver, isReleased);
  }

  private static void hundred() throws IOException {
    tables.sql(
        "SELECT sluice.submit_command('c' || to_char(n, 'FM00'), 'meter-1', NULL, 'set', 'JSON',"
            + " '', 3600000000, 100, 50) FROM generate_series(0, 99) AS n");
  }

  private List<String> taken(String gateway) {
    return commands.take(gateway, List.of("meter-1"), 100).stream().map(InHand::id).toList();
  }

  private State state(String id) {
    CommandView view = commands.get(METER, id);
    assertThat(view).isNotNull();
    return view.state();
  }

  @Test
  void theSameIdTwiceIsOneCommand() {
    Submission first = commands.submit(order("one", null));
    assertThat(first).isInstanceOf(Submission.Taken.class);
    assertThat(commands.submit(order("one", null))).isEqualTo(first);
    assertThat(commands.list(METER, 10)).hasSize(1);
  }

  @Test
  void aCommandIsTakenByOneGatewayInTheOrderOfTheCommands() {
    commands.submit(order("one", null));
    commands.submit(order("two", new DeviceId("concentrator")));

    assertThat(taken("a")).containsExactly("one", "two");
    assertThat(taken("b")).isEmpty();
    assertThat(commands.inHand("a", 10))
        .first()
        .satisfies(held -> {
          assertThat(new String(held.payload(), StandardCharsets.UTF_8)).isEqualTo("one");
          assertThat(held.leftMicros()).isBetween(3_500_000_000L, 3_600_000_000L);
        });
    assertThat(commands.take("b", List.of("concentrator"), 10)).isEmpty();
  }

  @Test
  void aConcentratorTakesWhatIsForItsChildren() {
    commands.submit(order("one", new DeviceId("concentrator")));
    assertThat(commands.take("b", List.of("concentrator"), 10)).hasSize(1);
  }

  @Test
  void manyThatTakeAtOnceTakeEachCommandOnce() throws Exception {
    hundred();
    Collection<String> all = new ConcurrentLinkedQueue<>();
    List<Thread> gateways = new ArrayList<>();
    for (int n = 0; n < 4; n++) {
      String gateway = "g" + n;
      gateways.add(
          Thread.ofVirtual()
              .start(() -> {
                List<InHand> some = List.of();
                do {
                  some = commands.take(gateway, List.of("meter-1"), 7);
                  some.forEach(each -> all.add(each.id()));
                } while (!some.isEmpty());
              }));
    }
    for (Thread gateway : gateways) {
      gateway.join();
    }
    assertThat(all).doesNotHaveDuplicates().hasSizeBetween(93, 100);
    all.addAll(taken("a"));
    assertThat(all).doesNotHaveDuplicates().hasSize(100);
  }

  @Test
  void whatAGatewayGivesBackIsTakenByTheNextAndItsOwnWordCountsNoMore() {
    commands.submit(order("one", null));
    taken("a");
    commands.report("a", List.of(report("one", State.QUEUED, false, true)));

    assertThat(taken("b")).containsExactly("one");
    commands.report("a", List.of(report("one", State.EXPIRED, true, false)));
    assertThat(state("one")).isEqualTo(State.QUEUED);
    commands.report("b", List.of(report("one", State.ACKNOWLEDGED, true, false)));
    assertThat(state("one")).isEqualTo(State.ACKNOWLEDGED);
    assertThat(commands.stillInHand("b", List.of("one"))).isEmpty();
  }

  @Test
  void whatADeviceAnsweredCountsWhoeverHasHeardIt() throws Exception {
    commands.submit(order("one", null));
    taken("a");
    try (Connection holder = tables.source().getConnection();
        Statement listen = holder.createStatement()) {
      listen.execute("LISTEN " + GatewayChannel.of("a"));
      commands.report("b", List.of(report("one", State.ACKNOWLEDGED, true, false)));
      assertThat(holder.unwrap(PGConnection.class).getNotifications(60_000)[0].getParameter())
          .isEqualTo("x one meter-1");
    }
    assertThat(state("one")).isEqualTo(State.ACKNOWLEDGED);
  }

  @Test
  void whatADeadGatewayHadIsTakenWhenItsLeaseIsOver() throws Exception {
    commands.submit(order("one", null));
    assertThat(taken("a")).containsExactly("one");
    assertThat(taken("b")).isEmpty();

    tables.sql("UPDATE sluice.gateway SET lease_until = clock_timestamp()");
    assertThat(taken("b")).containsExactly("one");
  }

  @Test
  void aCommandThatIsCancelledStaysSoAndTellsThatTheDeviceHasIt() {
    commands.submit(order("one", null));
    taken("a");
    CommandView cancelled = commands.cancel(METER, "one");
    assertThat(cancelled).isNotNull();
    assertThat(cancelled.state()).isEqualTo(State.CANCELLED);

    commands.report("a", List.of(report("one", State.ACKNOWLEDGED, true, false)));
    CommandView late = commands.get(METER, "one");
    assertThat(late).isNotNull();
    assertThat(late.state()).isEqualTo(State.CANCELLED);
    assertThat(late.acknowledgedMicros()).isNotNull();
    assertThat(commands.cancel(METER, "none")).isNull();
  }

  @Test
  void aCommandWhoseTimeIsOverIsShownSoAndNotTaken() throws Exception {
    commands.submit(order("one", null));
    // who has it in hand is given 10 s to end it
    tables.sql("UPDATE sluice.fleet_command SET expires = clock_timestamp()");
    assertThat(commands.expire(10)).isZero();
    assertThat(state("one")).isEqualTo(State.EXPIRED);
    assertThat(taken("a")).isEmpty();

    tables.sql("UPDATE sluice.fleet_command SET expires = clock_timestamp() - interval '1 min'");
    assertThat(commands.expire(10)).isEqualTo(1);
    assertThat(tables.sql("SELECT length(payload) FROM sluice.fleet_command")).isEqualTo("0");
  }

  @Test
  void aDevicesQueueIsBounded() throws Exception {
    hundred();
    assertThat(commands.submit(order("more", null))).isEqualTo(new Submission.QueueFull(100));
    tables.sql("UPDATE sluice.fleet_command SET over = true WHERE id < 'c60'");
    assertThat(tables.sql("SELECT count(*) FROM sluice.fleet_command WHERE over")).isEqualTo("60");
    commands.submit(order("more", null));
    assertThat(commands.list(METER, 500)).hasSize(40 + 50 + 1);
  }

  @Test
  void aDeviceThatIsRemovedOrRetiredHasNoCommandsAnyMore() throws Exception {
    tables.sql(
        "INSERT INTO sluice.device (id, revision, changed_us, profile, sector, site, planned,"
            + " commissioned, retired) VALUES ('meter-1', 1, 0, 'p', 's', 's', true, true, false)");
    commands.submit(order("one", null));
    tables.sql("UPDATE sluice.device SET retired = true");
    assertThat(state("one")).isEqualTo(State.EXPIRED);
    commands.submit(order("two", null));
    tables.sql("DELETE FROM sluice.device");
    assertThat(state("two")).isEqualTo(State.EXPIRED);
  }

  @Test
  void theGatewayOfTheDeviceIsToldOfACommand() throws Exception {
    new PostgresSessions(tables.source()).claim("a", List.of(new SignIn("meter-1", 0)));
    try (Connection gateway = tables.source().getConnection();
        Statement listen = gateway.createStatement()) {
      listen.execute("LISTEN " + GatewayChannel.of("a"));
      commands.submit(order("one", null));
      assertThat(gateway.unwrap(PGConnection.class).getNotifications(60_000)[0].getParameter())
          .isEqualTo("c meter-1");
    }
  }

  @Test
  void whatABoxQueuedAloneIsPushedOnce() {
    InHand own =
        new InHand(
            "one",
            METER,
            "set",
            ContentType.JSON,
            new byte[] {1},
            State.SENT,
            5_000_000,
            3_600_000_000L);
    assertThat(commands.push("a", own, null, 2_000_000L)).isTrue();
    assertThat(commands.push("a", own, null, 2_000_000L)).isTrue();
    assertThat(commands.push("b", own, null, 2_000_000L)).isFalse();
    assertThat(state("one")).isEqualTo(State.SENT);

    commands.submit(order("two", null));
    InHand unknown =
        new InHand(
            "two", METER, "set", ContentType.JSON, new byte[0], State.SENT, 0, 3_600_000_000L);
    assertThat(commands.push("a", unknown, null, 0L)).as("nobody has had it").isTrue();
    assertThat(taken("b")).isEmpty();
  }
}
