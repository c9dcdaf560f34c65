package io.sluice.engine.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.operator.Flow;
import io.sluice.api.operator.Operations.LaneView;
import io.sluice.api.operator.Operations.LedgerLine;
import io.sluice.api.operator.Operations.ListenerView;
import io.sluice.api.operator.Operations.Traffic;
import io.sluice.api.operator.Operations.UpstreamView;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlowMeterTest {
  private long nanos;
  private long accepted;
  private long bytes = 1_000;

  private final FlowMeter meter =
      new FlowMeter(
          new FlowMeter.Sources(
              () ->
                  List.of(
                      new ListenerView("mqtt", "mqtt", "a", 3),
                      new ListenerView("mqtts", "mqtt", "b", 4)),
              List::of,
              () ->
                  new Traffic(
                      Map.of("mqtt", Map.of(MessageClass.TELEMETRY, accepted)),
                      Map.of(
                          "mqtt", Map.of(RejectReason.QUOTA, 2L, RejectReason.OVERLOAD, 0L),
                          "coap", Map.of(RejectReason.QUOTA, 1L, RejectReason.TOO_LARGE, 9L)),
                      Map.of(),
                      Map.of(),
                      Map.of()),
              () -> List.of(new LaneView(Lane.TELEMETRY, 10, bytes, 100_000, 0)),
              () ->
                  List.of(
                      new UpstreamView(
                          "a", "file", "waiting", "full", 5, 4, 0.8, Map.of(), 0, List.of())),
              () -> List.of(new LedgerLine("a", Lane.TELEMETRY, 10, 6, 4, Map.of()))),
          Clock.fixed(Instant.ofEpochSecond(7), ZoneOffset.UTC),
          () -> nanos);

  @Test
  void ratesFillAndTimeLeftComeFromTheSamples() {
    meter.sample();
    for (int i = 0; i < 5; i++) {
      nanos += 2_000_000_000L;
      accepted += 200;
      bytes += 1_000;
      meter.sample();
    }
    Flow flow = meter.flow();
    assertThat(flow.atMicros()).isEqualTo(7_000_000);
    assertThat(flow.connections()).containsEntry("mqtt", 7).containsEntry("coap", 0);
    assertThat(flow.acceptedPerSecond()).isEqualTo(100);
    assertThat(flow.accepted()).isEqualTo(1_000);
    assertThat(flow.refused())
        .containsExactly(
            new Flow.RefusedCount(RejectReason.TOO_LARGE, 9),
            new Flow.RefusedCount(RejectReason.QUOTA, 3));
    Flow.LaneFlow lane = flow.lanes().getFirst();
    assertThat(lane.fill()).isEqualTo(0.06);
    assertThat(lane.bytesPerSecond()).isEqualTo(500);
    assertThat(lane.hoursLeft()).isEqualTo(94_000 / 500.0 / 3600);
    assertThat(flow.upstreams())
        .containsExactly(new Flow.UpstreamFlow("a", "waiting", 6, 4, 2_400, 5, 0.8, "full"));
    assertThat(flow.ledger().balances()).isTrue();
  }

  private static FlowMeter of(java.util.function.Supplier<List<LaneView>> lanes, long[] nanos) {
    return new FlowMeter(
        new FlowMeter.Sources(
            List::of,
            List::of,
            () -> new Traffic(Map.of(), Map.of(), Map.of(), Map.of(), Map.of()),
            lanes,
            List::of,
            List::of),
        Clock.fixed(Instant.ofEpochSecond(7), ZoneOffset.UTC),
        () -> nanos[0]);
  }

  @Test
  void laneThatIsFullFirstCountsNotAllTogether() {
    long[] nanos = {0};
    long[] owed = {0};
    FlowMeter flow =
        of(
            () ->
                List.of(
                    new LaneView(Lane.ALARM, 1, owed[0], 10_000, 0),
                    new LaneView(Lane.TELEMETRY, 1, owed[0], 1_000_000, 0)),
            nanos);
    for (int i = 0; i <= 5; i++) {
      owed[0] = i * 1_000L;
      nanos[0] = i * 2_000_000_000L;
      flow.sample();
    }
    assertThat(flow.hoursLeft()).isEqualTo(5_000 / 500.0 / 3600);
  }

  @Test
  void noTimeIsLeftWhileALaneIsAtItsBoundThoughItGrowsNoMore() {
    long[] nanos = {0};
    FlowMeter flow =
        of(
            () ->
                List.of(
                    new LaneView(Lane.EVENT, 0, 0, 100, 0),
                    new LaneView(Lane.TELEMETRY, 1, 90, 100, 0, 80, true)),
            nanos);
    flow.sample();
    nanos[0] = 400_000_000_000L;
    flow.sample();
    assertThat(flow.hoursLeft()).isZero();
    assertThat(flow.flow().lanes().get(1).hoursLeft()).isZero();
  }

  @Test
  void whatUpstreamsHadTakesNoRoomThoughItsSegmentIsStillThere() {
    long[] nanos = {0};
    long[] bytes = {0};
    FlowMeter flow =
        of(() -> List.of(new LaneView(Lane.TELEMETRY, 1, bytes[0], 1_000_000, 0, 0, false)), nanos);
    for (int i = 0; i <= 20; i++) {
      bytes[0] = i * 10_000L;
      nanos[0] = i * 2_000_000_000L;
      flow.sample();
    }
    assertThat(flow.hoursLeft()).isNull();
  }

  @Test
  void aLaneThatDoesNotGrowHasNoTimeLeft() {
    assertThat(meter.flow().lanes().getFirst().hoursLeft()).isNull();
    meter.sample();
    nanos += 2_000_000_000L;
    bytes = 10;
    meter.sample();
    assertThat(meter.flow().lanes().getFirst().hoursLeft()).isNull();
    assertThat(meter.flow().lanes().getFirst().bytesPerSecond()).isNegative();
  }
}
