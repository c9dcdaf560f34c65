package io.sluice.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.sluice.api.fleet.ConfigurationStore.Audience;
import io.sluice.api.fleet.ConfigurationStore.Offer;
import io.sluice.api.fleet.ConfigurationStore.Pushed;
import io.sluice.api.fleet.ConfigurationStore.Report;
import io.sluice.api.fleet.ConfigurationStore.Step;
import io.sluice.api.fleet.ConfigurationStore.Version;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** A fleet's configurations, in a real PostgreSQL. */
@Timeout(60)
class PostgresConfigurationsTest {
  private final PGSimpleDataSource database = new PGSimpleDataSource();
  private final PostgresConfigurations configurations = new PostgresConfigurations(database);

  @BeforeEach
  void tables() throws IOException {
    PostgreSql server = PostgreSql.shared();
    String name = server.newDatabase();
    FleetDatabase.migrate(server, name);
    database.setPortNumbers(new int[] {server.port});
    database.setDatabaseName(name);
    database.setUser(PostgreSql.USER);
    database.setPassword(PostgreSql.PASSWORD);
  }

  private Version push(List<String> gateways, @Nullable String region) {
    return configurations.push(
        new Pushed(
            "anna",
            "more limits",
            new Audience(gateways, region),
            30,
            new TreeMap<>(
                Map.of(
                    "sluice.yaml",
                    "limits: {}".getBytes(StandardCharsets.UTF_8),
                    "profiles/a.yaml",
                    new byte[] {0, -1, 5}))));
  }

  @Test
  void aGatewayIsOfferedTheNewestThatIsForIt() {
    Version all = push(List.of(), null);
    Version north = push(List.of(), "north");
    Version one = push(List.of("edge-01", "edge-02"), null);
    assertThat(configurations.newest("edge-03", "south", 0).version()).isEqualTo(all);
    assertThat(configurations.newest("edge-03", "north", 0).version()).isEqualTo(north);
    assertThat(configurations.newest("edge-03", null, 0).version()).isEqualTo(all);
    assertThat(configurations.newest("edge-02", "north", 0).version()).isEqualTo(one);
    assertThat(configurations.newest("edge-02", "north", one.version())).isNull();
    assertThat(configurations.versions(2)).containsExactly(one, north);
  }

  @Test
  void oneInStagesIsOfferedToThoseThatItIsReleasedTo() {
    Version staged =
        configurations.push(
            new Pushed(
                "anna",
                "",
                new Audience(List.of(), null),
                30,
                new TreeMap<>(Map.of("sluice.yaml", new byte[0])),
                true,
                List.of("edge-01")));
    assertThat(staged.restart()).isTrue();
    assertThat(configurations.newest("edge-01", null, 0).version()).isEqualTo(staged);
    assertThat(configurations.newest("edge-02", null, 0)).isNull();
    configurations.release(staged.version(), List.of("edge-01", "edge-02"));
    assertThat(configurations.newest("edge-02", null, 0).version().released())
        .containsExactly("edge-01", "edge-02");
    assertThat(configurations.newest("edge-03", null, 0)).isNull();
    configurations.release(staged.version(), null);
    assertThat(configurations.newest("edge-03", null, 0).version().released()).isNull();
    Version newer = push(List.of("edge-04"), null);
    assertThat(configurations.newest("edge-04", null, newer.version()))
        .as("who has the newer takes no older that is released later")
        .isNull();
    assertThat(configurations.version(newer.version())).isEqualTo(newer);
    assertThat(configurations.version(99)).isNull();
  }

  @Test
  void itsFilesAreThoseThatWerePushed() {
    Version version = push(List.of(), null);
    Offer offer = configurations.newest("edge-01", null, 0);
    assertThat(offer.files()).containsOnlyKeys("sluice.yaml", "profiles/a.yaml");
    assertThat(offer.files().get("profiles/a.yaml")).containsExactly(0, -1, 5);
    assertThat(configurations.files(version.version()))
        .containsOnlyKeys("sluice.yaml", "profiles/a.yaml");
    assertThat(configurations.files(99)).isNull();
    assertThat(version.by()).isEqualTo("anna");
    assertThat(version.audience().text()).isEqualTo("all gateways");
    assertThat(version.trialSeconds()).isEqualTo(30);
    assertThat(version.sha256()).hasSize(64);
  }

  @Test
  void theLatestThatAGatewaySaidOfAVersionStands() {
    Version first = push(List.of(), null);
    configurations.tell("edge-01", first.version(), Step.ON_TRIAL, "");
    configurations.tell("edge-01", first.version(), Step.RETURNED, "upstream cloud is waiting");
    configurations.tell("edge-02", first.version(), Step.CONFIRMED, "");
    Version second = push(List.of("edge-02"), null);
    configurations.tell("edge-02", second.version(), Step.REFUSED, "sluice.yaml:1:1: a: no");
    assertThat(configurations.reports(first.version()))
        .extracting(Report::gateway, Report::step, Report::detail, Report::by, Report::pushedMicros)
        .containsExactly(
            tuple("edge-01", Step.RETURNED, "upstream cloud is waiting", "anna", first.atMicros()),
            tuple("edge-02", Step.CONFIRMED, "", "anna", first.atMicros()));
    assertThat(configurations.reports(0))
        .extracting(Report::gateway, Report::version)
        .containsExactly(tuple("edge-01", first.version()), tuple("edge-02", second.version()));
  }

  @Test
  void versionsAreSeenInTheirOrderWhoeverPushesAtOnce() throws Exception {
    try (ExecutorService pushing = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 40; i++) {
        pushing.execute(() -> push(List.of(), null));
      }
      long seen = 0;
      int count = 0;
      while (count < 40) {
        List<Version> newest = configurations.versions(100);
        long before = seen;
        long known = newest.stream().filter(each -> each.version() <= before).count();
        assertThat(known).as("none comes below one that was seen").isEqualTo(count);
        count = newest.size();
        seen = newest.isEmpty() ? 0 : newest.getFirst().version();
      }
      pushing.shutdown();
      assertThat(pushing.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aStoreThatIsAwayIsSaid() {
    database.setPortNumbers(new int[] {1});
    assertThatThrownBy(() -> configurations.newest("edge-01", null, 0))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("the fleet's configurations cannot be read or written");
  }
}
