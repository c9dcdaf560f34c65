package io.sluice.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.api.fleet.GatewayLeases.GatewayRow;
import io.sluice.api.fleet.GatewayLeases.Held;
import io.sluice.api.fleet.GatewayLeases.HeldByAnother;
import io.sluice.api.fleet.GatewayLeases.Run;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresGatewaysTest {
  private static final Duration LEASE = Duration.ofMinutes(5);
  private static FleetTables tables;

  private final PostgresGateways gateways = new PostgresGateways(tables.source());

  @BeforeAll
  static void database() throws IOException {
    assumeTrue(PostgreSql.isInstalled());
    tables = new FleetTables(PostgreSql.shared());
  }

  @BeforeEach
  void empty() throws IOException {
    tables.sql("DELETE FROM sluice.gateway");
  }

  private static Run run(String id, String host) {
    return new Run(id, UUID.randomUUID(), host + ":/var/lib/sluice", host, null, "1.0", "");
  }

  @Test
  void aSecondGatewayOfTheSameIdIsToldWhoHasIt() {
    Run first = run("north", "box-a");
    assertThat(gateways.hold(first, LEASE, true, null)).isInstanceOf(Held.class);

    HeldByAnother other = (HeldByAnother) gateways.hold(run("north", "box-b"), LEASE, true, null);

    assertThat(other.other().host()).isEqualTo("box-a");
    assertThat(other.other().instance()).isEqualTo(first.instance());
    assertThat(other.other().startedMicros()).isPositive();
    assertThat(gateways.hold(run("south", "box-b"), LEASE, true, null)).isInstanceOf(Held.class);
  }

  @Test
  void aBoxThatStartsAgainHasItsIdAtOnceAndTheOneBeforeHasNot() {
    Run before = run("north", "box-a");
    Run after = run("north", "box-a");
    gateways.hold(before, LEASE, true, null);

    assertThat(gateways.hold(after, LEASE, true, null)).isInstanceOf(Held.class);
    assertThat(gateways.hold(before, LEASE, false, null)).isInstanceOf(HeldByAnother.class);
    assertThat(gateways.hold(after, LEASE, false, null)).isInstanceOf(Held.class);
  }

  @Test
  void anIdIsFreeWhenItsGatewayStopsAndWhenItsLeaseIsOver() throws Exception {
    Run stopped = run("north", "box-a");
    gateways.hold(stopped, LEASE, true, null);
    gateways.release(stopped);
    assertThat(gateways.list("", 10)).extracting(GatewayRow::running).containsExactly(false);
    assertThat(gateways.hold(run("north", "box-b"), LEASE, true, null)).isInstanceOf(Held.class);

    tables.sql("UPDATE sluice.gateway SET lease_until = clock_timestamp()");
    assertThat(gateways.hold(run("north", "box-c"), LEASE, true, null)).isInstanceOf(Held.class);
  }

  @Test
  void whatABoxSaysOfItselfIsListed() {
    Run run = new Run("north", UUID.randomUUID(), "p", "box-a", "east", "2.1", "10.0.0.1:9090");
    Held held = (Held) gateways.hold(run, LEASE, true, null);
    gateways.hold(run, LEASE, false, 3_600_000L);

    GatewayRow row = gateways.list("", 10).getFirst();
    assertThat(row.region()).isEqualTo("east");
    assertThat(row.version()).isEqualTo("2.1");
    assertThat(row.address()).isEqualTo("10.0.0.1:9090");
    assertThat(row.clockOffsetMillis()).isEqualTo(3_600_000L);
    assertThat(row.startedMicros()).isPositive().isLessThanOrEqualTo(held.databaseMicros());
    assertThat(row.seenMicros()).isGreaterThan(held.databaseMicros());
    assertThat(gateways.list("north", 10)).isEmpty();
  }
}
