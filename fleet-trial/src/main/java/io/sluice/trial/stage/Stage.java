package io.sluice.trial.stage;

import io.sluice.testkit.FreePort;
import io.sluice.testkit.HaProxy;
import io.sluice.testkit.KafkaProcess;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Three gateways behind HAProxy, PostgreSQL, Kafka and two instances of the fleet's view, each a
 * process of its own with a folder of its own. Of one thread.
 */
public final class Stage implements AutoCloseable {
  private static final int GATEWAYS = 3;
  private static final int VIEWS = 2;
  private static final int PARTITIONS = 12;
  private static final long INIT_SECONDS = 120;
  private static final int MQTT_PORT = 1883;
  private static final int VIEW_PORT = 8090;
  private static final int GATEWAY_PORT = 8081;
  private static final int INSTANCE_PORT = 8091;

  private final Path directory;
  private final Programs programs;
  private final PostgreSql database;
  private final KafkaProcess broker;
  private final List<Member> gateways = new CopyOnWriteArrayList<>();
  private final List<Member> views = new CopyOnWriteArrayList<>();
  private final int mqtt;
  private final int view;
  private volatile @Nullable Child balancer;

  private Stage(Programs programs, Path directory, PostgreSql database, KafkaProcess broker)
      throws IOException {
    this.programs = programs;
    this.directory = directory;
    this.database = database;
    this.broker = broker;
    this.mqtt = Ports.free(MQTT_PORT);
    this.view = Ports.free(VIEW_PORT);
  }

  /**
   * Starts all of it, or nothing.
   *
   * @param home of the checkout
   * @param directory a new folder for all that they write, but the database's
   * @param devices YAML that the first gateway brings into the registry
   * @param said is told what is being done
   */
  public static Stage start(
      Programs programs, Path home, Path directory, String devices, Consumer<String> said)
      throws IOException, InterruptedException {
    Files.createDirectories(directory);
    said.accept("starting PostgreSQL and Kafka");
    // not PostgreSQL, which ends with the thread that starts it
    CompletableFuture<KafkaProcess> starting =
        CompletableFuture.supplyAsync(() -> kafka(directory.resolve("kafka")));
    PostgreSql database = null;
    Stage stage = null;
    boolean isUp = false;
    try {
      database = PostgreSql.ofItsOwnSession();
      stage = new Stage(programs, directory, database, starting.get());
      stage.startMembers(home, devices, said);
      isUp = true;
    } catch (ExecutionException e) {
      throw new IOException("Kafka does not start: " + e.getCause(), e);
    } finally {
      if (stage != null && !isUp) {
        stage.close();
      } else if (!isUp) {
        // one that is still starting ends with this process, too
        var _ = starting.thenAccept(KafkaProcess::kill);
        if (database != null) {
          database.close();
        }
      }
    }
    return stage;
  }

  private static KafkaProcess kafka(Path directory) {
    try {
      return new KafkaProcess(
          directory,
          Map.of(
              "auto.create.topics.enable", "false",
              "offsets.topic.num.partitions", "8",
              "transaction.state.log.num.partitions", "8",
              "group.initial.rebalance.delay.ms", "1000"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void startMembers(Path home, String devices, Consumer<String> said)
      throws IOException, InterruptedException {
    Configurations files = new Configurations(home, store(), broker.address());
    List<Integer> instances = new ArrayList<>();
    for (int i = 1; i <= VIEWS; i++) {
      int admin = Ports.free(INSTANCE_PORT + i - 1);
      Path folder = directory.resolve("fleet-" + i);
      Path file = files.view(folder, admin);
      views.add(
          new Member(
              "fleet-" + i, new Child("fleet-" + i, folder, run(programs.fleet(), file)), admin));
      instances.add(admin);
    }
    said.accept("making tables and topics: sluice fleet init");
    init(directory.resolve("fleet-1/fleet.yaml"));
    List<int[]> ports = new ArrayList<>();
    for (int i = 1; i <= GATEWAYS; i++) {
      int[] own = {FreePort.next(), Ports.free(GATEWAY_PORT + i - 1)};
      String id = "gw-" + i;
      Path folder = directory.resolve(id);
      Path file = files.gateway(folder, id, own[0], own[1], i == 1 ? devices : "");
      gateways.add(new Member(id, new Child(id, folder, run(programs.gateway(), file)), own[1]));
      ports.add(own);
    }
    Path folder = directory.resolve("haproxy");
    Path file = files.balancer(folder, mqtt, view, ports, instances);
    Child front = new Child("HAProxy", folder, HaProxy.command(file));
    balancer = front;
    checkBalancer(file);
    said.accept("starting 3 gateways, 2 instances of the view, HAProxy");
    List<Member> all = members();
    for (Member each : all) {
      each.begin();
    }
    for (Member each : all) {
      each.awaitReady();
    }
    front.begin();
  }

  private static void checkBalancer(Path file) throws IOException, InterruptedException {
    String faults = HaProxy.check(file);
    if (!faults.isEmpty()) {
      throw new IOException("HAProxy takes " + file + " not: " + faults);
    }
  }

  private static List<String> run(List<String> program, Path file) {
    return Programs.with(program, "run", "--config", file.toString());
  }

  private String store() {
    byte[] key = new byte[32];
    new Random(directory.hashCode()).nextBytes(key);
    return "{ uri: \"%s\", user: %s, password: \"%s\", key: %s }"
        .formatted(
            database.uri(PostgreSql.DATABASE),
            PostgreSql.USER,
            PostgreSql.PASSWORD,
            HexFormat.of().formatHex(key));
  }

  private void init(Path file) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(directory.resolve("init"));
    run(
        "sluice fleet init",
        folder,
        Programs.with(
            programs.fleet(),
            "init",
            "--config",
            file.toString(),
            "--partitions",
            String.valueOf(PARTITIONS)),
        INIT_SECONDS);
  }

  private static void run(String name, Path folder, List<String> command, long seconds)
      throws IOException, InterruptedException {
    Child child = new Child(name, folder, command);
    child.begin();
    child.awaitDone(seconds);
  }

  /** {@code sluice drain} of a gateway, until it has neither sessions nor records. */
  public void drain(Member gateway, int overSeconds) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(directory.resolve("drain"));
    run(
        "sluice drain",
        folder,
        Programs.with(
            programs.gateway(),
            "drain",
            "--admin",
            gateway.api().address().toString(),
            "--for",
            overSeconds + "s",
            "--until-empty",
            "60s"),
        overSeconds + INIT_SECONDS);
  }

  public List<Member> gateways() {
    return List.copyOf(gateways);
  }

  /** Instances of the fleet's view. */
  public List<Member> views() {
    return List.copyOf(views);
  }

  private List<Member> members() {
    List<Member> members = new ArrayList<>(gateways);
    members.addAll(views);
    return members;
  }

  public PostgreSql database() {
    return database;
  }

  public KafkaProcess broker() {
    return broker;
  }

  /** Where devices connect: the balancer. */
  public URI mqtt() {
    return URI.create("tcp://127.0.0.1:" + mqtt);
  }

  /** The view behind the balancer: there as long as one instance is. */
  public URI view() {
    return URI.create("http://127.0.0.1:" + view);
  }

  public Path directory() {
    return directory;
  }

  /** Ends all of it at once, from any thread: what this process leaves behind nobody else ends. */
  public void kill() {
    members().forEach(Member::kill);
    Child last = balancer;
    if (last != null) {
      last.kill();
    }
    broker.kill();
    database.kill();
  }

  @Override
  public void close() {
    try {
      for (Member each : members()) {
        each.terminate();
      }
      for (Member each : members()) {
        each.end();
      }
    } catch (InterruptedException e) {
      members().forEach(Member::kill);
      Thread.currentThread().interrupt();
    }
    Child last = balancer;
    if (last != null) {
      last.kill();
    }
    broker.close();
    database.close();
  }
}
