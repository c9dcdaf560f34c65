package io.sluice.fleet.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.broker.KafkaLogin;
import io.sluice.api.config.Secret;
import io.sluice.api.fleet.FleetBusSettings;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.fleet.init.FleetTopicMaker;
import io.sluice.fleet.init.RegistrySchema;
import io.sluice.store.postgres.PostgresLink;
import io.sluice.testkit.KafkaBroker;
import io.sluice.testkit.PostgreSql;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The topics are made once, and the registry of a real PostgreSQL is on a real Kafka. */
class DeviceWriterIT {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final String TOPIC = "sluice.fleet.devices";

  @TempDir private static Path directory;
  private static KafkaBroker broker;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = new KafkaBroker(directory.resolve("kafka"));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  private static FleetBusSettings bus(String prefix) {
    return new FleetBusSettings(
        broker.address(),
        prefix,
        null,
        null,
        null,
        KafkaLogin.Mechanism.SCRAM_SHA_512,
        null,
        Map.of());
  }

  private static Map<String, Object> clients() {
    return Map.of("bootstrap.servers", broker.address());
  }

  @Test
  void topicsAreMadeOnceAndWhatDiffersIsSaidAndKept() throws Exception {
    FleetBusSettings bus = bus("city");
    FleetTopicMaker.Done first = FleetTopicMaker.make(clients(), bus, 3, null);
    assertThat(first.made())
        .containsExactlyInAnyOrder(
            "city.telemetry",
            "city.event",
            "city.alarm",
            "city.state",
            "city.fleet.presence",
            "city.fleet.devices",
            "city.fleet.gateways",
            "city.fleet.acknowledgements");
    assertThat(first.differences()).isEmpty();
    FleetTopicMaker.Done second = FleetTopicMaker.make(clients(), bus, null, null);
    assertThat(second.made()).isEmpty();
    assertThat(second.differences()).isEmpty();
    assertThat(second.there()).hasSize(8);
    try (Admin admin = Admin.create(clients())) {
      set(admin, "city.telemetry", "retention.ms", "3600000");
      FleetTopicMaker.Done third = FleetTopicMaker.make(clients(), bus, null, null);
      assertThat(third.differences())
          .containsExactly("city.telemetry: retention.ms is 3600000, planned 604800000");
      assertThat(third.isUsable()).isTrue();
      assertThat(FleetTopicMaker.make(clients(), bus, null, null).differences()).hasSize(1);
    }
    FleetTopicMaker.Done other = FleetTopicMaker.make(clients(), bus, 4, null);
    assertThat(other.isUsable()).isFalse();
    assertThat(other.differences())
        .contains(
            "city.fleet.presence: 3 partitions, planned 4; all topics by device need the same"
                + " number, so it has to be made anew");
  }

  /** Until the broker that is asked shows it: it hears of it a little later than the controller. */
  private static void set(Admin admin, String topic, String key, String value)
      throws InterruptedException, ExecutionException {
    ConfigResource of = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    admin
        .incrementalAlterConfigs(
            Map.of(
                of,
                List.of(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET))))
        .all()
        .get();
    await()
        .atMost(LONG)
        .until(() ->
            value.equals(admin.describeConfigs(List.of(of)).all().get().get(of).get(key).value()));
  }

  @Test
  void registryIsOnItsTopicFromWhereItWasAndWhollyWhereThatIsForgotten() throws Exception {
    FleetTopicMaker.make(clients(), bus("sluice"), 1, null);
    PostgreSql server = PostgreSql.shared();
    String database = server.newDatabase();
    FleetStoreSettings store =
        new FleetStoreSettings(
            server.uri(database), PostgreSql.USER, new Secret(PostgreSql.PASSWORD), null, null);
    assertThat(RegistrySchema.migrate(store).scripts()).isPositive();
    assertThat(RegistrySchema.migrate(store).scripts()).isZero();
    put(server, database, 1, "meter-1", "plant-a");
    put(server, database, 2, "meter-2", "plant-a");
    try (PostgresLink link = PostgresLink.open(store, "test", Clock.systemUTC())) {
      try (DeviceWriter writer = writer(link, store);
          DeviceWriter standby = writer(link, store)) {
        writer.start();
        await().atMost(LONG).until(() -> writer.standing().revision() == 2);
        standby.start();
        JsonNode one = newest().get("meter-1");
        assertThat(one.path("v").asInt()).isEqualTo(1);
        assertThat(one.path("rev").asLong()).isEqualTo(1);
        assertThat(one.path("at").asLong()).isEqualTo(1_767_225_600_000_001L);
        assertThat(one.path("site").asString()).isEqualTo("plant-a");
        assertThat(one.path("interval").asLong()).isEqualTo(5_000_000);
        assertThat(one.path("metrics").valueStream().map(JsonNode::asString)).contains("voltage");
        assertThat(one.path("commissioned").asBoolean()).isTrue();
        put(server, database, 3, "meter-2", "plant-b");
        remove(server, database, 4, "meter-1");
        await().atMost(LONG).until(() -> writer.standing().revision() == 4);
        assertThat(newest()).containsEntry("meter-1", null);
        assertThat(newest().get("meter-2").path("site").asString()).isEqualTo("plant-b");
        assertThat(header("meter-1", "rev")).isEqualTo("4");
        assertThat(standby.standing().isWriter()).isFalse();
      }
      int before = broker.read(TOPIC).size();
      put(server, database, 5, "meter-3", "plant-a");
      try (DeviceWriter writer = writer(link, store)) {
        writer.start();
        await().atMost(LONG).until(() -> writer.standing().revision() == 5);
        assertThat(broker.read(TOPIC).size()).as("what is new, and no more").isEqualTo(before + 2);
      }
      // gone while nobody looked, and the removal forgotten
      remove(server, database, 6, "meter-3");
      server.sql(
          database, "DELETE FROM sluice.removal", "UPDATE sluice.registry SET oldest = revision");
      try (DeviceWriter writer = writer(link, store)) {
        writer.start();
        await().atMost(LONG).until(() -> writer.standing().revision() == 6);
        assertThat(newest()).containsEntry("meter-3", null).containsEntry("meter-1", null);
        assertThat(newest().get("meter-2").path("rev").asLong()).isEqualTo(3);
      }
    }
  }

  private static DeviceWriter writer(PostgresLink link, FleetStoreSettings store) {
    Profiles profiles = Profiles.load(List.of(Path.of("../../config/profiles"))).profiles();
    return new DeviceWriter(
        link, store, DeviceWriterIT::clients, TOPIC, profiles, Clock.systemUTC());
  }

  private static void put(PostgreSql server, String database, long revision, String id, String site)
      throws Exception {
    server.sql(
        database,
        "UPDATE sluice.registry SET revision = " + revision,
        "INSERT INTO sluice.device (id, revision, changed_us, profile, sector, site, interval_ms,"
            + " planned, commissioned, retired) VALUES ('%s', %d, %d, 'energy-meter', 'factory',"
                .formatted(id, revision, 1_767_225_600_000_000L + revision)
            + " '%s', 5000, true, true, false) ON CONFLICT (id) DO UPDATE SET revision ="
                .formatted(site)
            + " excluded.revision, site = excluded.site",
        "SELECT pg_notify('sluice_registry', '" + revision + "')");
  }

  private static void remove(PostgreSql server, String database, long revision, String id)
      throws Exception {
    server.sql(
        database,
        "UPDATE sluice.registry SET revision = " + revision,
        "DELETE FROM sluice.device WHERE id = '" + id + "'",
        "INSERT INTO sluice.removal (revision, changed_us, kind, key, site) VALUES (%d, 7, 'device',"
                .formatted(revision)
            + " '%s', '')".formatted(id),
        "SELECT pg_notify('sluice_registry', '" + revision + "')");
  }

  private static Map<String, JsonNode> newest() {
    Map<String, JsonNode> newest = new HashMap<>();
    for (ConsumerRecord<String, String> each : broker.read(TOPIC)) {
      String value = each.value();
      newest.put(each.key(), value == null ? null : new JsonMapper().readTree(value));
    }
    return newest;
  }

  private static String header(String key, String name) {
    String last = null;
    for (ConsumerRecord<String, String> each : broker.read(TOPIC)) {
      if (each.key().equals(key)) {
        last = new String(each.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
      }
    }
    return last;
  }
}
