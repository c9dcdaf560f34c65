package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** libcoap's client against the adapter: an implementation that is not ours nor Californium's. */
class LibcoapTest {
  private static final String CLIENT = "coap-client-notls";

  @TempDir Path folder;
  private final ScriptedGateway gateway = new ScriptedGateway();
  private final CoapAdapter adapter = new CoapAdapter(CoapSettings.onLoopback());

  @BeforeEach
  void start() throws Exception {
    Assumptions.assumeTrue(
        new ProcessBuilder("sh", "-c", "command -v " + CLIENT).start().waitFor() == 0,
        CLIENT + " is not installed");
    adapter.start(gateway);
  }

  @AfterEach
  void stop() {
    adapter.close();
    gateway.close();
  }

  private Process launch(String path, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(CLIENT));
    command.addAll(List.of(arguments));
    command.add("coap://127.0.0.1:" + adapter.address().getPort() + "/" + path);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("output").toFile())
        .start();
  }

  private String run(String path, String... arguments) throws Exception {
    Process process = launch(path, arguments);
    assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
    return Files.readString(folder.resolve("output"), UTF_8);
  }

  @Test
  void jsonIsPosted() throws Exception {
    String out = run("telemetry?d=a&k=secret", "-m", "post", "-t", "50", "-e", "{\"v\":1}");
    assertThat(out).doesNotContain("4.").doesNotContain("5.");
    assertThat(gateway.accepted.getFirst().contentType()).isEqualTo(ContentType.JSON);
    assertThat(gateway.accepted.getFirst().payload()).isEqualTo("{\"v\":1}".getBytes(UTF_8));
  }

  @Test
  void senmlCborIsPostedNonConfirmable() throws Exception {
    byte[] senml = HexFormat.of().parseHex("81a200617602fb4034000000000000");
    Path file = Files.write(folder.resolve("pack"), senml);
    run("telemetry?d=a&k=secret", "-N", "-m", "post", "-t", "112", "-f", file.toString());
    await().until(() -> gateway.accepted.size() == 1);
    assertThat(gateway.accepted.getFirst().contentType()).isEqualTo(ContentType.SENML_CBOR);
    assertThat(gateway.accepted.getFirst().payload()).isEqualTo(senml);
  }

  @Test
  void hundredKilobytesArePostedBlockWise() throws Exception {
    byte[] payload = new byte[100_000];
    new Random(5).nextBytes(payload);
    Path file = Files.write(folder.resolve("large"), payload);
    run("event?d=a&k=secret", "-b", "1024", "-m", "put", "-t", "42", "-f", file.toString());
    assertThat(gateway.accepted).hasSize(1);
    assertThat(gateway.accepted.getFirst().payload()).isEqualTo(payload);
  }

  @Test
  void refusalShowsItsDiagnosticPayload() throws Exception {
    assertThat(run("telemetry?d=a&k=wrong", "-m", "post", "-e", "1"))
        .contains("4.01")
        .contains("wrong token");
  }

  @Test
  void observerReceivesCommandsAndAcknowledgesThem() throws Exception {
    Process observer = launch("command?d=a&k=secret", "-s", "120", "-w");
    try {
      DeviceId device = new DeviceId("a");
      await().until(() -> gateway.links.containsKey(device));
      for (String text : List.of("open-the-valve", "close-the-valve")) {
        byte[] payload = text.getBytes(UTF_8);
        gateway.submit(
            new Command(text, device, "valve", ContentType.TEXT, payload, 1, Long.MAX_VALUE));
      }
      await().until(() -> gateway.acknowledged.size() == 2);
    } finally {
      observer.destroy();
      observer.waitFor();
    }
    assertThat(Files.readString(folder.resolve("output"), UTF_8)).contains("open-the-valve");
  }
}
