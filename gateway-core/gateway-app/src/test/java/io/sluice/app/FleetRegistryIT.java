package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.api.DeviceId;
import io.sluice.api.GatewayTime;
import io.sluice.api.operator.Operations.FleetStoreView;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.testkit.PostgreSql;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway whose registry is a fleet's, with a real PostgreSQL that goes away. */
class FleetRegistryIT {
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir Path directory;

  @Test
  void devicesGoOnWithoutPostgreSqlAndChangesAreRefusedUntilItIsBack() throws Exception {
    Assumptions.assumeTrue(PostgreSql.isInstalled());
    try (PostgreSql server = new PostgreSql()) {
      String database = server.newDatabase();
      FleetTables.make(server, database);
      Path file = new Setup(directory).config();
      Files.writeString(directory.resolve("password"), PostgreSql.PASSWORD);
      Files.writeString(
          file,
          Files.readString(file)
              + "fleet:\n  store: { uri: \"%s\", user: %s, password-file: password }\n"
                  .formatted(server.uri(database), PostgreSql.USER));
      try (Wiring gateway = start(file)) {
        await().atMost(LONG).until(() -> "connected".equals(store(gateway).state()));
        await()
            .atMost(LONG)
            .until(() -> "5".equals(server.sql(database, "SELECT count(*) FROM sluice.device")));
        await().atMost(LONG).until(() -> isLetIn(gateway));
        server.kill();
        await().atMost(LONG).until(() -> "away".equals(store(gateway).state()));
        refusesChangesAndTakesData(gateway, server.uri(database));
      }
      try (Wiring gateway = start(file)) {
        await().atMost(LONG).until(() -> "away".equals(store(gateway).state()));
        refusesChangesAndTakesData(gateway, server.uri(database));
        server.startAgain();
        await().atMost(LONG).until(() -> "connected".equals(store(gateway).state()));
        assertThat(gateway.operations().devices().remove(new DeviceId("gas-1"))).isTrue();
        assertThat(server.sql(database, "SELECT count(*) FROM sluice.device")).isEqualTo("4");
      }
    }
  }

  @Test
  void deviceThatSignsInAtAnotherGatewayEndsItsSessionAtTheFirst(@TempDir Path other)
      throws Exception {
    Assumptions.assumeTrue(PostgreSql.isInstalled());
    PostgreSql server = PostgreSql.shared();
    String database = server.newDatabase();
    FleetTables.make(server, database);
    Path one = member(directory, "edge-01", server.uri(database));
    Path two = member(other, "edge-02", server.uri(database));
    try (Wiring first = start(one);
        Wiring second = start(two)) {
      await()
          .atMost(LONG)
          .until(() -> "2".equals(server.sql(database, "SELECT count(*) FROM sluice.gateway")));
      await().atMost(LONG).until(() -> isLetIn(first) && isLetIn(second));
      try (Socket before = signIn(first)) {
        // who came later is told by the time that a sign-in has waited to be written: a writer
        // that stands still in between would make the first the later one
        await()
            .atMost(LONG)
            .until(() ->
                "edge-01"
                    .equals(
                        server.sql(
                            database,
                            "SELECT gateway FROM sluice.session WHERE device = 'meter-1'")));
        isTakenOver(before, second);
      }
    }
  }

  private static void isTakenOver(Socket before, Wiring second) throws IOException {
    try (Socket after = signIn(second)) {
      before.setSoTimeout((int) LONG.toMillis());
      byte[] end = before.getInputStream().readNBytes(3);
      assertThat(end[0]).as("DISCONNECT").isEqualTo((byte) 0xE0);
      assertThat(end[2]).as("session taken over").isEqualTo((byte) 0x8E);
      after.getOutputStream().write(new byte[] {(byte) 0xC0, 0});
      assertThat(after.getInputStream().readNBytes(2)).containsExactly(0xD0, 0);
    }
  }

  private static Path member(Path folder, String id, String uri) throws IOException {
    Path file = new Setup(folder).config();
    return Files.writeString(
        file,
        Files.readString(file).replace("edge-01", id)
            + "fleet:\n  store: { uri: \"%s\", user: %s, password: %s }\n"
                .formatted(uri, PostgreSql.USER, PostgreSql.PASSWORD));
  }

  /** A device of MQTT 5 that is let in. */
  private static Socket signIn(Wiring gateway) throws IOException {
    String text = gateway.address("mqtt");
    int port = Integer.parseInt(text.substring(text.lastIndexOf(':') + 1));
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream body = new DataOutputStream(bytes);
    body.writeUTF("MQTT");
    body.writeByte(5);
    body.writeByte(0xC2); // user name, password, clean start
    body.writeShort(60);
    body.writeByte(0); // no properties
    body.writeUTF("meter-1");
    body.writeUTF("meter-1");
    body.writeUTF("secret-1");
    socket.getOutputStream().write(new byte[] {0x10, (byte) bytes.size()});
    socket.getOutputStream().write(bytes.toByteArray());
    DataInputStream answer = new DataInputStream(socket.getInputStream());
    assertThat(answer.readByte()).as("CONNACK").isEqualTo((byte) 0x20);
    byte[] rest = answer.readNBytes(answer.readUnsignedByte());
    assertThat(rest[1]).as("reason code").isZero();
    return socket;
  }

  private static FleetStoreView store(Wiring gateway) {
    return gateway.operations().status().fleetStore();
  }

  private static boolean isLetIn(Wiring gateway) {
    return gateway.operations().devices().get(new DeviceId("meter-1")) != null;
  }

  private static void refusesChangesAndTakesData(Wiring gateway, String uri) throws IOException {
    assertThat(gateway.operations().status().ready()).isTrue();
    assertThat(store(gateway).reason()).startsWith("the fleet's store " + uri);
    assertThatThrownBy(() -> gateway.operations().devices().remove(new DeviceId("gas-1")))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining(uri)
        .hasMessageContaining("changes are taken when it is back");
    String text = gateway.address("mqtt");
    int port = Integer.parseInt(text.substring(text.lastIndexOf(':') + 1));
    try (RawMqttDevice device =
        new RawMqttDevice(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), "meter-1", "secret-1")) {
      device.publish("telemetry", "{\"n\":1}");
    }
  }

  private static Wiring start(Path file) throws Exception {
    StringWriter said = new StringWriter();
    GatewayFiles files = GatewayFiles.load(file, new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    return Wiring.start(files, new GatewayTime(Clock.systemUTC(), System::nanoTime));
  }
}
