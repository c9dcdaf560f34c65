package io.sluice.codec.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.codec.PayloadCodecs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a gateway without scripts pays for them. */
class NothingLoadedTest {
  /** Does what a gateway does at its start: asks each codec's factory for its name. */
  static final class Start {
    private Start() {}

    public static void main(String[] args) {
      Objects.requireNonNull(PayloadCodecs.find("script"));
    }
  }

  @Test
  void noClassOfRhinoIsLoadedBeforeAProfileNamesAScript() throws Exception {
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
    assertThat(loaded.lines().filter(line -> line.contains("io.sluice.codec.script.")))
        .anyMatch(line -> line.contains("ScriptCodecFactory"))
        .allMatch(
            line -> line.contains("ScriptCodecFactory") || line.contains("NothingLoadedTest"));
    assertThat(loaded.lines().filter(line -> line.contains("org.mozilla."))).isEmpty();
    assertThat(loaded.lines().filter(line -> line.contains("io.sluice.codec.sparkplug.")))
        .allMatch(line -> line.contains("SparkplugCodecFactory"));
  }
}
