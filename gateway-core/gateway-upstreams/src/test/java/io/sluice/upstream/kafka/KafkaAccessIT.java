package io.sluice.upstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.api.broker.BrokerTls;
import io.sluice.api.broker.KafkaLogin;
import io.sluice.api.config.Secret;
import io.sluice.api.fleet.FleetBusSettings;
import io.sluice.testkit.KafkaBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A gateway proves who it is to a real cluster, and may there do no more than it needs. */
class KafkaAccessIT {
  private static final Duration LONG = Duration.ofSeconds(90);

  @TempDir Path directory;

  /** The name of the listener stays; what is spoken there is another. */
  private static Map<String, String> listener(String protocol, Map<String, String> further) {
    Map<String, String> all = new HashMap<>(further);
    all.put("listener.security.protocol.map", "PLAINTEXT:" + protocol + ",CONTROLLER:PLAINTEXT");
    return all;
  }

  @Test
  void certificateOfTheGatewayIsShownAndWithoutItTheReasonIsTold() throws Exception {
    BrokerTls server = selfSigned("kafka");
    BrokerTls gateway = selfSigned("edge-01");
    Path both = directory.resolve("both.pem");
    Files.writeString(
        both, Files.readString(server.certificate()) + Files.readString(gateway.certificate()));
    Map<String, String> tls =
        KafkaAccess.properties(
            new KafkaLogin(
                new BrokerTls(both, server.certificate(), server.key()), null, null, mechanism()));
    Map<String, String> of = new HashMap<>(tls);
    of.remove("security.protocol");
    of.put("ssl.client.auth", "required");
    try (KafkaBroker broker =
        new KafkaBroker(directory.resolve("kafka"), "127.0.0.1", listener("SSL", of))) {
      BrokerTls own = new BrokerTls(server.certificate(), gateway.certificate(), gateway.key());
      try (Admin admin = admin(broker, new KafkaLogin(own, null, null, mechanism()))) {
        admin.createTopics(List.of(new NewTopic("sluice.t", 1, (short) 1))).all().get();
      }
      try (FleetBus bus = bus(broker, own, null, null)) {
        publish(bus);
        await().atMost(LONG).until(() -> bus.standing().published() == 1);
      }
      BrokerTls without = new BrokerTls(server.certificate(), null, null);
      try (FleetBus bus = bus(broker, without, null, null)) {
        publish(bus);
        await()
            .atMost(LONG)
            .until(() -> String.valueOf(bus.standing().detail()).contains("certificate"));
        assertThat(bus.standing().connected()).isFalse();
      }
    }
  }

  @Test
  void gatewayWritesItsTopicsAndNoOthersAndReadsNothing() throws Exception {
    Path password = Files.writeString(directory.resolve("password"), "wrong one");
    Map<String, String> sasl =
        Map.of(
            "sasl.enabled.mechanisms",
            "PLAIN",
            "sasl.mechanism.inter.broker.protocol",
            "PLAIN",
            "listener.name.plaintext.plain.sasl.jaas.config",
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"admin\""
                + " password=\"of admin\" user_admin=\"of admin\" user_edge-01=\"of \\\"edge\";",
            "authorizer.class.name",
            "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users",
            "User:admin;User:ANONYMOUS");
    try (KafkaBroker broker =
        new KafkaBroker(
            directory.resolve("kafka"), "127.0.0.1", listener("SASL_PLAINTEXT", sasl))) {
      try (Admin admin = admin(broker, login("admin", new Secret("of admin")))) {
        admin
            .createTopics(
                List.of(
                    new NewTopic("sluice.t", 1, (short) 1),
                    new NewTopic("sluice.fleet.devices", 1, (short) 1)))
            .all()
            .get();
        admin
            .createAcls(
                List.of(
                    allow("sluice.t", AclOperation.WRITE),
                    allow("sluice.t", AclOperation.DESCRIBE)))
            .all()
            .get();
      }
      Secret secret = new Secret("wrong one", password);
      try (FleetBus bus = bus(broker, null, "edge-01", secret)) {
        publish(bus);
        await()
            .atMost(LONG)
            .until(() -> String.valueOf(bus.standing().detail()).contains("uthentication"));
        Files.writeString(password, "of \"edge");
        await().atMost(LONG).until(() -> bus.standing().published() == 1);
      }
      try (FleetBus bus =
          new FleetBus("edge-01", settings(broker, null, "edge-01", secret, mechanism()))) {
        bus.table("fleet.devices", key -> key.getBytes(UTF_8)).changed("meter-1");
        bus.start();
        await()
            .atMost(LONG)
            .until(() -> String.valueOf(bus.standing().detail()).contains("not for this user"));
        assertThat(bus.standing().published()).isZero();
      }
      try (Admin own = admin(broker, login("edge-01", secret))) {
        assertThatThrownBy(() ->
                own.describeTopics(List.of("sluice.fleet.devices"))
                    .allTopicNames()
                    .get(30, TimeUnit.SECONDS))
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(TopicAuthorizationException.class);
      }
    }
  }

  private static Map<String, String> edge(String password) {
    return Map.of(
        "listener.name.plaintext.plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"admin\""
            + " password=\"of admin\" user_admin=\"of admin\" user_edge-01=\""
            + password
            + "\";");
  }

  @Test
  void aClientThatLivesOnSignsInByThePasswordThatItsFileHasNow() throws Exception {
    Path password = Files.writeString(directory.resolve("password"), "one");
    Map<String, String> sasl = new HashMap<>(edge("one"));
    sasl.put("sasl.enabled.mechanisms", "PLAIN");
    sasl.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    try (KafkaBroker broker =
        new KafkaBroker(
            directory.resolve("kafka"), "127.0.0.1", listener("SASL_PLAINTEXT", sasl))) {
      Secret secret = new Secret("one", password);
      Map<String, Object> client = new HashMap<>(KafkaAccess.properties(login("edge-01", secret)));
      client.put("bootstrap.servers", broker.address());
      try (KafkaProducer<String, String> producer =
          new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
        producer.send(new ProducerRecord<>("sluice.t", "before")).get();
        broker.stop();
        broker.startAgain(broker.port, edge("two"));
        String refused =
            assertThatThrownBy(
                    () -> {
                      try (Admin other = admin(broker, login("edge-01", secret))) {
                        other.describeCluster().nodes().get();
                      }
                    })
                .actual()
                .getMessage();
        assertThat(refused).contains("Authentication failed");
        Files.writeString(password, "two");
        assertThat(sendAgainWhileRefused(producer).offset()).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = KafkaLogin.Mechanism.class,
      names = {"SCRAM_SHA_256", "SCRAM_SHA_512"})
  void saltedPasswordIsThatOfTheFileToo(KafkaLogin.Mechanism mechanism) throws Exception {
    Map<String, String> sasl = new HashMap<>(edge("not used"));
    sasl.put("sasl.enabled.mechanisms", "PLAIN," + mechanism.saslName());
    sasl.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    sasl.put(
        "listener.name.plaintext."
            + mechanism.saslName().toLowerCase(Locale.ROOT)
            + ".sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    Path file = Files.writeString(directory.resolve("password"), "other");
    KafkaLogin login = new KafkaLogin(null, "edge-02", new Secret("other", file), mechanism);
    try (KafkaBroker broker =
        new KafkaBroker(
            directory.resolve("kafka"), "127.0.0.1", listener("SASL_PLAINTEXT", sasl))) {
      try (Admin admin = admin(broker, login("admin", new Secret("of admin")))) {
        admin.createTopics(List.of(new NewTopic("sluice.t", 1, (short) 1))).all().get();
        ScramMechanism salted = ScramMechanism.fromMechanismName(mechanism.saslName());
        admin
            .alterUserScramCredentials(
                List.of(
                    new UserScramCredentialUpsertion(
                        "edge-02", new ScramCredentialInfo(salted, 4096), "its \"own\", secret")))
            .all()
            .get();
      }
      try (FleetBus bus =
          new FleetBus("edge-02", settings(broker, null, "edge-02", login.password(), mechanism))) {
        publish(bus);
        await()
            .atMost(LONG)
            .until(() -> String.valueOf(bus.standing().detail()).contains("uthentication"));
        Files.writeString(file, "its \"own\", secret\n");
        await().atMost(LONG).until(() -> bus.standing().published() == 1);
      }
    }
  }

  /** A connection that the client began with the old password refuses what it then sends, once. */
  private static RecordMetadata sendAgainWhileRefused(KafkaProducer<String, String> producer) {
    return await()
        .atMost(LONG)
        .until(
            () -> {
              try {
                return producer.send(new ProducerRecord<>("sluice.t", "after")).get();
              } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(SaslAuthenticationException.class);
                return null;
              }
            },
            Objects::nonNull);
  }

  /** One that may be either side's. */
  private BrokerTls selfSigned(String name) throws Exception {
    Path certificate = directory.resolve(name + ".pem");
    Path key = directory.resolve(name + ".key");
    Process made =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + name,
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(made.getInputStream().readAllBytes(), UTF_8);
    assertThat(made.waitFor()).as(said).isZero();
    return new BrokerTls(certificate, certificate, key);
  }

  private static AclBinding allow(String topic, AclOperation operation) {
    return new AclBinding(
        new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
        new AccessControlEntry("User:edge-01", "*", operation, AclPermissionType.ALLOW));
  }

  private static KafkaLogin.Mechanism mechanism() {
    return KafkaLogin.Mechanism.PLAIN;
  }

  private static KafkaLogin login(String user, Secret password) {
    return new KafkaLogin(null, user, password, mechanism());
  }

  private static Admin admin(KafkaBroker broker, KafkaLogin login) throws Exception {
    Map<String, Object> all = new HashMap<>(KafkaAccess.properties(login));
    all.put("bootstrap.servers", broker.address());
    return Admin.create(all);
  }

  private static void publish(FleetBus bus) {
    bus.table("t", key -> key.getBytes(UTF_8)).changed("meter-1");
    bus.start();
  }

  private static FleetBus bus(KafkaBroker broker, BrokerTls tls, String user, Secret password) {
    return new FleetBus("edge-01", settings(broker, tls, user, password, mechanism()));
  }

  private static FleetBusSettings settings(
      KafkaBroker broker,
      BrokerTls tls,
      String user,
      Secret password,
      KafkaLogin.Mechanism mechanism) {
    return new FleetBusSettings(
        broker.address(), "sluice", tls, user, password, mechanism, null, Map.of());
  }
}
