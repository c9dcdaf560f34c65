package io.sluice.engine.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages that come by a source: topic and payload say of which device they are. */
class SourceMessagesTest {
  private final VendorRig rig =
      VendorRig.of("sluice", "chirpstack", "zigbee2mqtt", "tasmota")
          .device("pump-1", null, "any", null)
          .device("meter-1", "hub-1", "any", null)
          .device("hub-1", null, "any", null)
          .device("0102030405060708", null, "any", null)
          .device("kitchen.lamp", null, "any", null);

  /** The same, as a source has taken it. */
  private record OfSource(Uplink of) implements Uplink {
    @Override
    public DeviceId device() {
      return of.device();
    }

    @Override
    public boolean isOfSource() {
      return true;
    }

    @Override
    public String protocol() {
      return of.protocol();
    }

    @Override
    public String topic() {
      return of.topic();
    }

    @Override
    public ContentType contentType() {
      return of.contentType();
    }

    @Override
    public byte[] payload() {
      return of.payload();
    }

    @Override
    public long receivedMicros() {
      return of.receivedMicros();
    }

    @Override
    public long receivedNanos() {
      return of.receivedNanos();
    }

    @Override
    public ReceiptSink sink() {
      return of.sink();
    }
  }

  private List<String> take(String topic, String payload) {
    rig.offer(new OfSource(rig.uplink("broker", topic, payload.getBytes(UTF_8), null)));
    return rig.store();
  }

  @Test
  void anyRegisteredDeviceIsSpokenForWhateverItsParent() {
    assertThat(take("telemetry/pump-1", "{\"n\":1}")).containsExactly("telemetry pump-1; n=1");
    assertThat(take("telemetry/meter-1", "{\"n\":2}")).containsExactly("telemetry meter-1; n=2");
    assertThat(
            take(
                "application/7/device/0102030405060708/event/up",
                "{\"deduplicationId\":\"d\",\"deviceInfo\":{\"devEui\":\"0102030405060708\"},\"fCnt\":7,\"fPort\":2,\"object\":{\"t\":21.5}}"))
        .singleElement()
        .asString()
        .startsWith("telemetry 0102030405060708; t=21.5");
    assertThat(take("zigbee2mqtt/kitchen/lamp", "{\"brightness\":7}"))
        .containsExactly("telemetry kitchen.lamp; brightness=7");
    assertThat(rig.receipts)
        .hasSize(4)
        .allSatisfy(receipt -> assertThat(receipt).isInstanceOf(Receipt.Stored.class));
  }

  @Test
  void unknownDeviceIsKeptAsADeadLetter() {
    assertThat(take("telemetry/new-1", "{\"n\":1}")).isEmpty();
    assertThat(rig.receipt())
        .isEqualTo(
            new Receipt.Rejected(
                RejectReason.UNKNOWN_CHILD,
                "device new-1 is not registered; add it (source broker speaks for it)",
                true));
    assertThat(take("zigbee2mqtt/garden", "{\"brightness\":7}")).isEmpty();
    assertThat(rig.receipt())
        .isInstanceOfSatisfying(
            Receipt.Rejected.class,
            rejected ->
                assertThat(rejected.detail()).startsWith("device garden is not registered"));
    assertThat(rig.letters).hasSize(2);
  }

  @Test
  void messageThatNamesNobodyIsOfTheDeviceThatStandsForTheSource() {
    assertThat(take("telemetry", "{\"n\":1}")).isEmpty();
    assertThat(rig.receipt())
        .isInstanceOfSatisfying(
            Receipt.Rejected.class,
            rejected ->
                assertThat(rejected.detail())
                    .startsWith("neither the topic nor the payload names a device")
                    .contains("register a device \"broker\""));
    rig.device("broker", null, "any", null);
    assertThat(take("telemetry", "{\"n\":2}")).containsExactly("telemetry broker; n=2");
    assertThat(take("telemetry/broker", "{\"n\":3}")).containsExactly("telemetry broker; n=3");
  }

  @Test
  void newDevicesComeWhereTheProfileOfItsDeviceLetsThem() {
    rig.pipeline()
        .bring((concentrator, child) -> {
          rig.device(child, concentrator.id().value(), "any", null);
          return Newcomers.Verdict.UNDER_WAY;
        });
    assertThat(take("telemetry/new-1", "{\"n\":1}")).isEmpty();
    assertThat(rig.receipt()).isInstanceOf(Receipt.Rejected.class); // nobody stands for the source
    rig.device("broker", null, "any", null);
    assertThat(take("telemetry/new-1", "{\"n\":1}")).isEmpty();
    assertThat(rig.receipt()).isInstanceOf(Receipt.Busy.class);
    assertThat(take("telemetry/new-1", "{\"n\":1}")).containsExactly("telemetry new-1; n=1");
  }

  @Test
  void unmappedTopicIsKeptAsADeadLetter() {
    assertThat(take("what/is/this", "{\"n\":1}")).isEmpty();
    assertThat(rig.receipt())
        .isInstanceOfSatisfying(
            Receipt.Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo(RejectReason.UNMAPPED_TOPIC));
  }

  @Test
  void frameThatComesByTwoWaysCountsOnce() {
    rig.device("bridge-2", null, "any", null);
    String up =
        "{\"deduplicationId\":\"d\",\"deviceInfo\":{\"devEui\":\"0102030405060708\"},\"fCnt\":9,\"fPort\":2,\"object\":{\"t\":1}}";
    assertThat(take("application/7/device/0102030405060708/event/up", up)).hasSize(1);
    assertThat(take("application/7/device/0102030405060708/event/up", up)).isEmpty();
    assertThat(rig.receipts)
        .hasSize(2)
        .allSatisfy(receipt ->
            assertThat(receipt)
                .isInstanceOfSatisfying(
                    Receipt.Stored.class,
                    stored -> assertThat(stored.lane()).isEqualTo(Lane.TELEMETRY)));
  }
}
