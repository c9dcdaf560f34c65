package io.sluice.engine.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Receipt;
import org.junit.jupiter.api.Test;

/**
 * What LoRaWAN network servers publish, in their own form (chirpstack.io, "Event types";
 * thethingsindustries.com, "Data formats"; values are ours).
 */
class LorawanServersTest {
  private static final String EUI = "24e124445d193673";
  private static final String UP = "application/17c8/device/" + EUI + "/event/up";

  private static String chirpStack(String more) {
    return """
    {"deduplicationId":"3ac7e3c4-4401-4b8d-9386-a5c902f9202d","time":"2026-11-27T18:59:58.775023242+00:00",
     "deviceInfo":{"tenantId":"52f1","tenantName":"T","applicationId":"17c8","applicationName":"A",
       "deviceProfileName":"P","deviceName":"soil 7","devEui":"24e124445d193673","tags":{"row":"4"}},
     "devAddr":"00189440","adr":true,"dr":3,"fCnt":41,"fPort":85,"confirmed":false,
     %s
     "rxInfo":[{"gatewayId":"0016c001f153a14c","uplinkId":42171,"rssi":-109,"snr":-3.2,"context":"E3OWOQ=="},
               {"gatewayId":"0016c001f1500000","uplinkId":42172,"rssi":-97,"snr":7.5,"context":"E3OWOQ=="}],
     "txInfo":{"frequency":867100000,"modulation":{"lora":{"bandwidth":125000,"spreadingFactor":9}}}}
    """
        .formatted(more);
  }

  @Test
  void uplinkOfChirpStack4IsARecordOfItsDeviceWithItsLink() {
    VendorRig rig = VendorRig.of("chirpstack").child(EUI, "any");
    String message =
        chirpStack(
            "\"data\":\"AXVcA2c0AQRoZQ==\",\"object\":{\"battery\":92,\"temperature\":30.8},");
    assertThat(rig.take(UP, message))
        .containsExactly(
            "telemetry 24e124445d193673 @2026-11-27T18:59:58.775023Z; battery=92; temperature=30.8;"
                + " rssi=-97 dBm; snr=7.5 dB; gateway=0016c001f1500000; gateways=2; fCnt=41;"
                + " fPort=85; dr=3");
    assertThat(rig.receipt()).isInstanceOf(Receipt.Stored.class);
  }

  @Test
  void bytesThatNobodyReadsAreKept() {
    VendorRig rig = VendorRig.of("chirpstack").child(EUI, "any");
    assertThat(rig.take(UP, chirpStack("\"data\":\"AXVcA2c0AQRoZQ==\",")))
        .singleElement()
        .asString()
        .contains("; data=01755c0367340104" + "6865; rssi=-97 dBm");
  }

  @Test
  void deviceThatNobodyRegisteredIsKeptAsALetter() {
    VendorRig rig = VendorRig.of("chirpstack");
    assertThat(rig.take(UP, chirpStack("\"data\":\"AXVc\","))).isEmpty();
    assertThat(rig.letters).hasSize(1);
    assertThat(rig.receipt())
        .isInstanceOfSatisfying(
            Receipt.Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(RejectReason.UNKNOWN_CHILD);
              assertThat(rejected.deadLettered()).isTrue();
              assertThat(rejected.detail())
                  .isEqualTo("device " + EUI + " is not registered; add it with parent: bridge");
            });
  }

  @Test
  void frameThatComesAgainIsKeptOnceAndAcknowledgedWithTheFirst() {
    VendorRig rig = VendorRig.of("chirpstack").child(EUI, "any");
    byte[] first = chirpStack("\"data\":\"AXVc\",").getBytes(UTF_8);
    byte[] other = chirpStack("\"data\":\"AXVc\",").replace("3ac7e3c4", "4bd8f4d5").getBytes(UTF_8);
    rig.offer(rig.uplink("bridge", UP, first, null));
    rig.offer(rig.uplink("bridge", UP, other, null));
    assertThat(rig.receipts).isEmpty(); // neither is on disk
    assertThat(rig.store()).hasSize(1);
    assertThat(rig.receipts).hasSize(2).allMatch(Receipt.Stored.class::isInstance);
    rig.receipts.clear();
    assertThat(rig.take("bridge", UP, other)).isEmpty();
    assertThat(rig.receipt()).isInstanceOf(Receipt.Stored.class);
    String next = chirpStack("\"data\":\"AXVc\",").replace("\"fCnt\":41", "\"fCnt\":42");
    assertThat(rig.take(UP, next)).hasSize(1);
  }

  @Test
  void frameWhoseFirstCopyFoundNoRoomIsKeptByTheSecond() {
    VendorRig rig = VendorRig.of("chirpstack").child(EUI, "any");
    rig.room(0);
    assertThat(rig.take(UP, chirpStack("\"data\":\"AXVc\","))).isEmpty();
    assertThat(rig.receipt()).isInstanceOf(Receipt.Busy.class);
    rig.room(1);
    assertThat(rig.take(UP, chirpStack("\"data\":\"AXVc\","))).hasSize(1);
  }
}
