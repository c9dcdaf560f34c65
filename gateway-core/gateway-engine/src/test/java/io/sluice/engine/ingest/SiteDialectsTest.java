package io.sluice.engine.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Receipt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/**
 * Gateways and terminals of plants as they left the factory. Forms are those of the vendors' pages
 * that the dialects' files name; values are ours.
 */
class SiteDialectsTest {
  @Test
  void advantechLeavesOutWhatIsOff() {
    VendorRig rig = VendorRig.of("advantech-wise").child("00D0C9FA7F2C", "any");
    assertThat(
            rig.take(
                "Advantech/00D0C9FA7F2C/data",
                """
                {"s":1,"t":"2026-11-27T18:59:00Z","q":192,"c":1,"di1":true,"do1":false,"ai1":1.25,"ai_st1":1,
                 "ai2":9999.9999,"ai_st1":1}\
                """))
        .containsExactly(
            "telemetry 00D0C9FA7F2C @2026-11-27T18:59:00Z; di1=true; do1=false; ai1=1.25; ai_st1=1");
    assertThat(
            rig.take(
                "Advantech/00D0C9FA7F2C/data", "{\"s\":2,\"t\":0,\"q\":0,\"c\":0,\"di1\":false}"))
        .containsExactly("telemetry 00D0C9FA7F2C; di1=false; q=0");
    assertThat(
            rig.take(
                "Advantech/00D0C9FA7F2C/Device_Status",
                "{\"status\":\"connect\",\"name\":\"WISE-4471\",\"ipaddr\":\"10.0.0.7\"}"))
        .containsExactly("state 00D0C9FA7F2C; status=connect; name=WISE-4471; ipaddr=10.0.0.7");
  }

  @Test
  void logosClockIsLocal() {
    VendorRig rig = VendorRig.of("siemens-logo").device("logo-7", "bridge", "any", "Europe/Berlin");
    assertThat(
            rig.take(
                "logo/logo-7",
                "{\"state\":{\"reported\":{\"$logotime\":1795809540,\"T1\":{\"desc\":\"tank\",\"value\":[21]},\"Q1\":{\"value\":true}}}}"))
        .containsExactly("telemetry logo-7 @2026-11-27T18:59:00Z; T1=21; Q1=true");
  }

  @Test
  void kingPigeonsPointsAreNamedByTheirFlags() {
    VendorRig rig = VendorRig.of("king-pigeon").child("KP0042", "any");
    assertThat(
            rig.take(
                "KP0042",
                """
                {"sensorDatas":[{"flag":"TEMP8","value":"288"},{"flag":"DI1","switcher":"1"},
                 {"flag":"","lat":39.9,"lng":116.3},{"flag":"REG1","str":"a"}],
                 "time":"18:59:00 11/27/2026 UTC","gateway_indentify":"n"}\
                """))
        .containsExactly(
            "telemetry KP0042 @2026-11-27T18:59:00Z; TEMP8=288; DI1=1; lat=39.9; lon=116.3; REG1=a");
    assertThat(
            rig.take(
                "KP0042",
                "{\"sensorDatas\":[{\"flag\":\"DI1\",\"switcher\":\"1\"}],\"state\":\"alarm\"}"))
        .containsExactly("alarm KP0042; DI1=1; state=alarm");
  }

  @Test
  void neuronsNodesAreChildrenInBothOfItsForms() {
    VendorRig rig = VendorRig.of("neuron").child("plc1", "any").child("plc2", "any");
    assertThat(
            rig.take(
                "/neuron/mqtt1/upload",
                "{\"timestamp\":1795805940000,\"node\":\"plc1\",\"group\":\"g\",\"values\":{\"t0\":1.5},\"errors\":{\"t1\":2014},\"metas\":{}}"))
        .containsExactly("telemetry plc1 @2026-11-27T18:59:00Z; t0=1.5; t1.error=2014");
    assertThat(
            rig.take(
                "/neuron/mqtt1/upload",
                "{\"timestamp\":1795805940000,\"node\":\"plc2\",\"group\":\"g\",\"tags\":[{\"name\":\"t0\",\"value\":true},{\"name\":\"t1\",\"error\":2014}]}"))
        .containsExactly("telemetry plc2 @2026-11-27T18:59:00Z; t0=true; t1.error=2014");
    assertThat(
            rig.take(
                "/neuron/mqtt1/state/update",
                "{\"timestamp\":1,\"states\":[{\"node\":\"plc1\",\"link\":0,\"running\":3},{\"node\":\"gone\",\"link\":1,\"running\":3},{\"node\":\"plc2\",\"link\":1,\"running\":4}]}"))
        .containsExactly("state plc1; link=0; running=3", "state plc2; link=1; running=4");
    assertThat(rig.letters).hasSize(1);
  }

  @Test
  void telegrafsBatchIsOneRecordOfSeveralTimes() {
    VendorRig rig = VendorRig.of("telegraf").child("host1", "any");
    assertThat(
            rig.take(
                "telegraf/host1/cpu",
                "{\"fields\":{\"usage_idle\":91.5},\"name\":\"cpu\",\"tags\":{\"cpu\":\"cpu0\",\"host\":\"host1\"},\"timestamp\":1795805940}"))
        .containsExactly("telemetry host1 @2026-11-27T18:59:00Z; cpu.cpu0.usage_idle=91.5");
    assertThat(
            rig.take(
                "telegraf/host1",
                "{\"metrics\":[{\"fields\":{\"used\":1},\"name\":\"mem\",\"tags\":{},\"timestamp\":1795805930},{\"fields\":{\"used\":2},\"name\":\"mem\",\"tags\":{},\"timestamp\":1795805940}]}"))
        .containsExactly("telemetry host1 @2026-11-27T18:59:00Z; mem.used=1; mem.used=2");
  }

  /** The plugin's sample configuration has data_format = "influx". */
  @Test
  void telegrafsLineProtocolHasTheNamesOfItsJson() {
    VendorRig rig = VendorRig.of("telegraf").child("host1", "any");
    assertThat(
            rig.take(
                "telegraf/host1/cpu",
                "cpu,cpu=cpu0,host=host1 usage_idle=91.5,up=t,state=\"on line\" 1795805940000000000\n"))
        .containsExactly(
            "telemetry host1 @2026-11-27T18:59:00Z; cpu.cpu0.usage_idle=91.5; cpu.cpu0.up=true;"
                + " cpu.cpu0.state=on line");
    assertThat(
            rig.take(
                "telegraf/host1",
                "mem,host=host1 used=1i 1795805930000000000\nmem,host=host1 used=18446744073709551615u 1795805940000000000"))
        .containsExactly(
            "telemetry host1 @2026-11-27T18:59:00Z; mem.used=1; mem.used=18446744073709551615");
    assertThat(rig.take("telegraf/host1", "mem used=1i\nmem used=half")).isEmpty();
    assertThat(rig.letters).hasSize(1);
  }

  @Test
  void teltonikasPlaceIsTwoNumbers() {
    VendorRig rig = VendorRig.of("teltonika").child("352094080000001", "any");
    assertThat(
            rig.take(
                "352094080000001/data",
                "{\"state\":{\"reported\":{\"66\":12345,\"ts\":1795805940000,\"latlng\":\"54.66604,25.22503\",\"sp\":0,\"registers\":\"[21,37]\"}}}"))
        .containsExactly(
            "telemetry 352094080000001 @2026-11-27T18:59:00Z; 66=12345; sp=0; registers.0=21;"
                + " registers.1=37; lat=54.66604; lon=25.22503");
  }

  /**
   * Formats and order of the log as dragino/NBSN95, SN50V3-CB and -NB, nb_payload.c writes them.
   */
  @Test
  void draginosLogHasItsTimesAndItsNames() {
    VendorRig rig = VendorRig.of("dragino").child("868508065628110", "any");
    assertThat(
            rig.take(
                "dragino/up",
                """
                {"IMEI":"868508065628110","IMSI":"460240210507481","Model":"SN50V3-CB","mod":1,"battery":3.21,"signal":20,
                 "time":"2026-11-27T18:59:00Z","latitude":0.000000,"longitude":0.000000,"gps_time":"1970-01-01T00:00:00Z",
                 "DS18B20_Temp":25.6,"digital_in":0,"interrupt":0,"interrupt_level":0,"adc1":0,"temperature":25.5,
                 "humidity":51.8,"1":[24.4,52.3,7,25.0,"2026-11-27T18:44:00Z"]}\
                """))
        .containsExactly(
            "telemetry 868508065628110 @2026-11-27T18:59:00Z; mod=1; battery=3.21; signal=20;"
                + " DS18B20_Temp=25.6; digital_in=0; interrupt=0; interrupt_level=0; adc1=0;"
                + " temperature=25.5; humidity=51.8; temperature=24.4; humidity=52.3; adc1=7;"
                + " DS18B20_Temp=25.0");
  }

  @Test
  void draginosTimesWithoutZoneAreTheDevicesAndColumnsThatNobodyNamesAreNumbered() {
    VendorRig rig = VendorRig.of("dragino").device("868508065628111", "bridge", "any", "+08:00");
    assertThat(
            rig.take(
                "dragino/868508065628111/up",
                """
                {"IMEI":"868508065628111","IMSI":"460240210507481","Model":"NDS9-NB","battery":3.60,"signal":24,
                 "time":"2026/11/28 02:59:00","door":1,"latitude":22.706010,"longitude":114.243030,
                 "gps_time":"2026-11-27T18:50:00Z","1":[0,12,"2026/11/28 02:44:00"]}\
                """))
        .containsExactly(
            "telemetry 868508065628111 @2026-11-27T18:59:00Z; battery=3.6; signal=24; door=1;"
                + " latitude=22.70601; longitude=114.24303; gps_time=2026-11-27T18:50:00Z;"
                + " log.0=0; log.1=12");
    assertThat(rig.take("dragino/up", "{\"Model\":\"PS-CB\"}")).isEmpty();
    assertThat(rig.letters).hasSize(1);
  }

  @Test
  void huaweisGzipIsUnpackedWithinTheBoundOfPayloads() throws Exception {
    VendorRig rig = VendorRig.of("huawei-iotda").child("c1", "any");
    String sys = "$oc/devices/bridge/sys/";
    assertThat(
            rig.take(
                "bridge",
                sys + "properties/report?encoding=gzip",
                gzip("{\"services\":[{\"service_id\":\"P\",\"properties\":{\"T\":57.5}}]}")))
        .containsExactly("telemetry bridge; T=57.5");
    assertThat(
            rig.take(
                "bridge",
                sys + "gateway/sub_devices/properties/report?encoding=gzip",
                gzip(
                    "{\"devices\":[{\"device_id\":\"c1\",\"services\":[{\"service_id\":\"P\",\"properties\":{\"T\":1}}]}]}")))
        .containsExactly("telemetry c1; T=1");
    assertThat(rig.take("bridge", sys + "messages/up?encoding=gzip", gzip("{\"content\":\"a\"}")))
        .containsExactly("event bridge; content=a");
    rig.receipts.clear();
    assertThat(rig.take(sys + "properties/report?encoding=gzip", "{\"services\":[]}")).isEmpty();
    byte[] bomb = gzip("{\"x\":" + " ".repeat(2 << 20) + "1}");
    assertThat(bomb).hasSizeLessThan(4_096);
    assertThat(rig.take("bridge", sys + "messages/up?encoding=gzip", bomb)).isEmpty();
    assertThat(rig.receipts)
        .extracting(each -> ((Receipt.Rejected) each).reason())
        .containsExactly(RejectReason.PAYLOAD_INVALID, RejectReason.TOO_LARGE);
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  /** eclipse.dev/hono, user guide, MQTT adapter: "Publish an Event", hono-ttl in seconds. */
  @Test
  void honosEventSaysForHowLongItHolds() {
    VendorRig rig = VendorRig.of("hono").child("pump-7", "any");
    assertThat(rig.take("event/?hono-ttl=30&content-type=application%2Fjson", "{\"door\":1}"))
        .containsExactly("event bridge; door=1; ttl=30 s");
    assertThat(rig.take("e/PLANT/pump-7/?content-type=application%2Fjson&hono-ttl=7", "{\"a\":2}"))
        .containsExactly("event pump-7; a=2; ttl=7 s");
    assertThat(rig.take("e/?content-type=text%2Fplain", "42"))
        .containsExactly("event bridge; value=42");
    assertThat(
            rig.take(
                "e/?content-type=application%2Fvnd.eclipse-hono-empty-notification&hono-ttd=30",
                ""))
        .isEmpty();
    assertThat(rig.letters).isEmpty();
  }
}
