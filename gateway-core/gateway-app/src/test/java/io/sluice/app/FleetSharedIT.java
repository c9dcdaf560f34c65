package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.DeviceId;
import io.sluice.api.GatewayTime;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.Peer;
import io.sluice.api.config.Secret;
import io.sluice.api.fleet.FleetSettings;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.fleet.FleetStoreState;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.credential.AccessSettings;
import io.sluice.store.postgres.FollowingStore;
import io.sluice.store.postgres.PostgresLink;
import io.sluice.testkit.PostgreSql;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
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
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Two whole gateways with one registry in a real PostgreSQL, by their APIs and real sockets. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FleetSharedIT {
  private static final String DEVICE =
      "{\"profile\":\"cnc\",\"sector\":\"factory\",\"site\":\"%s\",\"commissioned\":true}";

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private PostgreSql server;
  private String database;
  private Path directory;
  private Wiring a;
  private Wiring b;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    Assumptions.assumeTrue(PostgreSql.isInstalled());
    directory = temporary;
    server = PostgreSql.shared();
    database = server.newDatabase();
    FleetTables.make(server, database);
    a = open("edge-01");
    b = open("edge-02");
    for (Wiring each : List.of(a, b)) {
      soon().until(() -> "connected".equals(each.operations().status().fleetStore().state()));
    }
    soon().until(() -> "2".equals(server.sql(database, "SELECT count(*) FROM sluice.gateway")));
    soon().until(() -> isKnown(a, "meter-1") && isKnown(b, "meter-1"));
  }

  @AfterAll
  void stop() {
    client.close();
    if (b != null) {
      a.close();
      b.close();
    }
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(60));
  }

  private Wiring open(String id) throws Exception {
    Path file = new Setup(Files.createDirectories(directory.resolve(id))).config();
    Files.writeString(
        file,
        Files.readString(file)
                .replace("edge-01", id)
                .replace("admin: { port: 0 }", "admin: { port: 0, token: " + Setup.TOKEN + " }")
                .replace("listeners:\n", "listeners:\n  http: { host: 127.0.0.1, port: 0 }\n")
            + """
            access: { auto-register: true, auto-register-profile: cnc }
            fleet:
              store: { uri: "%s", user: %s, password: %s }
            """
                .formatted(server.uri(database), PostgreSql.USER, PostgreSql.PASSWORD));
    StringWriter said = new StringWriter();
    GatewayFiles files = GatewayFiles.load(file, new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    return Wiring.start(files, GatewayTime.system());
  }

  private static boolean isKnown(Wiring at, String device) {
    return at.operations().devices().get(new DeviceId(device)) != null;
  }

  /** Asks a gateway; what is refused for the moment is asked again, as the answer says. */
  private HttpResponse<String> api(
      Wiring at, String method, String path, @Nullable String body, String... headers)
      throws Exception {
    return soon()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .until(() -> asked(at, method, path, body, headers), answer -> answer.statusCode() != 503);
  }

  private HttpResponse<String> asked(
      Wiring at, String method, String path, @Nullable String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + at.address("admin") + path))
            .timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + Setup.TOKEN)
            .header("Content-Type", "application/json")
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> put(Wiring at, String path, String site, String tag)
      throws Exception {
    return api(at, "PUT", path, DEVICE.formatted(site), "If-Match", tag);
  }

  private String tag(Wiring at, String path) throws Exception {
    return api(at, "GET", path, null).headers().firstValue("ETag").orElse("");
  }

  @Test
  void aStaleTagOfOneGatewayIsRefusedAtTheOtherAndTheLastByRevisionStays() throws Exception {
    String path = "/api/v1/devices/shared-1";
    assertThat(api(a, "PUT", path, DEVICE.formatted("s-0")).statusCode()).isIn(200, 201);
    soon().until(() -> isKnown(b, "shared-1"));
    String before = tag(a, path);
    assertThat(tag(b, path)).as("one state has one tag at every gateway").isEqualTo(before);
    assertThat(put(b, path, "s-1", before).statusCode()).isEqualTo(200);
    HttpResponse<String> stale = put(a, path, "s-no", before);
    assertThat(stale.statusCode())
        .as("409 where it has not heard of the change, 412 where it has: %s", stale.body())
        .isIn(409, 412);
    assertThat(stale.body()).contains("error");
    soon().until(() -> tag(a, path).equals(tag(b, path)));
    assertThat(api(a, "GET", path, null).body()).contains("s-1");
    assertThat(put(a, path, "s-no", before).statusCode()).isEqualTo(412);
    assertThat(api(a, "DELETE", path, null, "If-Match", before).statusCode()).isEqualTo(412);

    String last = "";
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 10; round++) {
        String held = tag(a, path);
        soon().until(() -> tag(b, path).equals(held));
        String ofA = "a-" + round;
        String ofB = "b-" + round;
        Future<Integer> one = executor.submit(() -> put(a, path, ofA, held).statusCode());
        Future<Integer> other = executor.submit(() -> put(b, path, ofB, held).statusCode());
        List<Integer> codes = List.of(one.get(), other.get());
        assertThat(codes).as("of two with one tag one is taken").containsOnlyOnce(200);
        assertThat(codes).anyMatch(code -> code == 409 || code == 412);
        last = one.get() == 200 ? ofA : ofB;
        assertThat(server.sql(database, "SELECT site FROM sluice.device WHERE id = 'shared-1'"))
            .isEqualTo(last);
        soon().until(() -> tag(a, path).equals(tag(b, path)));
      }
    }
    assertThat(api(a, "GET", path, null).body()).contains(last);
  }

  private static boolean isLetIn(Wiring at, String device, String password) {
    String text = at.address("mqtt");
    int port = Integer.parseInt(text.substring(text.lastIndexOf(':') + 1));
    try (RawMqttDevice in =
        new RawMqttDevice(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), device, password)) {
      in.publish("telemetry", "{\"n\":1}");
      return true;
    } catch (IOException | AssertionError refused) {
      return false;
    }
  }

  private static List<Boolean> atOnce(List<Callable<Boolean>> all) throws Exception {
    CountDownLatch begin = new CountDownLatch(1);
    List<Future<Boolean>> running = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(all.size())) {
      for (Callable<Boolean> each : all) {
        running.add(
            executor.submit(() -> {
              begin.await();
              return each.call();
            }));
      }
      begin.countDown();
      List<Boolean> results = new ArrayList<>();
      for (Future<Boolean> each : running) {
        results.add(each.get());
      }
      return results;
    }
  }

  @Test
  void oneTokenOfFiveUsesLetsFiveDevicesInAtTenGatewaysAtOnce() throws Exception {
    String claim =
        api(
                a,
                "POST",
                "/api/v1/claims",
                "{\"name\":\"doors\",\"profile\":\"cnc\",\"sector\":\"factory\",\"site\":\"a\","
                    + "\"pattern\":\"door-*\",\"uses\":5,\"expiry\":\"2d\"}")
            .body();
    Matcher token = Pattern.compile("\"token\"\\s*:\\s*\"([^\"]+)\"").matcher(claim);
    assertThat(token.find()).as(claim).isTrue();
    String shown = token.group(1);
    FleetStoreSettings store =
        new FleetStoreSettings(
            server.uri(database), PostgreSql.USER, new Secret(PostgreSql.PASSWORD), null, null);
    List<PostgresLink> links = new ArrayList<>();
    List<Registry> further = new ArrayList<>();
    try {
      List<Callable<Boolean>> all = new ArrayList<>();
      all.add(() -> isLetIn(a, "door-0", shown));
      all.add(() -> isLetIn(b, "door-1", shown));
      for (int i = 2; i < 10; i++) {
        String device = "door-" + i;
        PostgresLink link = PostgresLink.open(store, "edge-1" + i, Clock.systemUTC());
        links.add(link);
        Registry registry = follower(link, store, device);
        further.add(registry);
        all.add(() ->
            registry
                    .admit(
                        new Peer("mqtt", new InetSocketAddress("192.0.2.1", 40_000), false),
                        new Credentials.Password(device, shown.getBytes(StandardCharsets.UTF_8)))
                    .toCompletableFuture()
                    .join()
                instanceof Admission.Admitted);
      }
      soon().until(() -> b.operations().claims().list().size() == 1);
      assertThat(atOnce(all).stream().filter(Boolean::booleanValue)).hasSize(5);
      assertThat(server.sql(database, "SELECT count(*) FROM sluice.device WHERE id LIKE 'door-%'"))
          .isEqualTo("5");
    } finally {
      further.forEach(Registry::close);
      links.forEach(PostgresLink::close);
    }
  }

  private Registry follower(PostgresLink link, FleetStoreSettings store, String name)
      throws Exception {
    AtomicReference<@Nullable FollowingStore> made = new AtomicReference<>();
    Registry registry =
        Registry.open(
            Files.createDirectories(directory.resolve(name)),
            AccessSettings.DEFAULTS,
            LimitSettings.DEFAULTS,
            Set.of("cnc", "energy-meter", "water-meter", "gas-detector", "vibration-sensor"),
            GatewayTime.system(),
            local -> {
              FollowingStore over =
                  FollowingStore.over(local, link, new FleetSettings(store, null, null));
              made.set(over);
              return over;
            });
    FollowingStore over = Objects.requireNonNull(made.get());
    over.follow();
    soon().until(() -> over.state().connection() == FleetStoreState.Connection.CONNECTED);
    return registry;
  }

  @Test
  void aDeviceThatRegistersItselfAtTwoGatewaysAtOnceIsRegisteredOnce() throws Exception {
    for (int i = 0; i < 5; i++) {
      String device = "self-" + i;
      List<Boolean> in =
          atOnce(
              List.of(
                  () -> isLetIn(a, device, "password-of-one"),
                  () -> isLetIn(b, device, "password-of-two")));
      assertThat(in).as("who comes first keeps the name").containsOnlyOnce(true);
      assertThat(
              server.sql(
                  database, "SELECT count(*) FROM sluice.device WHERE id = '" + device + "'"))
          .isEqualTo("1");
      String right = in.getFirst() ? "password-of-one" : "password-of-two";
      soon().until(() -> isKnown(a, device) && isKnown(b, device));
      assertThat(isLetIn(a, device, right)).isTrue();
      assertThat(isLetIn(b, device, right)).isTrue();
    }
  }

  private String command(Wiring at, String device, int number) throws Exception {
    HttpResponse<String> taken =
        api(
            at,
            "POST",
            "/api/v1/devices/" + device + "/commands",
            "{\"name\":\"set\",\"payload\":{\"n\":" + number + "},\"expiresIn\":\"5min\"}");
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
    Matcher id = Pattern.compile("\"id\"\\s*:\\s*\"([^\"]+)\"").matcher(taken.body());
    assertThat(id.find()).isTrue();
    return id.group(1);
  }

  /** Polls by HTTP, and acknowledges; the id of the command that came, or none. */
  private @Nullable String poll(Wiring at, @Nullable String acknowledged) throws Exception {
    String basic =
        Base64.getEncoder().encodeToString("gas-1:secret-1".getBytes(StandardCharsets.UTF_8));
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(
                    URI.create(
                        "http://"
                            + at.address("http")
                            + "/command"
                            + (acknowledged == null ? "" : "?ack=" + acknowledged)))
                .header("Authorization", "Basic " + basic)
                .timeout(Duration.ofSeconds(60))
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).isIn(200, 204);
    return answer.headers().firstValue("X-Sluice-Command-Id").orElse(null);
  }

  /** As {@link #poll}, by CoAP. */
  private static @Nullable String pollByCoap(Wiring at, @Nullable String acknowledged)
      throws IOException {
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    int message = (int) (System.nanoTime() >>> 8) & 0xFFFF;
    packet.writeBytes(new byte[] {0x40, 0x01, (byte) (message >> 8), (byte) message});
    option(packet, 11, "command");
    option(packet, 4, "d=water-1");
    option(packet, 0, "k=" + Setup.TOKEN);
    if (acknowledged != null) {
      option(packet, 0, "ack=" + acknowledged);
    }
    String text = at.address("coap");
    int port = Integer.parseInt(text.substring(text.lastIndexOf(':') + 1));
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(30_000);
      socket.send(
          new DatagramPacket(
              packet.toByteArray(),
              packet.size(),
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
      byte[] buffer = new byte[2_048];
      DatagramPacket answer = new DatagramPacket(buffer, buffer.length);
      socket.receive(answer);
      if (answer.getLength() == 4) {
        socket.receive(answer); // it comes by itself, after an empty acknowledgement
      }
      String received = new String(buffer, 0, answer.getLength(), StandardCharsets.ISO_8859_1);
      assertThat(buffer[1]).as("2.05").isEqualTo((byte) 0x45);
      Matcher id = Pattern.compile("id=([0-9a-fA-F-]{36})").matcher(received);
      return id.find() ? id.group(1) : null;
    }
  }

  private static void option(ByteArrayOutputStream packet, int delta, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < 13) {
      packet.write(delta << 4 | bytes.length);
    } else {
      packet.write(delta << 4 | 13);
      packet.write(bytes.length - 13);
    }
    packet.writeBytes(bytes);
  }

  /** One way of a device to ask for its commands. */
  private interface Poll {
    @Nullable String at(Wiring gateway, @Nullable String acknowledged) throws Exception;
  }

  private void eachOnce(String device, Poll poll) throws Exception {
    List<String> given = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      given.add(command(i % 2 == 0 ? a : b, device, i));
    }
    List<String> polled = new ArrayList<>();
    String[] last = {null};
    for (int i = 0; polled.size() < given.size() && i < 40; i++) {
      Wiring at = i % 2 == 0 ? a : b;
      // what the one before had in hand besides goes back some seconds after its last poll
      soon()
          .until(() ->
              server
                  .sql(
                      database,
                      "SELECT count(*) FROM sluice.fleet_command WHERE device = '"
                          + device
                          + "' AND NOT over AND gateway = '"
                          + (at == a ? "edge-02" : "edge-01")
                          + "' AND state = 'QUEUED'")
                  .equals("0"));
      String id = poll.at(at, last[0]);
      last[0] = id;
      if (id != null) {
        polled.add(id);
      }
    }
    assertThat(polled).containsExactlyElementsOf(given);
    assertThat(poll.at(a, last[0])).isNull();
    for (String id : given) {
      soon()
          .until(() ->
              api(b, "GET", "/api/v1/devices/" + device + "/commands/" + id, null)
                  .body()
                  .toLowerCase(Locale.ROOT)
                  .contains("acknowledged\""));
    }
  }

  @Test
  void aDeviceThatPollsByHttpAtEachInTurnGetsEachCommandOnce() throws Exception {
    eachOnce("gas-1", this::poll);
  }

  @Test
  void aDeviceThatPollsByCoapAtEachInTurnGetsEachCommandOnce() throws Exception {
    eachOnce("water-1", FleetSharedIT::pollByCoap);
  }

  @Test
  void metricsStatusAndDoctorTellOfTheStore() throws Exception {
    String revision = server.sql(database, "SELECT revision FROM sluice.registry");
    soon().until(() -> a.operations().status().fleetStore().revision() >= Long.parseLong(revision));
    assertThat(api(a, "GET", "/metrics", null).body())
        .containsPattern("(?m)^sluice_fleet_store_connected(\\{.*})? 1\\.0$")
        .containsPattern("(?m)^sluice_fleet_store_behind(\\{.*})? 0\\.0$")
        .containsPattern("(?m)^sluice_fleet_store_revision(\\{.*})? [1-9]");
    assertThat(run(0, "status", "--admin", "http://" + a.address("admin"), "--token", Setup.TOKEN))
        .containsPattern("fleet's registry: connected since .*, revision [1-9]\\d*, 0 behind\\R");
    Path config = directory.resolve("edge-01/sluice.yaml");
    assertThat(run(null, "doctor", "--config", config.toString()))
        .contains("fleet store", server.uri(database) + " answers");
    Path wrong = directory.resolve("edge-01/wrong.yaml");
    Files.writeString(
        wrong, Files.readString(config).replace(server.uri(database), server.uri("nowhere")));
    assertThat(run(null, "doctor", "--config", wrong.toString()))
        .contains("there is no such database", "until then devices go on");
  }

  private static String run(@Nullable Integer exitCode, String... command) {
    StringWriter out = new StringWriter();
    PrintWriter printer = new PrintWriter(out, true);
    int exit = Main.commandLine().setOut(printer).setErr(printer).execute(command);
    if (exitCode != null) {
      assertThat(exit).as(out.toString()).isEqualTo(exitCode);
    }
    return out.toString();
  }
}
