package io.sluice.engine.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Receipt;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    assertThat(rig.traffic().repeated().values()).containsExactly(1L);
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

  @Test
  void profileWithALayoutReadsTheBytesInPlaceOfWhatTheServerDecoded(@TempDir Path own)
      throws Exception {
    Files.createDirectory(own.resolve("profiles"));
    Files.writeString(
        own.resolve("profiles/probe.yaml"),
        """
        id: probe
        metrics: { charge: { unit: "%" } }
        layout: { fields: [ { metric: charge, offset: 2, type: u8 } ] }
        """);
    VendorRig rig = new VendorRig(own, "chirpstack").child(EUI, "probe");
    assertThat(rig.take(UP, chirpStack("\"data\":\"AXVc\",\"object\":{\"battery\":1},")))
        .singleElement()
        .asString()
        .startsWith(
            "telemetry " + EUI + " @2026-11-27T18:59:58.775023Z; charge=92 %; rssi=-97 dBm");
  }

  @Test
  void zerosThatProto3LeavesOutAreZeros() {
    VendorRig rig = VendorRig.of("chirpstack").child(EUI, "any");
    assertThat(
            rig.take(
                UP,
                """
                {"deviceInfo":{"devEui":"24e124445d193673"},"devAddr":"00189440","data":"AQ==","rxInfo":[]}\
                """))
        .containsExactly("telemetry " + EUI + "; data=01; fCnt=0; fPort=0; dr=0");
  }

  @Test
  void otherEventsOfChirpStack4() {
    VendorRig rig = VendorRig.of("chirpstack").child(EUI, "any");
    String head =
        "{\"deduplicationId\":\"3ac7\",\"time\":\"2026-11-27T19:00:00+00:00\",\"deviceInfo\":{\"devEui\":\""
            + EUI
            + "\"},";
    String of = "application/17c8/device/" + EUI + "/event/";
    assertThat(rig.take(of + "join", head + "\"devAddr\":\"00189440\"}"))
        .containsExactly("event " + EUI + "; event=join");
    assertThat(rig.take(of + "status", head + "\"margin\":10,\"batteryLevel\":76.5}"))
        .containsExactly("state " + EUI + "; margin=10; batteryLevel=76.5");
    assertThat(
            rig.take(
                of + "ack", head + "\"queueItemId\":\"a1\",\"acknowledged\":true,\"fCntDown\":7}"))
        .containsExactly(
            "event " + EUI + "; queueItemId=a1; acknowledged=true; fCntDown=7; event=ack");
    assertThat(
            rig.take(
                of + "location",
                head + "\"location\":{\"latitude\":53.1,\"longitude\":8.2,\"source\":\"GEO\"}}"))
        .containsExactly("telemetry " + EUI + "; latitude=53.1; longitude=8.2; source=GEO");
  }

  @Test
  void chirpStack3HasItsEuiInBase64AndItsObjectAsText() {
    VendorRig rig = VendorRig.of("chirpstack", "milesight").child(EUI, "any");
    assertThat(
            rig.take(
                "application/1/device/" + EUI + "/rx",
                """
                {"applicationID":"1","applicationName":"A","deviceName":"soil","devEUI":"JOEkRF0ZNnM=",
                 "rxInfo":[{"gatewayID":"AAAAAA==","time":"2026-11-27T18:59:00Z","rssi":-57,"loRaSNR":10}],
                 "txInfo":{"dr":5},"adr":false,"fCnt":10,"fPort":5,"data":"AQ==","objectJSON":"{\\"temperature\\":21.5}"}\
                """))
        .containsExactly(
            "telemetry "
                + EUI
                + " @2026-11-27T18:59:00Z; temperature=21.5; rssi=-57 dBm; snr=10 dB;"
                + " gateway=AAAAAA==; gateways=1; fCnt=10; fPort=5");
    assertThat(
            rig.take(
                "/mqtttest",
                """
                {"applicationID":1,"devEUI":"24E124445D193673","deviceName":"bridge","fCnt":3,"fPort":85,"data":"AXVc",
                 "rxInfo":[{"mac":"24e124fffef0","rssi":-61,"loRaSNR":9.5,"name":"gw"}],"time":"2026-11-27T18:59:30Z",
                 "temperature":19.5}\
                """))
        .containsExactly(
            "telemetry "
                + EUI
                + " @2026-11-27T18:59:30Z; temperature=19.5; rssi=-61 dBm; snr=9.5 dB;"
                + " gateway=24e124fffef0; gateways=1; fCnt=3; fPort=85");
  }

  private static String things(String uplink) {
    return """
    {"end_device_ids":{"device_id":"dev1","application_ids":{"application_id":"app1"},
      "dev_eui":"24E124445D193673","join_eui":"800000000000000C","dev_addr":"00BCB929"},
     "correlation_ids":["as:up:01"],"received_at":"2026-11-27T19:00:00.100200300Z",
     %s}
    """
        .formatted(uplink);
  }

  private static final String RADIO =
      """
      "session_key_id":"AXA50tHUGUucIs","f_port":2,"f_cnt":7,"frm_payload":"zikA8Q==",
      "rx_metadata":[{"gateway_ids":{"gateway_id":"roof"},"rssi":-35,"channel_rssi":-35,"snr":5.2}],
      "settings":{"data_rate":{"lora":{"bandwidth":125000}}},"received_at":"2026-11-27T18:59:59.5Z",
      "consumed_airtime":"0.05s","last_battery_percentage":{"f_cnt":1,"value":80,"received_at":"x"}\
      """;

  @Test
  void uplinkOfTheThingsStackDecoded() {
    VendorRig rig = VendorRig.of("the-things-stack").child(EUI, "soil-probe");
    String message =
        things(
            "\"uplink_message\":{\"decoded_payload\":{\"water_SOIL\":\"19.57\",\"Bat\":3.625},"
                + RADIO
                + "}");
    assertThat(rig.take("v3/app1@t/devices/dev1/up", message))
        .containsExactly(
            "telemetry "
                + EUI
                + " @2026-11-27T18:59:59.500Z; moisture=19.57 %; batteryVoltage=3.625 V;"
                + " rssi=-35 dBm; snr=5.2 dB; gateway=roof; gateways=1; fCnt=7; fPort=2;"
                + " batteryLevel=80.0 %");
    assertThat(rig.take("v3/app1@t/devices/dev1/up", message)).isEmpty();
    VendorRig byId = VendorRig.of("the-things-stack").child("dev1", "any");
    assertThat(byId.take("v3/app1@t/devices/dev1/up", message)).hasSize(1);
  }

  @Test
  void normalizedPayloadOfTheThingsStackIsAnArrayOrAnObject() {
    VendorRig rig = VendorRig.of("the-things-stack").child(EUI, "weather-station");
    String link =
        " rssi=-35 dBm; snr=5.2 dB; gateway=roof; gateways=1; fCnt=7; fPort=2; batteryLevel=80.0 %";
    assertThat(
            rig.take(
                "v3/app1@t/devices/dev1/up",
                things(
                    "\"uplink_message\":{\"normalized_payload\":[{\"air\":{\"temperature\":12.5}},{\"wind\":{\"speed\":3}}],"
                        + RADIO
                        + "}")))
        .containsExactly(
            "telemetry "
                + EUI
                + " @2026-11-27T18:59:59.500Z; temperature=12.5 Cel; windSpeed=3 m/s;"
                + link);
    assertThat(
            rig.take(
                "v3/app1@t/devices/dev1/up",
                things(
                    "\"uplink_normalized\":{\"normalized_payload\":{\"air\":{\"temperature\":12.5}},"
                        + RADIO
                        + "}")))
        .containsExactly(
            "telemetry " + EUI + " @2026-11-27T18:59:59.500Z; temperature=12.5 Cel;" + link);
    VendorRig plain = VendorRig.of("the-things-stack").child(EUI, "any");
    assertThat(
            plain.take(
                "v3/app1@t/devices/dev1/up",
                things(
                    "\"uplink_message\":{\"normalized_payload\":[{\"air\":{\"temperature\":12.5}}],"
                        + RADIO
                        + "}")))
        .containsExactly(
            "telemetry " + EUI + " @2026-11-27T18:59:59.500Z; air.temperature=12.5;" + link);
  }

  @Test
  void otherMessagesOfTheThingsStack() {
    VendorRig rig = VendorRig.of("the-things-stack").child(EUI, "any");
    String of = "v3/app1@t/devices/dev1/";
    String at = " @2026-11-27T19:00:00.100200Z";
    assertThat(
            rig.take(
                of + "join",
                things(
                    "\"join_accept\":{\"session_key_id\":\"AXBS\",\"received_at\":\"2026-11-27T19:00:00Z\"}")))
        .containsExactly("event " + EUI + at + "; event=join_accept");
    assertThat(
            rig.take(
                of + "down/ack",
                things(
                    "\"downlink_ack\":{\"session_key_id\":\"A\",\"f_port\":15,\"f_cnt\":11,\"confirmed\":true,\"priority\":\"NORMAL\"}")))
        .containsExactly(
            "event "
                + EUI
                + at
                + "; f_port=15; f_cnt=11; confirmed=true; priority=NORMAL; event=downlink_ack");
    assertThat(
            rig.take(
                of + "location/solved",
                things(
                    "\"location_solved\":{\"service\":\"geo\",\"location\":{\"latitude\":52.3,\"longitude\":4.9,\"accuracy\":12}}")))
        .containsExactly(
            "telemetry "
                + EUI
                + at
                + "; service=geo; latitude=52.3; longitude=4.9; accuracy=12; event=location_solved");
  }
}
