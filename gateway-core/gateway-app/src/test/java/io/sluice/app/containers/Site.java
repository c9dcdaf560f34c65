package io.sluice.app.containers;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import io.sluice.testkit.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A gateway, Mosquitto and Kafka as containers. The devices' and the tests' side of each is on a
 * network with published ports; the gateway reaches the two over another one, the uplink, that can
 * be cut.
 */
final class Site implements AutoCloseable {
  /** Heap and all; swap too. */
  static final long GATEWAY_MEMORY_BYTES = 256L << 20;

  static final String PASSWORD = "secret-1";

  private static final String TOKEN = "t0ken-of-tests-0123456789";
  private static final Duration START = Duration.ofMinutes(2);
  private static final JsonMapper JSON = JsonMapper.shared();

  private static final String DEVICES =
      "- { id: gas-1, profile: gas-detector, sector: emergency, site: depot,"
          + " credentials: { password: secret-1 } }\n";

  private static final String CONFIG =
      """
      gateway: { id: edge-01, data: /var/lib/sluice }
      listeners:
        mqtt: { host: 0.0.0.0, port: 1883 }
      admin: { host: 0.0.0.0, port: 8080, token: %s, allow-plaintext-beyond-loopback: true }
      access: { auto-register: true, auto-register-profile: energy-meter }
      profiles: [ /opt/sluice/config/profiles ]
      devices: [ devices.yaml ]
      upstreams:
        - { name: cloud, type: mqtt, uri: "tcp://mosquitto:1883", topic: "sluice/{class}/{device}",
            keep-alive: 2s }
        - { name: bus, type: kafka, bootstrap-servers: "kafka:9092", topic: sluice,
            properties: { request.timeout.ms: "3000", delivery.timeout.ms: "5000" } }
      """
          .formatted(TOKEN);

  private static final String MOSQUITTO_CONFIG =
      """
      listener 1883 0.0.0.0
      allow_anonymous true
      persistence true
      persistence_location /mosquitto/data/
      max_queued_messages 0
      max_inflight_messages 0
      log_dest stderr
      """;

  private final DockerClient docker = DockerClientFactory.instance().client();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Network outside = Network.newNetwork();
  private final Network uplink =
      Network.builder().createNetworkCmdModifier(command -> command.withInternal(true)).build();
  final int mqttPort = FreePort.next();
  private final int adminPort = FreePort.next();
  final int mosquittoPort = FreePort.next();
  final int kafkaPort = FreePort.next();
  final GenericContainer<?> mosquitto;
  final GenericContainer<?> kafka;
  final GenericContainer<?> gateway;

  /**
   * Starts all three.
   *
   * @param directory for their configurations
   */
  Site(Path directory) throws IOException {
    mosquitto = mosquitto(directory);
    kafka = kafka();
    gateway = gateway(directory);
    try {
      mosquitto.start();
      attach(mosquitto, "mosquitto");
      kafka.start();
      attach(kafka, "kafka");
      gateway.start();
      attach(gateway, "gateway");
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private GenericContainer<?> mosquitto(Path directory) throws IOException {
    Path config = readable(directory, "mosquitto", "mosquitto.conf", MOSQUITTO_CONFIG);
    return container(ContainerImages.MOSQUITTO, mosquittoPort + ":1883")
        .withCreateContainerCmdModifier(command ->
            hostConfig(command.getHostConfig())
                .withBinds(Bind.parse(config + ":/mosquitto/config:ro")))
        .waitingFor(Wait.forLogMessage(".*mosquitto version .* running.*", 1))
        .withStartupTimeout(START);
  }

  private GenericContainer<?> kafka() {
    return container(ContainerImages.KAFKA, kafkaPort + ":9093")
        .withEnv("KAFKA_NODE_ID", "1")
        .withEnv("KAFKA_PROCESS_ROLES", "broker,controller")
        .withEnv(
            "KAFKA_LISTENERS",
            "INTERNAL://0.0.0.0:9092,OUTSIDE://0.0.0.0:9093,CONTROLLER://127.0.0.1:9094")
        .withEnv(
            "KAFKA_ADVERTISED_LISTENERS", "INTERNAL://kafka:9092,OUTSIDE://127.0.0.1:" + kafkaPort)
        .withEnv(
            "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
            "INTERNAL:PLAINTEXT,OUTSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT")
        .withEnv("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER")
        .withEnv("KAFKA_INTER_BROKER_LISTENER_NAME", "INTERNAL")
        .withEnv("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@127.0.0.1:9094")
        .withEnv("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1")
        .withEnv("KAFKA_LOG_DIRS", "/var/lib/kafka/data")
        .withEnv("KAFKA_HEAP_OPTS", "-Xmx256m")
        .waitingFor(Wait.forLogMessage(".*Kafka Server started.*", 1))
        .withStartupTimeout(START);
  }

  private GenericContainer<?> gateway(Path directory) throws IOException {
    Path config = readable(directory, "sluice", "sluice.yaml", CONFIG);
    readable(directory, "sluice", "devices.yaml", DEVICES);
    return container(ContainerImages.GATEWAY, mqttPort + ":1883", adminPort + ":8080")
        .withCreateContainerCmdModifier(command ->
            hostConfig(command.getHostConfig())
                .withBinds(Bind.parse(config + ":/etc/sluice:ro"))
                .withReadonlyRootfs(true)
                .withMemory(GATEWAY_MEMORY_BYTES)
                .withMemorySwap(GATEWAY_MEMORY_BYTES))
        .waitingFor(Wait.forLogMessage("ready .*", 1))
        .withStartupTimeout(START);
  }

  /** Host ports stay the same when a container is killed and started again. */
  private GenericContainer<?> container(String image, String... ports) {
    List<PortBinding> bindings =
        Arrays.stream(ports).map(port -> PortBinding.parse("127.0.0.1:" + port)).toList();
    return new GenericContainer<>(DockerImageName.parse(image))
        .withImagePullPolicy(name -> false)
        .withNetwork(outside)
        .withCreateContainerCmdModifier(command -> {
          command.withExposedPorts(bindings.stream().map(PortBinding::getExposedPort).toList());
          hostConfig(command.getHostConfig()).withPortBindings(bindings);
        });
  }

  private static HostConfig hostConfig(@Nullable HostConfig config) {
    assertThat(config).isNotNull();
    return config;
  }

  /** A folder to mount; the containers' users are not ours. */
  private static Path readable(Path directory, String folder, String file, String text)
      throws IOException {
    Path made = Files.createDirectories(directory.resolve(folder));
    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path written = Files.writeString(made.resolve(file), text);
    Files.setPosixFilePermissions(written, PosixFilePermissions.fromString("rw-r--r--"));
    return made.toAbsolutePath();
  }

  private void attach(GenericContainer<?> container, String name) {
    docker
        .connectToNetworkCmd()
        .withNetworkId(uplink.getId())
        .withContainerId(container.getContainerId())
        .withContainerNetwork(new ContainerNetwork().withAliases(name))
        .exec();
  }

  void cutUplink() {
    docker
        .disconnectFromNetworkCmd()
        .withNetworkId(uplink.getId())
        .withContainerId(gateway.getContainerId())
        .exec();
  }

  void restoreUplink() {
    attach(gateway, "gateway");
  }

  void pause(GenericContainer<?> container) {
    docker.pauseContainerCmd(container.getContainerId()).exec();
  }

  void resume(GenericContainer<?> container) {
    docker.unpauseContainerCmd(container.getContainerId()).exec();
  }

  void signal(GenericContainer<?> container, String signal) {
    docker.killContainerCmd(container.getContainerId()).withSignal(signal).exec();
  }

  /** kill -9, and waits for the end. */
  void kill(GenericContainer<?> container) {
    signal(container, "KILL");
    awaitEnd(container);
  }

  /** SIGTERM, then the exit code. */
  int terminate(GenericContainer<?> container) {
    signal(container, "TERM");
    return awaitEnd(container);
  }

  private int awaitEnd(GenericContainer<?> container) {
    return docker
        .waitContainerCmd(container.getContainerId())
        .start()
        .awaitStatusCode(90, TimeUnit.SECONDS);
  }

  void startAgain(GenericContainer<?> container) {
    docker.startContainerCmd(container.getContainerId()).exec();
  }

  ContainerState state(GenericContainer<?> container) {
    return docker.inspectContainerCmd(container.getContainerId()).exec().getState();
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + path))
            .timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + TOKEN)
            .build();
    return JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  @Override
  public void close() {
    gateway.stop();
    kafka.stop();
    mosquitto.stop();
    uplink.close();
    outside.close();
    http.close();
  }
}
