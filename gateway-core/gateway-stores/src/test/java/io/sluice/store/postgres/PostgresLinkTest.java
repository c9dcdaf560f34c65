package io.sluice.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.api.config.Secret;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.testkit.PostgreSql;
import io.sluice.testkit.TcpRelay;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The way to a real PostgreSQL, when it is there, away, and not as it should be. */
class PostgresLinkTest {
  @TempDir Path directory;

  @BeforeAll
  static void needsPostgreSql() {
    Assumptions.assumeTrue(PostgreSql.isInstalled());
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(60));
  }

  private static PostgresLink open(FleetStoreSettings settings) {
    return PostgresLink.open(settings, "test", Clock.systemUTC());
  }

  @Test
  void notificationsOfAChannelAreToldAndOthersAreNot() throws Exception {
    String database = FleetDatabase.make();
    List<String> told = new CopyOnWriteArrayList<>();
    try (PostgresLink link = open(FleetDatabase.settings(database))) {
      link.listen("early", told::add, () -> told.add("early is back"));
      soon().until(() -> told.contains("early is back"));
      link.listen("late", told::add, () -> told.add("late is back"));
      soon().until(() -> told.contains("late is back"));
      PostgreSql.shared()
          .sql(database, "NOTIFY other, 'no'", "NOTIFY late, 'one'", "NOTIFY early, 'two'");
      soon().until(() -> told.contains("two"));
    }
    assertThat(told).containsExactly("early is back", "late is back", "one", "two");
  }

  @Test
  void serverThatIsKilledAndStartedAgainIsFoundAgain() throws Exception {
    try (PostgreSql server = new PostgreSql()) {
      String database = server.newDatabase();
      FleetDatabase.migrate(server, database);
      List<String> told = new CopyOnWriteArrayList<>();
      try (PostgresLink link = open(FleetDatabase.settings(server, database))) {
        link.listen("news", told::add, () -> told.add("back"));
        link.onAway(() -> told.add("away"));
        soon().until(() -> told.equals(List.of("back")));
        server.kill();
        soon().until(() -> told.contains("away"));
        assertThat(link.state().reason()).contains(server.uri(database));
        assertThatThrownBy(() -> link.transact(connection -> null))
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessageContaining(server.uri(database));
        server.startAgain();
        soon().until(link::isConnected);
        soon().until(() -> told.getLast().equals("back"));
        server.sql(database, "NOTIFY news, 'hello'");
        soon().until(() -> told.getLast().equals("hello"));
        assertThat(link.<Boolean>transact(connection -> connection.isValid(60))).isTrue();
      }
    }
  }

  @Test
  void aConnectionOfBeforeTheServerWasAwayIsNotUsedOnceItIsBack() throws Exception {
    FleetStoreSettings direct = FleetDatabase.settings(FleetDatabase.make());
    String ownPort = ":" + PostgreSql.shared().port;
    // one that was used within this is handed out untried: here as if all had been just now
    String untried = "com.zaxxer.hikari.aliveBypassWindowMs";
    System.setProperty(untried, "600000");
    try (TcpRelay line = new TcpRelay(PostgreSql.shared().port);
        PostgresLink link =
            open(
                new FleetStoreSettings(
                    direct.uri().replace(ownPort, ":" + line.port),
                    direct.user(),
                    direct.password(),
                    null,
                    null))) {
      soon().until(link::isConnected);
      assertThat(server(link)).isNotEmpty();
      line.cut();
      soon().until(() -> !link.isConnected());
      line.join();
      soon().until(link::isConnected);
      assertThat(server(link)).isNotEmpty();
    } finally {
      System.clearProperty(untried);
    }
  }

  private static String server(PostgresLink link) {
    return link.transact(connection -> {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SHOW server_version")) {
        row.next();
        return row.getString(1);
      }
    });
  }

  @Test
  void serverThatHangsIsAwayUntilItGoesOn() throws Exception {
    try (PostgreSql server = new PostgreSql()) {
      String database = server.newDatabase();
      FleetDatabase.migrate(server, database);
      try (PostgresLink link = open(FleetDatabase.settings(server, database))) {
        soon().until(link::isConnected);
        server.signal("STOP");
        try {
          soon().until(() -> !link.isConnected());
        } finally {
          server.signal("CONT");
        }
        soon().until(link::isConnected);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "DELETE FROM sluice.schema_history, run sluice fleet init",
    "DROP SCHEMA sluice CASCADE, run sluice fleet init",
    "UPDATE sluice.schema_history SET version = '99' WHERE version = '1'; CREATE OR REPLACE FUNCTION"
        + " sluice.oldest_client() RETURNS integer LANGUAGE sql AS 'SELECT 99', update this gateway",
  })
  void tablesThatAreNotThoseOfThisSluiceAreNamedWithTheRemedy(String fault, String remedy)
      throws Exception {
    String database = FleetDatabase.make();
    PostgreSql.shared().sql(database, fault);
    try (PostgresLink link = open(FleetDatabase.settings(database))) {
      soon().until(() -> link.state().reason() != null);
      assertThat(link.state().reason())
          .startsWith("the fleet's store " + PostgreSql.shared().uri(database))
          .contains(remedy)
          .doesNotContain("\n");
      assertThat(link.isConnected()).isFalse();
    }
  }

  @Test
  void tablesOfALaterSluiceThatOnlyAddAreWorkedWith() throws Exception {
    String database = FleetDatabase.make();
    PostgreSql.shared()
        .sql(database, "UPDATE sluice.schema_history SET version = '99' WHERE version = '1'");
    try (PostgresLink link = open(FleetDatabase.settings(database))) {
      soon().until(link::isConnected);
    }
  }

  @Test
  void passwordThatIsWrongIsToldAndReadAnewFromItsFile() throws Exception {
    String database = FleetDatabase.make();
    Path file = Files.writeString(directory.resolve("password"), "wrong");
    FleetStoreSettings right = FleetDatabase.settings(database);
    Secret password = new Secret("wrong", file);
    try (PostgresLink link =
        open(new FleetStoreSettings(right.uri(), right.user(), password, null, null))) {
      soon().until(() -> link.state().reason() != null);
      assertThat(link.state().reason()).contains("set user and password right");
      Files.writeString(file, PostgreSql.PASSWORD);
      soon().until(link::isConnected);
    }
  }

  @Test
  void databaseThatIsNotThereIsNamed() {
    try (PostgresLink link = open(FleetDatabase.settings("nowhere"))) {
      soon().until(() -> link.state().reason() != null);
      assertThat(link.state().reason()).contains("no such database").contains("nowhere");
    }
  }
}
