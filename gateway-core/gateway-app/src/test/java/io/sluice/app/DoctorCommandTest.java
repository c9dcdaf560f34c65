package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code doctor} on a whole configuration. */
class DoctorCommandTest {
  @TempDir private Path root;
  private final StringWriter out = new StringWriter();

  private int doctor(String... arguments) {
    String[] line = new String[arguments.length + 1];
    line[0] = "doctor";
    System.arraycopy(arguments, 0, line, 1, arguments.length);
    return Main.commandLine(line).setOut(new PrintWriter(out, true)).execute(line);
  }

  @Test
  void commandPrintsALineForEachCheckOfAConfiguration() throws Exception {
    Path config = new Setup(root).config();
    assertThat(doctor("--config", config.toString())).as(out.toString()).isZero();
    assertThat(out.toString().lines())
        .allMatch(line -> line.matches("(OK  |WARN|FAIL) [a-z ]{12} .+"))
        .anyMatch(line -> line.startsWith("OK   config"))
        .anyMatch(line -> line.contains("disk speed"))
        .anyMatch(line -> line.matches(".* open files .* connections configured 100000.*"))
        .anyMatch(line -> line.contains("udp buffer") && line.contains("4096 KB wanted"))
        .anyMatch(line -> line.matches("OK +port +mqtt 127.0.0.1:0/tcp is free"));
  }

  @Test
  void faultyConfigurationFailsAndJsonSaysTheSame() throws Exception {
    Files.writeString(root.resolve("s.yaml"), "gateway: { id: 7 7 }\n");
    assertThat(doctor("--json", "--config", root.resolve("s.yaml").toString())).isEqualTo(1);
    assertThat(GatewayProcess.JSON.readTree(out.toString()).path("grade").asString())
        .isEqualTo("fail");
    assertThat(out.toString()).contains("sluice check --config");
  }
}
