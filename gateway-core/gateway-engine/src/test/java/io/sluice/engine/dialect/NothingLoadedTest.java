package io.sluice.engine.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.engine.config.Faults;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a gateway pays for dialects that no listener names. */
class NothingLoadedTest {
  private static final Pattern UNPACKER =
      Pattern.compile("io\\.sluice\\.engine\\.dialect\\.unpack\\.([A-Z][A-Za-z0-9]+)");

  /** Does what a gateway does at its start, and takes one message of its own dialect. */
  static final class Start {
    private Start() {}

    public static void main(String[] args) {
      Topics topics =
          Dialects.load(new DialectPlaces(ShippedDialects.FOLDER, List.of()), new Faults())
              .topics(List.of(), Map.of());
      Objects.requireNonNull(topics.route("any", "telemetry"));
    }
  }

  /** Those of dialects that hold where no list is given may be there, once these are read. */
  @Test
  void noUnpackerIsLoadedBeforeARuleNamesIt() throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-Xlog:class+load:stdout",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Start.class.getName()))
            .redirectErrorStream(true)
            .start();
    String loaded = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(loaded).isZero();
    assertThat(UNPACKER.matcher(loaded).results().map(found -> found.group(1)).distinct())
        .contains("Unpackers")
        .isSubsetOf(
            "Unpackers",
            "Children",
            "DeviceField",
            "Gunzip",
            "HonoEvent",
            "ShadowUpdate",
            "SubDevices");
  }
}
