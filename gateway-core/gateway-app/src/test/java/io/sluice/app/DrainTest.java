package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.GatewayTime;
import io.sluice.api.operator.DrainService.Standing;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.testkit.Mosquitto;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole gateway that is drained: every way in, the balancer's view, the operator's command. */
@Timeout(300)
class DrainTest {
  @TempDir private Path directory;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Setup setup;
  private Mosquitto broker;
  private Wiring gateway;

  @BeforeEach
  void start() throws Exception {
    setup = new Setup(directory);
    broker = new Mosquitto(Files.createDirectory(directory.resolve("broker")));
    Path config = setup.config();
    Files.writeString(
        config,
        Files.readString(config)
            .replace(
                "listeners:\n",
                """
                sources: [ { name: hall, type: mqtt, uri: "tcp://127.0.0.1:%d", topics: [ "telemetry/#" ] } ]
                drain: { server-reference: gw-2.example }
                listeners:
                  http: { host: 127.0.0.1, port: 0 }
                """
                    .formatted(broker.port)));
    StringWriter said = new StringWriter();
    GatewayFiles files = GatewayFiles.load(config, new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    gateway = Wiring.start(files, GatewayTime.system());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    gateway.close();
    broker.close();
  }

  private String drain(int exitCode, String... options) {
    StringWriter out = new StringWriter();
    PrintWriter printer = new PrintWriter(out);
    String[] command = new String[options.length + 3];
    command[0] = "drain";
    System.arraycopy(options, 0, command, 1, options.length);
    command[options.length + 1] = "--admin";
    command[options.length + 2] = "http://" + gateway.address("admin");
    int exit = Main.commandLine().setOut(printer).setErr(printer).execute(command);
    assertThat(exit).as(out.toString()).isEqualTo(exitCode);
    return out.toString();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://" + gateway.address("admin") + path)).build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> post() throws Exception {
    String basic =
        Base64.getEncoder().encodeToString("meter-1:secret-1".getBytes(StandardCharsets.UTF_8));
    // by a connection of its own: one that is kept is closed by the drain, in the middle of a
    // request where it comes to that
    try (HttpClient device = HttpClient.newHttpClient()) {
      return device.send(
          HttpRequest.newBuilder(URI.create("http://" + gateway.address("http") + "/telemetry"))
              .version(HttpClient.Version.HTTP_1_1)
              .header("Authorization", "Basic " + basic)
              .POST(BodyPublishers.ofString("{\"voltage\":230}"))
              .build(),
          BodyHandlers.ofString());
    }
  }

  private Tool coap() throws Exception {
    return Tool.run(
        "coap-client-notls",
        "-v",
        "7",
        "-B",
        "60",
        "-m",
        "post",
        "-t",
        "json",
        "-e",
        "{\"volume\":1}",
        "coap://%s/telemetry?d=water-1&k=%s".formatted(gateway.address("coap"), Setup.TOKEN));
  }

  private RawMqttDevice device() throws Exception {
    String[] address = gateway.address("mqtt").split(":", 2);
    return new RawMqttDevice(
        new InetSocketAddress(address[0], Integer.parseInt(address[1])), "meter-1", "secret-1");
  }

  private String sourceState() {
    return gateway.operations().status().endpoints().stream()
        .filter(each -> each.adapter().equals("hall"))
        .map(each -> each.state() + " " + each.reason())
        .findFirst()
        .orElse("gone");
  }

  @Test
  void noWayInTakesAnythingAndTheBalancerKnowsAtOnce() throws Exception {
    assertThat(post().statusCode()).isEqualTo(200);
    await().until(() -> sourceState().startsWith("connected"));
    try (RawMqttDevice device = device()) {
      assertThat(drain(0, "--for", "0s")).contains("0 sessions", "the gateway may be stopped");
      assertThat(device.hasEnded()).isTrue();
    }
    HttpResponse<String> ready = get("/health/ready");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).contains("\"reason\":\"draining\"");
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/metrics").body()).contains("sluice_draining 1.0", "sluice_drain_sessions 0.0");

    HttpResponse<String> refused = post();
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("retry-after")).contains("5");
    assertThat(refused.headers().firstValue("connection")).contains("close");
    assertThat(coap().output()).contains("5.03", "Max-Age:5");
    await().until(() -> sourceState().equals("waiting draining"));
  }

  @Test
  void drainIsCalledOffAndEveryWayInTakesAgainWhatTheSourceMissedToo() throws Exception {
    await().until(() -> sourceState().startsWith("connected"));
    drain(0, "--for", "0s");
    try (MqttClient publisher =
        new MqttClient("tcp://127.0.0.1:" + broker.port, "plc", new MemoryPersistence())) {
      publisher.connect();
      MqttMessage message = new MqttMessage("{\"voltage\":231}".getBytes(StandardCharsets.UTF_8));
      message.setQos(1);
      publisher.publish("telemetry/meter-1", message);
      assertThat(drain(0, "--stop")).contains("called off");
      assertThat(get("/health/ready").statusCode()).isEqualTo(200);
      await().until(() -> sourceState().startsWith("connected"));
      publisher.disconnect();
    }
    await().until(() -> setup.archive().values("voltage").contains(231L));
    assertThat(post().statusCode()).isEqualTo(200);
    assertThat(coap().output()).contains("2.04");
    device().close();
    assertThat(gateway.operations().draining().standing()).isNull();
  }

  @Test
  void sessionsEndOverTheTimeAndTheCommandTellsHowManyAreLeft() throws Exception {
    try (RawMqttDevice device = device()) {
      assertThat(drain(0, "--for", "1h", "--no-wait", "--moved", "--server-reference", "gw-3:1883"))
          .contains("1 sessions");
      Standing standing = gateway.operations().draining().standing();
      assertThat(standing.sessions()).isEqualTo(1);
      assertThat(standing.moved()).isTrue();
      assertThat(standing.serverReference()).isEqualTo("gw-3:1883");
      assertThat(standing.untilMicros() - standing.sinceMicros())
          .isEqualTo(Duration.ofHours(1).toMillis() * 1_000);
      device.publish("telemetry", "{\"voltage\":229}"); // an open session is served to its end
      assertThat(drain(0, "--for", "0s")).contains("the gateway may be stopped");
      assertThat(gateway.operations().draining().standing().serverReference())
          .isEqualTo("gw-2.example");
      assertThat(device.hasEnded()).isTrue();
    }
    assertThat(drain(2, "--stop", "--for", "1s")).contains("--stop stands alone");
    assertThat(drain(2, "--for", "2h")).contains("for must be 1h at most");
  }
}
