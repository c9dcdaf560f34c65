package io.sluice.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.adapter.AdapterFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a gateway without HTTP listeners pays for them. */
class NothingLoadedTest {
  /** Does what a gateway does at its start: asks each factory for its type and its settings. */
  static final class Start {
    private Start() {}

    public static void main(String[] args) {
      for (AdapterFactory<?> factory : ServiceLoader.load(AdapterFactory.class)) {
        System.out.println("type " + factory.type() + ' ' + factory.settings().getSimpleName());
      }
    }
  }

  @Test
  void onlyTheFactoriesAndTheirOptionsAreLoadedBeforeAListenerIsNamed() throws Exception {
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
    assertThat(loaded).contains("type http HttpSettings", "type https HttpsSettings");
    assertThat(loaded.lines().filter(line -> line.contains(" io.sluice.adapter.http.")))
        .allMatch(line ->
            line.contains("AdapterFactory")
                || line.contains("Settings")
                || line.contains("NothingLoadedTest"));
    assertThat(loaded.lines().filter(line -> line.contains("io.netty."))).isEmpty();
  }
}
