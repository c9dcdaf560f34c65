package io.sluice.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.fleet.ConfigurationStore.Offer;
import io.sluice.api.fleet.ConfigurationStore.Step;
import io.sluice.cli.ExitCode;
import io.sluice.fleet.config.FleetFile;
import io.sluice.fleet.init.RegistrySchema;
import io.sluice.store.postgres.PostgresConfigurations;
import io.sluice.store.postgres.PostgresLink;
import io.sluice.testkit.PostgreSql;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator pushes, and what he is told of it, with a real PostgreSQL. */
@Timeout(120)
class ConfigCommandTest {
  @TempDir Path folder;

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
    Files.writeString(pushed.resolve("profiles/tank.yaml"), "id: tank");
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
    assertThat(shown.resolve("profiles/tank.yaml")).hasContent("id: tank");
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
            line -> assertThat(line).startsWith("edge-01  1  confirmed  "),
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
        .contains("say for whom: one of --gateway ID, --region NAME and --all");
  }
}
