package io.sluice.engine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

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
}
