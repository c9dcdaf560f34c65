package io.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.sim.device.Kind;
import io.sluice.sim.device.PayloadForm;
import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.scenario.Scenario;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the simulator sends in manufacturers' forms, decoded by the shipped profiles. */
@Tag("slow")
class SimulatedFormsTest {
  private static final long START_MICROS = 1_795_000_000_000_000L;
  @TempDir Path directory;

  static List<Arguments> forms() {
    List<Arguments> forms = new ArrayList<>();
    for (PayloadForm form : PayloadForm.values()) {
      new TreeSet<>(form.profiles()).forEach(profile -> forms.add(Arguments.of(form, profile)));
    }
    return forms;
  }

  @ParameterizedTest
  @MethodSource("forms")
  void everyValueIsThatOfTheSample(PayloadForm form, String profile) throws Exception {
    Scenario scenario =
        Scenario.load(
            Files.writeString(
                directory.resolve("scenario.yaml"),
                "name: forms\ngroups:\n  - { profile: %s, form: %s }\n"
                    .formatted(profile, form.label())));
    SimDevice device = new SimDevice(scenario.devices().getFirst(), START_MICROS);
    for (long n = 1; n <= 20; n++) {
      long micros = START_MICROS + n * 977_001_000L;
      Sample sample = device.sample(n, micros, Kind.TELEMETRY);
      JsonNode record = decode(profile, form, form.encode(sample));
      for (Sample.Field field : sample.fields()) {
        JsonNode there = measurement(record, field.name());
        assertThat(there).as("%s in %s", field.name(), record).isNotNull();
        if (field.value() instanceof Number number) {
          assertThat(there.path("v").asDouble())
              .as("%s in %s", field.name(), record)
              .isCloseTo(number.doubleValue(), within(1e-9 * (1 + Math.abs(number.doubleValue()))));
        } else {
          assertThat(there.path("v").asString()).isEqualTo(field.value());
        }
        if (field.unit() != null) {
          assertThat(there.path("u").asString()).isEqualTo(field.unit());
        }
        // a time that is not now makes it uncertain, but it is in range
        assertThat(there.path("q").asString("good")).isNotEqualTo("bad");
      }
      String payload = new String(form.encode(sample), UTF_8);
      for (JsonNode there : record.path("m")) {
        String name = there.path("n").asString();
        assertThat(
                form.besides().contains(name)
                    || sample.fields().stream().anyMatch(field -> field.name().equals(name))
                    || payload.contains('"' + name.substring(name.lastIndexOf('.') + 1) + '"'))
            .as("%s is in the payload, or said to be beside the sample", name)
            .isTrue();
      }
      if (form.carriesCounter()) {
        assertThat(measurement(record, "n").path("v").asLong()).isEqualTo(n);
        assertThat(record.path("t").asLong()).isEqualTo(micros);
      }
    }
  }

  /**
   * The text on the right is written by hand from the vendors' pages, and so is what must become of
   * it: an error that shape and profile had in common would show here.
   */
  static List<Arguments> shapes() {
    return List.of(
        Arguments.of(
            PayloadForm.SHELLY,
            "energy-meter",
            List.of(
                new Field("voltage", "V", 230.8),
                new Field("power", "W", 579L),
                new Field("energy", "kWh", 1.039106)),
            "{'src':'shellyplus1pm-3c61057263dc','dst':'shellyplus1pm-3c61057263dc/events',"
                + "'method':'NotifyStatus','params':{'ts':1795000000.5,'n':7,'switch:0':{'id':0,"
                + "'voltage':230.8,'apower':579,'aenergy':{'total':1039.106,"
                + "'by_minute':[0.0,0.0,0.0],'minute_ts':1794999960}}}}",
            "voltage 230.8 V, power 579 W, energy 1.039106 kWh"),
        Arguments.of(
            PayloadForm.MILESIGHT,
            "soil-probe",
            List.of(
                new Field("moisture", "%", 57.5),
                new Field("temperature", "Cel", 28.1),
                new Field("conductivity", "uS/cm", 240L)),
            "{'time':'2026-11-18T11:06:40.500Z','deviceInfo':{'applicationName':'plant'},'dr':5,"
                + "'fCnt':7,'fPort':85,'confirmed':false,'object':{'n':7,'moisture':57.5,"
                + "'temperature':28.1,'electricity':240,'battery':100},'rxInfo':[{'rssi':-57}]}",
            "moisture 57.5 %, temperature 28.1 Cel, conductivity 240 uS/cm, battery 100 %"),
        Arguments.of(
            PayloadForm.TTN,
            "weather-station",
            List.of(
                new Field("temperature", "Cel", 21.5),
                new Field("pressure", "hPa", 1032L),
                new Field("windSpeed", "m/s", 5.2)),
            "{'end_device_ids':{'application_ids':{'application_id':'app1'}},'uplink_message':{"
                + "'f_port':1,'f_cnt':7,'normalized_payload':[{'n':7,'air':{'temperature':21.5,"
                + "'pressure':1032},'wind':{'speed':5.2}}],'received_at':'2026-11-18T11:06:40.500Z'}}",
            "temperature 21.5 Cel, pressure 1032 hPa, windSpeed 5.2 m/s"),
        Arguments.of(
            PayloadForm.DRAGINO,
            "soil-probe",
            List.of(
                new Field("moisture", "%", 19.57),
                new Field("temperature", "Cel", 24.59),
                new Field("conductivity", "uS/cm", 28_200L)),
            "{'uplink_message':{'f_port':2,'decoded_payload':{'n':7,'Bat':3.625,"
                + "'water_SOIL':'19.57','temp_SOIL':'24.59','conduct_SOIL':28200},"
                + "'received_at':'2026-11-18T11:06:40.500Z'}}",
            "batteryVoltage 3.625 V, moisture 19.57 %, temperature 24.59 Cel, conductivity 28200 uS/cm"));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void shapeIsTheVendorsAndBecomesWhatTheVendorMeans(
      PayloadForm form, String profile, List<Field> fields, String shape, String meaning)
      throws Exception {
    Sample sample = new Sample(7, START_MICROS + 500_000, Kind.TELEMETRY, fields);
    assertThat(new JsonMapper().readTree(form.encode(sample)))
        .isEqualTo(new JsonMapper().readTree(shape.replace('\'', '"')));
    JsonNode record = decode(profile, form, shape.replace('\'', '"').getBytes(UTF_8));
    List<String> found = new ArrayList<>();
    for (JsonNode each : record.path("m")) {
      if (each.path("u").isString()) {
        found.add(
            each.path("n").asString() + ' ' + each.path("v") + ' ' + each.path("u").asString());
      }
    }
    assertThat(found).containsExactlyInAnyOrder(meaning.split(", "));
  }

  private static JsonNode decode(String profile, PayloadForm form, byte[] payload) {
    StringWriter out = new StringWriter();
    StringWriter told = new StringWriter();
    int exit =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(told, true))
            .execute(
                "decode",
                "--profile",
                profile,
                "--profiles",
                "../../config/profiles",
                "--content-type",
                form.contentType(),
                "--hex",
                HexFormat.of().formatHex(payload));
    assertThat(exit).as(told.toString()).isZero();
    return new JsonMapper().readTree(out.toString());
  }

  private static JsonNode measurement(JsonNode record, String name) {
    for (JsonNode measurement : record.path("m")) {
      if (measurement.path("n").asString("").equals(name)) {
        return measurement;
      }
    }
    return null;
  }
}
