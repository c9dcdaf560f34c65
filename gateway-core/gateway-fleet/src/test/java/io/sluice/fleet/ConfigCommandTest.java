package io.sluice.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.fleet.ConfigurationStore.Audience;
import io.sluice.api.fleet.ConfigurationStore.Offer;
import io.sluice.api.fleet.ConfigurationStore.Pushed;
import io.sluice.api.fleet.ConfigurationStore.Step;
import io.sluice.api.fleet.ConfigurationStore.Version;
import io.sluice.api.fleet.GatewayLeases.Run;
import io.sluice.cli.ExitCode;
import io.sluice.fleet.config.FleetFile;
import io.sluice.fleet.init.RegistrySchema;
import io.sluice.fleet.rollout.GroupPush;
import io.sluice.store.postgres.PostgresConfigurations;
import io.sluice.store.postgres.PostgresGateways;
import io.sluice.store.postgres.PostgresLink;
import io.sluice.testkit.PostgreSql;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator pushes, and what he is told of it, with a real PostgreSQL. */
@Timeout(300)
class ConfigCommandTest {
  @TempDir Path folder;

  private final List<String> order = new CopyOnWriteArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path file;
  private PostgresLink link;
  private PostgresConfigurations fleet;

  @BeforeEach
  void database() throws Exception {
    PostgreSql server = PostgreSql.shared();
    file =
        Files.writeString(
            folder.resolve("fleet.yaml"),
            "fleet: { store: { uri: \"%s\", user: %s, password: %s } }"
                .formatted(server.uri(server.newDatabase()), PostgreSql.USER, PostgreSql.PASSWORD));
    FleetFile config = FleetFile.load(file, Map.of(), new PrintWriter(err, true));
    assertThat(config).as(err.toString()).isNotNull();
    RegistrySchema.migrate(config.store());
    link = PostgresLink.open(config.store(), "test", Clock.systemUTC());
    fleet = new PostgresConfigurations(link.dataSource());
  }

  @AfterEach
  void close() {
    link.close();
  }

  private int run(String... words) {
    List<String> all = new ArrayList<>(List.of("config", "--config", file.toString()));
    all.addAll(List.of(words));
    return Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), all);
  }

  @Test
  void whatIsPushedIsOfferedListedAndWrittenOutAgain() throws Exception {
    Path pushed = Files.createDirectories(folder.resolve("pushed/profiles")).getParent();
    Files.writeString(pushed.resolve("sluice.yaml"), "profiles: [ profiles ]");
    String profile = "id: tank\ninterval: 10s\nmetrics: { level: { unit: m } }\n";
    Files.writeString(pushed.resolve("profiles/tank.yaml"), profile);
    int code =
        run("push", pushed.toString(), "--region", "north", "--by", "anna", "--note", "tanks");
    assertThat(code).as(err.toString()).isEqualTo(ExitCode.DONE);
    assertThat(out.toString())
        .startsWith("configuration 1 pushed for region north, on trial for 60 s at each; ");
    Offer offer = fleet.newest("edge-01", "north", 0);
    assertThat(offer.files()).containsOnlyKeys("sluice.yaml", "profiles/tank.yaml");
    assertThat(run("list")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString()).contains("by anna  for region north  tanks");
    Path shown = folder.resolve("shown");
    assertThat(run("show", "1", shown.toString())).isEqualTo(ExitCode.DONE);
    assertThat(shown.resolve("profiles/tank.yaml")).hasContent(profile);
  }

  @Test
  void whatTheGatewaysSayIsTold() throws Exception {
    Files.writeString(folder.resolve("a.yaml"), "limits: {}");
    assertThat(run("push", folder.resolve("a.yaml").toString(), "--all")).isZero();
    fleet.tell("edge-01", 1, Step.CONFIRMED, "");
    fleet.tell("edge-02", 1, Step.RETURNED, "upstream cloud is waiting: Connection refused");
    assertThat(run("status", "--version", "1")).isZero();
    assertThat(out.toString().lines().skip(1))
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith("edge-01  1  confirmed  ")
                    .contains("  pushed by " + System.getProperty("user.name") + " 2"),
            line ->
                assertThat(line)
                    .startsWith("edge-02  1  returned  ")
                    .endsWith("  upstream cloud is waiting: Connection refused"));
  }

  @Test
  void aSecretIsNotPushed() throws Exception {
    Files.writeString(folder.resolve("a.yaml"), "upstreams: [ { name: a, password: hunter2 } ]");
    int code = run("push", folder.resolve("a.yaml").toString(), "--all");
    assertThat(code).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString())
        .contains("a secret, which stays at the box")
        .doesNotContain("hunter2");
    assertThat(fleet.versions(1)).isEmpty();
  }

  @Test
  void aPlaceThatCannotBeWrittenIsSaidWithTheReason() throws Exception {
    Files.writeString(folder.resolve("a.yaml"), "limits: {}");
    assertThat(run("push", folder.resolve("a.yaml").toString(), "--all")).isZero();
    assertThat(run("show", "1", folder.toString())).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains("sluice: " + folder + ": FileAlreadyExistsException (--debug shows where)");
  }

  @Test
  void aMisspeltWordIsAnsweredWithTheOneThatWasMeant() {
    assertThat(run("lst")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("; did you mean list?");
    PrintWriter said = new PrintWriter(err, true);
    assertThat(Main.execute(said, said, List.of("run", "--confg", "a"))).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("--config");
  }

  @Test
  void whomItIsForHasToBeSaid() throws Exception {
    Files.writeString(folder.resolve("a.yaml"), "limits: {}");
    assertThat(run("push", folder.resolve("a.yaml").toString())).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString())
        .contains("say for whom: one of --gateway ID, --region NAME, --site NAME and --all");
  }

  /** Gateways that run, in the region, each with a lease. */
  private void running(String region, String... ids) {
    for (String id : ids) {
      var _ =
          new PostgresGateways(link.dataSource())
              .hold(
                  new Run(id, UUID.randomUUID(), id, "host", region, "1", ""),
                  Duration.ofMinutes(10),
                  true,
                  null);
    }
  }

  /** Says of each version that a gateway is offered what the answers say; until it is closed. */
  private AutoCloseable answering(Map<String, Step> answers) {
    ScheduledExecutorService turns = Executors.newSingleThreadScheduledExecutor();
    Map<String, Long> known = new HashMap<>();
    var _ =
        turns.scheduleWithFixedDelay(
            () ->
                answers.forEach((id, step) -> {
                  Offer offer = fleet.newest(id, "north", known.getOrDefault(id, 0L));
                  if (offer != null) {
                    known.put(id, offer.version().version());
                    order.add(id);
                    fleet.tell(
                        id, offer.version().version(), step, step == Step.CONFIRMED ? "" : "why");
                  }
                }),
            10,
            10,
            TimeUnit.MILLISECONDS);
    return turns::shutdownNow;
  }

  private Version pushed(Audience audience) {
    return fleet.push(
        new Pushed("ben", "", audience, 1, new TreeMap<>(Map.of("sluice.yaml", new byte[0]))));
  }

  @Test
  void aRegionIsGivenItInBatchesAndTheRestAtTheEnd() throws Exception {
    running("north", "n-1", "n-2", "n-3");
    running("south", "s-1");
    Files.writeString(folder.resolve("a.yaml"), "limits: {}");
    try (AutoCloseable _ =
        answering(Map.of("n-1", Step.CONFIRMED, "n-2", Step.CONFIRMED, "n-3", Step.CONFIRMED))) {
      int code =
          run("push", folder.resolve("a.yaml").toString(), "--region", "north", "--batch", "2");
      assertThat(code).as(err.toString()).isZero();
    }
    assertThat(out.toString())
        .contains("given to n-1, n-2\n", "given to n-3\n", "GATEWAY", "n-3      confirmed")
        .doesNotContain("s-1");
    assertThat(order.getLast()).isEqualTo("n-3");
    assertThat(fleet.version(1).released()).as("who comes later may have it").isNull();
  }

  @Test
  void oneThatComesBackHoldsTheOthersBack() throws Exception {
    running("north", "n-1", "n-2", "n-3");
    Files.writeString(folder.resolve("a.yaml"), "limits: {}");
    try (AutoCloseable _ =
        answering(Map.of("n-1", Step.RETURNED, "n-2", Step.CONFIRMED, "n-3", Step.CONFIRMED))) {
      int code = run("push", folder.resolve("a.yaml").toString(), "--all", "--batch", "1");
      assertThat(code).isEqualTo(ExitCode.FAILED);
    }
    assertThat(out.toString())
        .contains("n-1      returned   why", "n-2      held back", "n-3      held back");
    assertThat(err.toString()).contains("those that are held back keep what they have");
    assertThat(order).containsExactly("n-1");
    assertThat(fleet.newest("n-2", "north", 0)).isNull();
  }

  @Test
  void waitingForAGroupTellsWhoIsAwayAndWhoWasOvertaken() throws Exception {
    running("north", "n-1", "n-2");
    PostgresGateways gateways = new PostgresGateways(link.dataSource());
    Run gone = new Run("n-9", UUID.randomUUID(), "n-9", "host", "north", "1", "");
    var _ = gateways.hold(gone, Duration.ofMinutes(10), true, null);
    gateways.release(gone);
    Version first = pushed(new Audience(List.of(), "north"));
    fleet.tell("n-1", first.version(), Step.CONFIRMED, "");
    Version newer = pushed(new Audience(List.of("n-2"), null));
    fleet.tell("n-2", newer.version(), Step.CONFIRMED, "");
    GroupPush.Result result =
        new GroupPush(fleet, first, List.of("n-1", "n-2"), List.of("n-9"), _ -> {}).await(0, 1);
    assertThat(result.lines())
        .containsExactly(
            new GroupPush.Line("n-1", GroupPush.Outcome.CONFIRMED, ""),
            new GroupPush.Line("n-2", GroupPush.Outcome.OVERTAKEN, "by configuration 2"),
            new GroupPush.Line("n-9", GroupPush.Outcome.AWAY, ""));
    assertThat(result.isWell()).isTrue();
  }

  @Test
  void aSiteIsTheGatewaysAtWhichItsDevicesAreSignedIn() throws Exception {
    Files.writeString(folder.resolve("a.yaml"), "limits: {}");
    assertThat(run("push", folder.resolve("a.yaml").toString(), "--site", "plant-a"))
        .isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("no device of plant-a is signed in at any gateway");
    try (Connection connection = link.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO sluice.device (id, revision, changed_us, profile, sector, site, planned,"
              + " commissioned, retired) VALUES ('d-1', 1, 0, 'p', 'factory', 'plant-a', true,"
              + " true, false), ('d-2', 1, 0, 'p', 'factory', 'plant-b', true, true, false)");
      statement.execute(
          "INSERT INTO sluice.session VALUES ('d-1', 'n-7', now(), 1), ('d-2', 'n-8', now(), 2)");
    }
    assertThat(run("push", folder.resolve("a.yaml").toString(), "--site", "plant-a")).isZero();
    assertThat(fleet.version(1).audience().gateways()).containsExactly("n-7");
  }

  @Test
  void aFaultIsToldWithItsPlaceAndTheRemedyAndNothingIsPushed() throws Exception {
    Path pushed = Files.createDirectories(folder.resolve("pushed/profiles")).getParent();
    Files.writeString(
        pushed.resolve("sluice.yaml"),
        """
        profiles: [ profiles ]
        spool: { queue-bites: 8MB }
        limits: { messages-per-second: ${LIMIT_OF_THE_BOX} }
        upstreams:
          - { name: a, type: fill, directory: x }
          - { name: b, type: file, directory: ${FOLDER_OF_THE_BOX} }
        devices: [ /etc/sluice/devices.yaml ]
        """);
    Files.writeString(
        pushed.resolve("profiles/tank.yaml"),
        "id: tank\ninterval: soon\nmetrics: { level: { unit: m } }\n");
    assertThat(run("push", pushed.toString(), "--all")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString().lines())
        .anyMatch(line ->
            line.startsWith("sluice.yaml:2:") && line.contains("did you mean \"queue-bytes\""))
        .anyMatch(
            line -> line.startsWith("sluice.yaml:5:") && line.contains("did you mean \"file\""))
        .anyMatch(line -> line.startsWith("profiles/tank.yaml:2:") && line.contains("no duration"))
        .as("what the box alone knows is left to it")
        .noneMatch(line -> line.contains("OF_THE_BOX") || line.contains("/etc/sluice"));
    assertThat(fleet.versions(1)).isEmpty();
  }

  @Test
  void gatewaysOfAnotherVersionAreNamed() throws Exception {
    running("north", "n-1");
    Files.writeString(folder.resolve("a.yaml"), "limits: {}");
    assertThat(run("push", folder.resolve("a.yaml").toString(), "--all")).isZero();
    assertThat(out.toString()).contains("others check it by themselves: n-1 (1)");
  }
}
