package io.sluice.testkit;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** A real broker and controller in this process. */
public final class KafkaBroker implements AutoCloseable {
  /** Where it is now. */
  public int port;

  private final Properties properties = new Properties();
  private final int controllerPort;
  private KafkaRaftServer server;

  public KafkaBroker(Path directory) throws Exception {
    this(directory, "127.0.0.1", Map.of());
  }

  /**
   * @param advertisedHost the name by which clients are sent to it
   * @param further properties
   */
  public KafkaBroker(Path directory, String advertisedHost, Map<String, String> further)
      throws Exception {
    this(directory, FreePort.next(), FreePort.next(), advertisedHost, further);
  }

  /**
   * On ports of one's choice, and on what an earlier one has left in the folder.
   *
   * @param advertisedHost the name by which clients are sent to it
   * @param further properties
   */
  KafkaBroker(
      Path directory,
      int port,
      int controllerPort,
      String advertisedHost,
      Map<String, String> further)
      throws Exception {
    this.port = port;
    String log = directory.resolve("log").toString();
    properties.setProperty("process.roles", "broker,controller");
    properties.setProperty("node.id", "1");
    properties.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    this.controllerPort = controllerPort;
    listenAt(advertisedHost);
    properties.setProperty("controller.listener.names", "CONTROLLER");
    properties.setProperty(
        "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    properties.setProperty("log.dirs", log);
    properties.setProperty("transaction.state.log.replication.factor", "1");
    properties.setProperty("transaction.state.log.min.isr", "1");
    // alone: while it hands its partitions on, to nobody, it leaves out the marks that end a
    // transaction ("likely deleted already"), and who reads what is committed waits for ever
    properties.setProperty("controlled.shutdown.enable", "false");
    properties.putAll(further);
    properties.setProperty("offsets.topic.replication.factor", "1");
    if (!Files.exists(Path.of(log, "meta.properties"))) {
      format(log);
    }
    server = start();
  }

  private void listenAt(String advertisedHost) {
    properties.setProperty(
        "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    properties.setProperty("advertised.listeners", "PLAINTEXT://" + advertisedHost + ":" + port);
  }

  private static void format(String log) throws Exception {
    new Formatter()
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setNodeId(1)
        .setClusterId(Uuid.randomUuid().toString())
        .setReleaseVersion(MetadataVersion.latestProduction())
        .setControllerListenerName("CONTROLLER")
        .setMetadataLogDirectory(log)
        .addDirectory(log)
        .run();
  }

  private KafkaRaftServer start() {
    KafkaRaftServer started = new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM);
    started.startup();
    return started;
  }

  public void stop() {
    server.shutdown();
    server.awaitShutdown();
  }

  public void startAgain() {
    server = start();
  }

  /**
   * Starts it once more on what it has, as {@code 127.0.0.1} at another port.
   *
   * @param changed properties
   */
  public void startAgain(int port, Map<String, String> changed) {
    this.port = port;
    listenAt("127.0.0.1");
    properties.putAll(changed);
    server = start();
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  /**
   * Topics of one partition. Who sends to one that the broker is to make itself may wait for it.
   */
  public void makeTopics(String... names) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", address()))) {
      admin
          .createTopics(Arrays.stream(names).map(name -> new NewTopic(name, 1, (short) 1)).toList())
          .all()
          .get();
    }
  }

  /** All that is in these topics now, each of which has one partition. */
  public List<ConsumerRecord<String, String>> read(String... topics) {
    List<TopicPartition> partitions =
        Arrays.stream(topics).map(topic -> new TopicPartition(topic, 0)).toList();
    List<ConsumerRecord<String, String>> records = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", address()),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }

  @Override
  public void close() {
    stop();
  }
}
