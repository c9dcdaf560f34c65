package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the system to its end: mosquitto_pub, coap-client. */
public record Tool(int exitCode, String output) {
  public static Tool run(String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("tool", ".out");
    Process process =
        new ProcessBuilder(List.of(command))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    String text = Files.readString(output, StandardCharsets.ISO_8859_1);
    Files.delete(output);
    return new Tool(process.exitValue(), text);
  }

  /** Publishes as {@code meter-1} of {@link Setup}, at QoS 1, whatever becomes of it. */
  static Tool publish(GatewayProcess gateway, String topic, String payload)
      throws IOException, InterruptedException {
    return publish(gateway, "meter-1", "secret-1", topic, payload, "-i", "meter-1");
  }

  /**
   * Publishes at QoS 1, whatever becomes of it.
   *
   * @param more further options, which come after ours
   */
  static Tool publish(
      GatewayProcess gateway,
      String user,
      String password,
      String topic,
      String payload,
      String... more)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("mosquitto_pub", "-q", "1"));
    command.addAll(List.of("-p", String.valueOf(gateway.port("mqtt"))));
    command.addAll(List.of("-u", user, "-P", password, "-t", topic, "-m", payload));
    command.addAll(List.of(more));
    return run(command.toArray(String[]::new));
  }

  public Tool succeeded() {
    assertThat(exitCode).as(output).isZero();
    return this;
  }
}
