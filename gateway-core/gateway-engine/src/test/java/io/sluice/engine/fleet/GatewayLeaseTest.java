package io.sluice.engine.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.api.fleet.GatewayLeases;
import io.sluice.api.health.Health;
import io.sluice.api.store.StoreUnavailableException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatewayLeaseTest {
  private static final long DATABASE_MICROS = 1_800_000_000_000_000L;

  private final Database database = new Database();
  private final Instant[] now = {Instant.ofEpochMilli(DATABASE_MICROS / 1_000)};
  private final long[] nanos = {0};
  private final GatewayLeases.Run run =
      new GatewayLeases.Run("north", UUID.randomUUID(), "box-b:/var", "box-b", null, "1", "");
  private final InstantSource source = () -> now[0];
  private final GatewayLease lease = new GatewayLease(database, run, clock(), () -> nanos[0]);

  private Clock clock() {
    return new Clock() {
      @Override
      public Instant instant() {
        return source.instant();
      }

      @Override
      public java.time.ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(java.time.ZoneId zone) {
        return this;
      }
    };
  }

  private static final class Database implements GatewayLeases {
    @Nullable Verdict answer = new Held(DATABASE_MICROS);
    boolean asksAsStart;
    boolean released;

    @Override
    public Verdict hold(Run run, Duration lease, boolean starts, @Nullable Long offset) {
      asksAsStart = starts;
      if (answer == null) {
        throw new StoreUnavailableException("away");
      }
      return answer;
    }

    @Override
    public void release(Run run) {
      released = true;
    }

    @Override
    public List<GatewayRow> list(String after, int limit) {
      return List.of();
    }
  }

  private static GatewayLeases.HeldByAnother another() {
    return another("box-a:/var");
  }

  private static GatewayLeases.HeldByAnother another(String place) {
    return new GatewayLeases.HeldByAnother(
        new GatewayLeases.GatewayRow(
            "north",
            UUID.fromString("11111111-2222-3333-4444-555555555555"),
            "box-a",
            place,
            null,
            "1",
            "",
            DATABASE_MICROS,
            DATABASE_MICROS,
            true,
            null));
  }

  @AfterEach
  void close() {
    lease.close();
  }

  @Test
  void clockThatIsAnHourOffChangesNothingAndIsTold() throws Exception {
    now[0] = now[0].plus(Duration.ofHours(1));
    lease.start();
    assertThat(lease.isHeld()).isTrue();
    assertThat(lease.offsetMillis()).isEqualTo(3_600_000);
    assertThat(Health.ofProcess().warnings())
        .anySatisfy(text ->
            assertThat(text).contains("clock is PT1H ahead of PostgreSQL's", "timedatectl"));

    now[0] = now[0].minus(Duration.ofHours(3));
    assertThat(lease.isHeld()).isTrue();
    lease.beat();
    assertThat(lease.isHeld()).isTrue();

    now[0] = Instant.ofEpochMilli(DATABASE_MICROS / 1_000);
    lease.beat();
    assertThat(Health.ofProcess().warnings()).noneMatch(text -> text.contains("PostgreSQL"));
  }

  @Test
  void leaseEndsHereBeforeItEndsForOthers() throws Exception {
    lease.start();
    database.answer = null;
    nanos[0] += TimeUnit.SECONDS.toNanos(20);
    lease.beat();
    assertThat(lease.isHeld()).isTrue();
    nanos[0] += TimeUnit.SECONDS.toNanos(5);
    assertThat(lease.isHeld()).isFalse();

    long before = lease.term();
    database.answer = new GatewayLeases.Held(DATABASE_MICROS);
    lease.beat();
    assertThat(lease.term()).isGreaterThan(before);
    assertThat(database.asksAsStart).isFalse();
  }

  @Test
  void secondGatewayOfAnIdIsRefusedAtItsStartAndBothAreNamed() {
    database.answer = another();
    assertThatThrownBy(lease::start)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("two gateways have the id north")
        .hasMessageContaining("box-b (instance " + run.instance() + ")")
        .hasMessageContaining("box-a:/var, instance 11111111-2222-3333-4444-555555555555, started")
        .hasMessageContaining("give one of them another gateway.id");
    assertThat(Health.ofProcess().reasons()).isEmpty();
  }

  @Test
  void boxWhoseMachineStartedAgainWaitsForItsOwnLeaseAndServesDevices() throws Exception {
    database.answer = another("box-b:/var@before");
    lease.start();
    assertThat(lease.isHeld()).isFalse();
    assertThat(lease.pause()).isEqualTo(GatewayLease.BEAT_WAITING);
    nanos[0] += GatewayLease.LEASE.toNanos();
    lease.beat();
    assertThat(Health.ofProcess().reasons()).isEmpty();

    database.answer = new GatewayLeases.Held(DATABASE_MICROS);
    lease.beat();
    assertThat(lease.isHeld()).isTrue();
    assertThat(lease.pause()).isEqualTo(GatewayLease.BEAT);
  }

  @Test
  void copyOfABoxThatRunsIsFoundOnceTheOtherOutlivesALease() throws Exception {
    database.answer = another("box-b:/var@other");
    lease.start();
    nanos[0] += GatewayLease.LEASE.plusSeconds(2).toNanos();
    lease.beat();
    assertThat(lease.isHeld()).isFalse();
    assertThat(lease.pause()).isEqualTo(GatewayLease.BEAT);
    assertThat(Health.ofProcess().reasons())
        .singleElement()
        .asString()
        .contains("two gateways have the id north", "box-b:/var@other", run.instance().toString());
    lease.beat();
    assertThat(Health.ofProcess().reasons()).hasSize(1);
  }

  @Test
  void oneThatFindsAnotherWhileItRunsIsNotReadyUntilTheOtherIsGone() throws Exception {
    database.answer = null;
    lease.start();
    assertThat(lease.isHeld()).isFalse();

    database.answer = another();
    lease.beat();
    assertThat(database.asksAsStart).as("it never had it").isTrue();
    assertThat(Health.ofProcess().reasons())
        .singleElement()
        .asString()
        .contains("two gateways have the id north", "box-a", "box-b");

    database.answer = new GatewayLeases.Held(DATABASE_MICROS);
    lease.beat();
    assertThat(Health.ofProcess().reasons()).isEmpty();
    lease.close();
    assertThat(database.released).isTrue();
  }
}
