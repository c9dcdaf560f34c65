package io.sluice.engine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Limit;
import io.sluice.api.MessageClass;
import io.sluice.api.QualityReason;
import io.sluice.api.RejectReason;
import io.sluice.api.tls.HandshakeFault;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrafficMeterTest {
  private final TrafficMeter meter = new TrafficMeter();

  @Test
  void whatIsCountedStandsUnderItsProtocolAndTheRestIsZero() {
    meter.of("mqtt").stored(MessageClass.ALARM, 200_000);
    meter.of("mqtt").stored(MessageClass.ALARM, 20_000_000_000L);
    meter.rejected("mqtt", RejectReason.UNMAPPED_TOPIC);
    meter.limited("coap", Limit.FAILED_LOGINS);
    meter.handshakeFailed("coap", HandshakeFault.values()[0]);
    assertThat(meter.snapshot().accepted().get("mqtt"))
        .containsEntry(MessageClass.ALARM, 2L)
        .containsEntry(MessageClass.TELEMETRY, 0L)
        .hasSize(MessageClass.values().length);
    assertThat(meter.snapshot().rejected().get("mqtt"))
        .containsEntry(RejectReason.UNMAPPED_TOPIC, 1L);
    assertThat(meter.snapshot().rejected().get("coap").values()).containsOnly(0L);
    assertThat(meter.snapshot().limited().get("coap")).containsEntry(Limit.FAILED_LOGINS, 1L);
    assertThat(meter.snapshot().handshakes().get("coap"))
        .containsEntry(HandshakeFault.values()[0], 1L);
  }

  @Test
  void faultyFieldsHaveTheReasonsThatASingleFieldCanHave() {
    meter.rejected("mqtt", RejectReason.QUOTA);
    assertThat(meter.snapshot().faultyFields().get("mqtt"))
        .isEqualTo(
            Map.of(QualityReason.TYPE, 0L, QualityReason.SENSOR, 0L, QualityReason.RANGE, 0L));
  }
}
