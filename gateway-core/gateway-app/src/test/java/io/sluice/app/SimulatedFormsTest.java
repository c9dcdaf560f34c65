package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.sim.device.Kind;
import io.sluice.sim.device.PayloadForm;
import io.sluice.sim.device.Sample;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the simulator sends in manufacturers' forms, decoded by the shipped profiles. */
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
      if (form.carriesCounter()) {
        assertThat(measurement(record, "n").path("v").asLong()).isEqualTo(n);
        assertThat(record.path("t").asLong()).isEqualTo(micros);
      }
    }
  }

  private static JsonNode decode(String profile, PayloadForm form, byte[] payload) {
    StringWriter out = new StringWriter();
    PrintWriter printer = new PrintWriter(out);
    int exit =
        Main.commandLine()
            .setOut(printer)
            .setErr(printer)
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
    printer.flush();
    assertThat(exit).as(out.toString()).isZero();
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
