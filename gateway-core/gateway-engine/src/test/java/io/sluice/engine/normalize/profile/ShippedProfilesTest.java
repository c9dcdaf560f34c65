package io.sluice.engine.normalize.profile;

import static io.sluice.engine.normalize.Bench.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.CanonicalRecord;
import io.sluice.api.ContentType;
import io.sluice.api.Measurement;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.engine.normalize.Bench;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Each shipped profile against a payload that its devices send. */
class ShippedProfilesTest {
  @Test
  void allSixteenLoadWithoutFault() {
    assertThat(Bench.shipped().ids())
        .containsExactlyInAnyOrder(
            "cnc",
            "plc",
            "vibration-sensor",
            "energy-meter",
            "soil-probe",
            "weather-station",
            "irrigation-valve",
            "livestock-tag",
            "water-meter",
            "air-quality",
            "street-light",
            "smart-bin",
            "fire-panel",
            "flood-gauge",
            "slope-sensor",
            "gas-detector");
    Profile meter = Bench.shipped().find("energy-meter");
    assertThat(meter.interval()).isEqualTo(Duration.ofMinutes(1));
    assertThat(meter.metric("energy").monotonic()).isTrue();
    assertThat(meter.metric("voltage").max()).isEqualTo(500);
  }

  @Test
  void cncSpeaksJsonAndSenml() throws Exception {
    Bench cnc = Bench.shipped("cnc");
    CanonicalRecord json =
        cnc.decode("{\"spindleSpeed\":12000,\"load\":85.5,\"state\":\"ACTIVE\",\"partCount\":42}");
    assertThat(value(json, "partCount")).isEqualTo(42L);
    CanonicalRecord senml =
        cnc.decode("[{\"bn\":\"dev-1/\",\"n\":\"spindleSpeed\",\"u\":\"Hz\",\"v\":200}]");
    assertThat(value(senml, "spindleSpeed")).isEqualTo(12000L);
    assertThat(senml.source()).isEqualTo("telemetry;senml+json");
  }

  @Test
  void plcKeepsItsTags() throws Exception {
    assertThat(value(Bench.shipped("plc").decode("{\"line1\":{\"speed\":1.5}}"), "line1.speed"))
        .isEqualTo(1.5);
  }

  @Test
  void vibrationSensorRaisesAnAlarmInZoneD() throws Exception {
    Bench sensor = Bench.shipped("vibration-sensor");
    assertThat(sensor.decode("{\"velocity\":2.5,\"tempF\":212}").messageClass())
        .isEqualTo(MessageClass.TELEMETRY);
    CanonicalRecord grave = sensor.decode("{\"velocityRmsMs\":0.0125}");
    assertThat(value(grave, "velocityRms")).isEqualTo(12.5);
    assertThat(grave.messageClass()).isEqualTo(MessageClass.ALARM);
  }

  @Test
  void energyMeterTakesShellyTasmotaAndPlainJson() throws Exception {
    Bench meter = Bench.shipped("energy-meter");
    CanonicalRecord shelly =
        meter.decode(
            "{\"src\":\"shellyplus1pm-1\",\"dst\":\"x/events\",\"method\":\"NotifyStatus\","
                + "\"params\":{\"ts\":1767225599.5,\"switch:0\":{\"id\":0,\"apower\":12.3,"
                + "\"voltage\":230.1,\"current\":0.05,\"aenergy\":{\"total\":1234.5}}}}");
    assertThat(value(shelly, "energy")).isEqualTo(1.2345);
    assertThat(value(shelly, "voltage")).isEqualTo(230.1);
    assertThat(shelly.timeMicros()).isEqualTo(1_767_225_599_500_000L);
    assertThat(shelly.measurements()).extracting(Measurement::name).doesNotContain("src", "method");
    CanonicalRecord tasmota =
        meter.decode(
            "{\"Time\":\"2026-01-01T00:00:00\",\"ENERGY\":{\"TotalStartTime\":\"2020-01-01T00:00:00\","
                + "\"Total\":3.185,\"Power\":60,\"Voltage\":229,\"Current\":0.3,\"Factor\":0.95}}");
    assertThat(value(tasmota, "powerFactor")).isEqualTo(0.95);
    assertThat(tasmota.timeMicros()).isEqualTo(Bench.NOW);
    assertThat(value(meter.decode("{\"power_kw\":1.5}"), "power")).isEqualTo(1500L);
  }

  @Test
  void soilProbeTakesDraginoWithNumbersAsStrings() throws Exception {
    CanonicalRecord dragino =
        Bench.shipped("soil-probe")
            .decode(
                "{\"BatV\":3.6,\"water_SOIL\":\"35.20\",\"temp_SOIL\":\"18.50\",\"conduct_SOIL\":\"120\"}");
    assertThat(value(dragino, "moisture")).isEqualTo(35.2);
    assertThat(value(dragino, "conductivity")).isEqualTo(120L);
    CanonicalRecord milesight =
        Bench.shipped("soil-probe").decode("{\"object\":{\"ec\":150,\"soil_moisture\":30}}");
    assertThat(value(milesight, "moisture")).isEqualTo(30L);
  }

  @Test
  void weatherStationTakesNormalizedPayloads() throws Exception {
    CanonicalRecord record =
        Bench.shipped("weather-station")
            .decode(
                "{\"normalized_payload\":{\"air\":{\"temperature\":21.1,\"relativeHumidity\":60,"
                    + "\"pressure\":1013.25},\"wind\":{\"speed\":3.2,\"direction\":360}}}");
    assertThat(value(record, "pressure")).isEqualTo(1013.25);
    assertThat(record.measurements().getLast().quality()).isEqualTo(Quality.BAD);
  }

  @Test
  void irrigationValveSaysOpenOrClosed() throws Exception {
    CanonicalRecord record =
        Bench.shipped("irrigation-valve")
            .decode("{\"valve_1\":\"close\",\"valve_1_pulse\":12,\"pressure_bar\":2.5}");
    assertThat(value(record, "valve")).isEqualTo("closed");
    assertThat(value(record, "pressure")).isEqualTo(250L);
    assertThat(value(Bench.shipped("irrigation-valve").decode("{\"valve\":true}"), "valve"))
        .isEqualTo("open");
  }

  @Test
  void livestockTagHasAPlaceAndAFever() throws Exception {
    CanonicalRecord record =
        Bench.shipped("livestock-tag")
            .decode("{\"lat\":52.1,\"lng\":5.2,\"bodyTemperature\":41.8,\"activity\":3}");
    assertThat(record.messageClass()).isEqualTo(MessageClass.ALARM);
    assertThat(value(record, "lon")).isEqualTo(5.2);
  }

  @Test
  void waterMeterTakesSenmlCborAndBytes() throws Exception {
    Bench meter = Bench.shipped("water-meter");
    // [{-2: "dev-1/", 0: "volume", 1: "l", 2: 12345.5}, {0: "battery", 1: "%", 2: 90}]
    byte[] cbor =
        HexFormat.of()
            .parseHex(
                "82a42166"
                    + "6465762d312f"
                    + "0066"
                    + "766f6c756d65"
                    + "01616c02fb40c81cc000000000"
                    + "a30067"
                    + "62617474657279"
                    + "01612502185a");
    CanonicalRecord record = meter.decode(ContentType.SENML_CBOR, cbor);
    assertThat(value(record, "volume")).isEqualTo(12.3455);
    assertThat(value(record, "battery")).isEqualTo(90L);
    CanonicalRecord sniffed = meter.decode(ContentType.CBOR, cbor.clone());
    assertThat(sniffed.measurements()).isNotEmpty();
    CanonicalRecord bytes =
        meter.decode(ContentType.BYTES, HexFormat.of().parseHex("40e20100e8035a01"));
    assertThat(value(bytes, "volume")).isEqualTo(123.456);
    assertThat(value(bytes, "flow")).isEqualTo(1.0);
    assertThat(value(bytes, "leak")).isEqualTo(true);
    assertThat(bytes.messageClass()).isEqualTo(MessageClass.ALARM);
  }

  @Test
  void airQualityKeepsValuesBeyondTheScale() throws Exception {
    CanonicalRecord record = Bench.shipped("air-quality").decode("{\"pm25\":1200,\"pm10\":80}");
    assertThat(record.measurements())
        .extracting(Measurement::quality)
        .containsExactly(Quality.BAD, Quality.GOOD);
  }

  @Test
  void streetLightTakesJsonTextAndBytes() throws Exception {
    Bench light = Bench.shipped("street-light");
    assertThat(value(light.decode("{\"on\":1,\"dim\":80}"), "on")).isEqualTo(true);
    assertThat(value(light.decode(ContentType.TEXT, "on=true dim=70"), "dim")).isEqualTo(70L);
    CanonicalRecord bytes =
        light.decode(ContentType.BYTES, HexFormat.of().parseHex("2150" + "03e8" + "00"));
    assertThat(value(bytes, "fault")).isEqualTo("driver");
    assertThat(value(bytes, "power")).isEqualTo(100.0);
  }

  @Test
  void smartBinTakesALoneNumber() throws Exception {
    CanonicalRecord record = Bench.shipped("smart-bin").decode(ContentType.TEXT, "83");
    assertThat(record.measurements())
        .singleElement()
        .satisfies(m -> {
          assertThat(m.name()).isEqualTo("fill");
          assertThat(m.value()).isEqualTo(83L);
          assertThat(m.unit()).isEqualTo("%");
        });
    assertThat(value(Bench.shipped("smart-bin").decode("{\"fill_ratio\":0.35}"), "fill"))
        .isEqualTo(35L);
  }

  @Test
  void firePanelTellsADrillFromAFire() throws Exception {
    Bench panel = Bench.shipped("fire-panel");
    CanonicalRecord fire =
        panel.decode("{\"point\":\"L1-023\",\"state\":\"fire\",\"mainsPower\":true}");
    assertThat(fire.cap().severity()).isEqualTo("Extreme");
    assertThat(fire.cap().status()).isEqualTo("Actual");
    CanonicalRecord drill = panel.decode("{\"state\":\"fire\",\"status\":\"exercise\"}");
    assertThat(drill.cap().status()).isEqualTo("Exercise");
    assertThat(panel.decode("{\"state\":\"normal\",\"mainsPower\":true}").cap()).isNull();
  }

  @Test
  void floodGaugeTakesItsHistory() throws Exception {
    CanonicalRecord record =
        Bench.shipped("flood-gauge")
            .decode(
                "{\"ts\":1767225590,\"depth_cm\":235,\"history\":["
                    + "{\"ts\":1767225000,\"depth_cm\":230},{\"ts\":1767225300,\"depth_cm\":233}]}");
    assertThat(record.historical()).isFalse();
    assertThat(record.timeMicros()).isEqualTo(1_767_225_590_000_000L);
    assertThat(record.measurements())
        .extracting(Measurement::value)
        .containsExactly(2.35, 2.3, 2.33);
  }

  @Test
  void slopeSensorTakesMilesight() throws Exception {
    CanonicalRecord record =
        Bench.shipped("slope-sensor").decode("{\"angle_x\":-1.25,\"angle_y\":91}");
    assertThat(value(record, "angleX")).isEqualTo(-1.25);
    assertThat(record.measurements().getLast().quality()).isEqualTo(Quality.BAD);
  }

  @Test
  void gasDetectorCallsForHelp() throws Exception {
    Bench detector = Bench.shipped("gas-detector");
    assertThat(detector.decode("{\"gas\":3,\"sos\":true}").cap().severity()).isEqualTo("Extreme");
    assertThat(detector.decode("{\"gas\":30}").cap().severity()).isEqualTo("Severe");
    assertThat(detector.decode("{\"gas\":3}").messageClass()).isEqualTo(MessageClass.TELEMETRY);
  }
}
