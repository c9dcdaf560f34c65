package io.sluice.engine.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.Limit;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.config.Bytes;
import io.sluice.spool.LaneStats;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LaneSharesTest {
  private static final int CAPACITY = 1_000_000;
  private static final DeviceId FLOODER = new DeviceId("press-07");
  private static final DeviceId QUIET = new DeviceId("fire-01");

  private final AtomicLong now = new AtomicLong(1);
  private int registered = 100;

  private LaneShares shares(long alarmBytesPerSecond) {
    LimitSettings settings =
        new LimitSettings(
            0,
            new Bytes(0),
            0,
            new Bytes(0),
            0,
            0,
            0,
            5,
            Duration.ofMinutes(5),
            new Bytes(alarmBytesPerSecond),
            new Bytes(64 << 10),
            10,
            10,
            50,
            5);
    LaneShares shares = new LaneShares(settings, CAPACITY, () -> registered, now::get);
    shares.sweep(lanes(0, 0, 0));
    return shares;
  }

  private static List<LaneStats> lanes(long alarm, long event, long telemetry) {
    return List.of(
        lane(Lane.ALARM, alarm), lane(Lane.EVENT, event), lane(Lane.TELEMETRY, telemetry));
  }

  private static LaneStats lane(Lane lane, long owed) {
    return new LaneStats(lane, 1, owed, CAPACITY, 0, owed, false);
  }

  private static int fill(LaneShares shares, DeviceId device, Lane lane, int bytes) {
    int taken = 0;
    while (taken < 10_000_000 && shares.check(device, lane, bytes) == null) {
      taken += bytes;
    }
    return taken;
  }

  @Test
  void oneDeviceFillsItsShareOfAlarmsAndEventsAndNoMore() {
    LaneShares shares = shares(0);
    for (Lane lane : List.of(Lane.ALARM, Lane.EVENT)) {
      assertThat(fill(shares, FLOODER, lane, 1_000)).isEqualTo(CAPACITY / 10);
      Receipt.Limited told = shares.check(FLOODER, lane, 1_000);
      assertThat(told.limit()).isEqualTo(Limit.LANE_SHARE_PER_DEVICE);
      assertThat(told.detail()).contains(lane.jsonName());
      assertThat(shares.check(QUIET, lane, 1_000)).isNull();
    }
  }

  @Test
  void manyFloodersLeaveTheReserveToWhoHasLittle() {
    LaneShares shares = shares(0);
    int taken = 0;
    for (int i = 0; i < 50; i++) {
      taken += fill(shares, new DeviceId("d" + i), Lane.ALARM, 1_000);
    }
    assertThat(taken).as("seven with a share, the others with little").isLessThan(1_200_000);
    int first = fill(shares, QUIET, Lane.ALARM, 1_000);
    assertThat(first).isEqualTo(CAPACITY / 100);
  }

  @Test
  void onlyDeviceHasTheWholeLane() {
    registered = 1;
    assertThat(fill(shares(0), FLOODER, Lane.ALARM, 1_000)).isGreaterThan(CAPACITY);
  }

  @Test
  void fewDevicesHaveAsMuchAsFallsToEach() {
    registered = 4;
    assertThat(fill(shares(0), FLOODER, Lane.EVENT, 1_000)).isEqualTo(CAPACITY / 4);
  }

  @Test
  void whatUpstreamsTookIsNobodysAnyMore() {
    LaneShares shares = shares(0);
    fill(shares, FLOODER, Lane.ALARM, 1_000);
    fill(shares, QUIET, Lane.ALARM, 10_000);
    shares.sweep(lanes(100_000, 0, 0)); // half of both
    assertThat(fill(shares, FLOODER, Lane.ALARM, 1_000)).isBetween(45_000, 55_000);
    shares.sweep(lanes(0, 0, 0));
    assertThat(shares.size()).isZero();
    assertThat(fill(shares, FLOODER, Lane.ALARM, 1_000)).isEqualTo(CAPACITY / 10);
  }

  @Test
  void telemetryIsNotCountedWhileItsLaneHasMuchRoom() {
    LaneShares shares = shares(0);
    for (int i = 0; i < 10_000; i++) {
      assertThat(shares.check(FLOODER, Lane.TELEMETRY, 1_000)).isNull();
    }
    assertThat(shares.size()).isZero();
    shares.sweep(lanes(0, 0, CAPACITY / 5));
    assertThat(fill(shares, FLOODER, Lane.TELEMETRY, 1_000)).isEqualTo(CAPACITY / 2);
    assertThat(shares.check(QUIET, Lane.TELEMETRY, 1_000)).isNull();
  }

  @Test
  void longOutageAtTheBoundOfTelemetryRefusesNobodyWithAnEvenPart() {
    LaneShares shares = shares(0);
    shares.sweep(lanes(0, 0, CAPACITY));
    for (int second = 0; second < 1_000; second++) { // the lane gives up its oldest all the while
      for (int device = 0; device < 10; device++) {
        assertThat(shares.check(new DeviceId("d" + device), Lane.TELEMETRY, 1_000)).isNull();
      }
      shares.sweep(lanes(0, 0, CAPACITY));
    }
  }

  @Test
  void alarmsHaveAByteRateOfTheirOwn() {
    LaneShares shares = shares(1_000);
    assertThat(fill(shares, FLOODER, Lane.ALARM, 500)).isEqualTo(4_000);
    assertThat(shares.check(FLOODER, Lane.ALARM, 500).limit())
        .isEqualTo(Limit.ALARM_BYTE_RATE_PER_DEVICE);
    assertThat(shares.check(FLOODER, Lane.EVENT, 500)).isNull();
    now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(fill(shares, FLOODER, Lane.ALARM, 500)).isEqualTo(1_000);
  }

  @Test
  void whatTheSpoolDidNotTakeIsNotCounted() {
    LaneShares shares = shares(0);
    for (int i = 0; i < 1_000; i++) {
      assertThat(shares.check(FLOODER, Lane.ALARM, 1_000)).isNull();
      shares.giveBack(FLOODER, Lane.ALARM, 1_000);
    }
  }

  @Test
  void lettersOfOneDeviceHaveAShareThatComesBackInAnHour() {
    LaneShares shares = shares(0);
    int kept = 0;
    while (shares.mayKeepLetter(FLOODER, 1_000)) {
      kept += 1_000;
    }
    assertThat(kept).isEqualTo(CAPACITY / 20);
    assertThat(shares.mayKeepLetter(QUIET, 1_000)).isTrue();
    now.addAndGet(TimeUnit.HOURS.toNanos(1));
    assertThat(shares.mayKeepLetter(FLOODER, CAPACITY / 20)).isTrue();
  }
}
