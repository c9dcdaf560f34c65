package io.sluice.fleet.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.config.Secret;
import io.sluice.api.fleet.FleetBusSettings;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.fleet.FleetParts;
import io.sluice.fleet.config.FleetFile;
import io.sluice.fleet.init.FleetTopicMaker;
import io.sluice.fleet.init.RegistrySchema;
import io.sluice.store.postgres.PostgresRoles;
import io.sluice.testkit.FreePort;
import io.sluice.testkit.KafkaBroker;
import io.sluice.testkit.PostgreSql;
import io.sluice.testkit.TcpRelay;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * An instance whose Kafka and PostgreSQL are away as it starts, then there, then at other
 * addresses, then take other passwords: each time it says what is wrong, and gets whole by itself.
 */
@Tag("slow")
class FleetAddressesIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final long MINUTE = 60_000_000L;

  @TempDir Path directory;
  private final PostgreSql server = PostgreSql.shared();
  private final long start =
      Math.floorDiv(System.currentTimeMillis() * 1_000, MINUTE) * MINUTE - 30 * MINUTE;
  private String database;
  private String role;
  private Path kafkaPassword;
  private Path storePassword;
  private int first;
  private int second;
  private TcpRelay firstStore;
  private TcpRelay secondStore;
  private KafkaBroker broker;
  private Fleet fleet;
  private Asked asked;
  private int registered;
  private int sent;

  @BeforeEach
  void start() throws Exception {
    database = server.newDatabase();
    role = database + "_view";
    FleetStoreSettings store =
        new FleetStoreSettings(
            server.uri(database), PostgreSql.USER, new Secret(PostgreSql.PASSWORD), null, null);
    assertThat(RegistrySchema.migrate(store).scripts()).isPositive();
    server.sql(
        database,
        PostgresRoles.sql(),
        "CREATE ROLE " + role + " LOGIN PASSWORD 'one' IN ROLE sluice_fleet",
        "INSERT INTO sluice.gateway_role VALUES ('" + role + "', '*')");
    kafkaPassword = Files.writeString(directory.resolve("kafka-password"), "one");
    storePassword = Files.writeString(directory.resolve("store-password"), "one");
    firstStore = new TcpRelay(server.port);
    secondStore = new TcpRelay(server.port);
    firstStore.cut();
    secondStore.cut();
    second = FreePort.next();
    Map<String, String> further = new HashMap<>(password("one"));
    further.put("listener.security.protocol.map", "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT");
    further.put("sasl.enabled.mechanisms", "PLAIN");
    further.put("inter.broker.listener.name", "PLAINTEXT");
    further.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    broker = FleetParts.broker(directory.resolve("kafka"), further);
    first = broker.port;
  }

  @AfterEach
  void stop() throws Exception {
    if (fleet != null) {
      fleet.close();
    }
    broker.close();
    firstStore.close();
    secondStore.close();
  }

  /** Of the fleet's user, as the broker has it. */
  private static Map<String, String> password(String password) {
    return Map.of(
        "listener.name.plaintext.plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"admin\""
            + " password=\"of admin\" user_admin=\"of admin\" user_fleet=\""
            + password
            + "\";");
  }

  private FleetFile file() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("fleet.yaml"),
            """
            fleet:
              bus:
                bootstrap-servers: "127.0.0.1:%d,127.0.0.1:%d"
                username: fleet
                password-file: %s
                sasl: plain
              store:
                uri: "postgresql://127.0.0.1:%d,127.0.0.1:%d/%s"
                user: %s
                password-file: %s
              state: ./state
              commit: 100ms
              take-over: 6s
            admin: { port: 0 }
            profiles: [ "%s" ]
            """
                .formatted(
                    first,
                    second,
                    kafkaPassword,
                    firstStore.port,
                    secondStore.port,
                    database,
                    role,
                    storePassword,
                    Path.of("../../config/profiles").toAbsolutePath().normalize()));
    return FleetParts.file(file);
  }

  /** A device more in the registry. */
  private void register() throws Exception {
    registered++;
    server.sql(
        database,
        "UPDATE sluice.registry SET revision = " + registered,
        "INSERT INTO sluice.device (id, revision, changed_us, profile, sector, site, interval_ms,"
            + " planned, commissioned, retired) VALUES ('d%d', %d, %d, 'energy-meter', 'factory',"
                .formatted(registered, registered, start)
            + " 'a', 60000, true, true, false)",
        "SELECT pg_notify('sluice_registry', '" + registered + "')");
  }

  /** A record more of the first device. */
  private void send() throws Exception {
    FleetBusSettings bus = Objects.requireNonNull(file().bus());
    Map<String, Object> clients = BusClients.common(bus);
    long time = start + ++sent * MINUTE;
    String record =
        """
        {"id":"gw-e1-t%d","gateway":"gw","device":"d1","sector":"factory","site":"a",
        "model":"energy-meter","class":"telemetry","t":%d,"tsrc":"device","rx":%d,"seq":%d,
        "hist":false,"m":[{"n":"voltage","v":1,"u":null,"q":"good"}],"proto":"mqtt","src":"t"}\
        """
            .formatted(sent, time, time + 1_000, sent);
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(clients, new StringSerializer(), new StringSerializer())) {
      assertThat(producer.send(new ProducerRecord<>("sluice.telemetry", "d1", record)).get())
          .isNotNull();
    }
  }

  /** All that is registered, and all that was sent, is in a figure that is said to be whole. */
  private void awaitWhole(String after) throws Exception {
    long began = System.nanoTime();
    await()
        .atMost(PATIENCE)
        .until(() -> {
          JsonNode coverage = asked.get("/api/v1/coverage?window=1h");
          JsonNode devices = asked.get("/api/v1/devices");
          return !coverage.at("/fleet/provisional").asBoolean(true)
              && coverage.at("/groups/0/received").asInt() == sent
              && devices.at("/devices").size() == registered
              && asked.isReady();
        });
    System.out.printf("%s: whole after %.1f s%n", after, (System.nanoTime() - began) / 1e9);
  }

  @Test
  void getsWholeByItselfWhereverKafkaAndPostgresHaveBeen() throws Exception {
    FleetFile file = file();
    FleetBusSettings bus = Objects.requireNonNull(file.bus());
    assertThat(FleetTopicMaker.make(BusClients.common(bus), bus, 2, null).isUsable()).isTrue();
    send();
    broker.stop();

    // neither is there
    fleet = Fleet.start(file, bus, "test", event -> {});
    asked = new Asked(fleet.address().getPort());
    register();
    await()
        .atMost(PATIENCE)
        .until(() -> asked.text("/health/ready").contains("Kafka does not answer"));
    assertThat(asked.get("/api/v1/coverage?window=1h").at("/fleet/provisional").asBoolean())
        .isTrue();
    broker.startAgain();
    await().atMost(PATIENCE).until(() -> asked.isReady());
    firstStore.join();
    awaitWhole("both away at the start");

    // other addresses, of those that it was given
    broker.stop();
    broker.startAgain(second, Map.of());
    firstStore.cut();
    secondStore.join();
    register();
    send();
    awaitWhole("at other addresses");

    // other passwords
    broker.stop();
    broker.startAgain(second, password("two"));
    server.sql(
        database,
        "ALTER ROLE " + role + " PASSWORD 'two'",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + role + "'");
    register();
    await().atMost(PATIENCE).until(() -> asked.text("/health/ready").contains("uthentication"));
    Files.writeString(storePassword, "two");
    Files.writeString(kafkaPassword, "two");
    send();
    awaitWhole("with other passwords");
  }
}
