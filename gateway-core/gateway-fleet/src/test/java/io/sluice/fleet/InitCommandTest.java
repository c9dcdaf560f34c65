package io.sluice.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.cli.ExitCode;
import io.sluice.testkit.PostgreSql;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tables and rights, with a real PostgreSQL. */
@Timeout(120)
class InitCommandTest {
  @TempDir Path folder;

  private PostgreSql server;
  private String database;

  @BeforeEach
  void database() throws Exception {
    assumeTrue(PostgreSql.isInstalled());
    server = PostgreSql.shared();
    database = server.newDatabase();
    for (String each : new String[] {"gw", "view"}) {
      server.sql(database, "CREATE ROLE " + database + "_" + each + " LOGIN PASSWORD 'pw'");
    }
    server.sql(database, "CREATE ROLE \"" + database + "-owner\" LOGIN CREATEROLE PASSWORD 'pw'");
    server.sql(database, "GRANT CREATE ON DATABASE " + database + " TO \"" + database + "-owner\"");
  }

  private CommandLines init(String user, String password, String... words) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("init.yaml"),
            "fleet: { store: { uri: \"%s\", user: \"%s\", password: \"%s\" } }"
                .formatted(server.uri(database), user, password));
    return CommandLines.run(words, "init", "--config", file.toString());
  }

  /** No superuser: who owns the tables, and may make roles. */
  @Test
  void usersGetTheRightsOfTheirRolesAndNoMore() throws Exception {
    String[] words = {"--gateway-user", database + "_gw=north", "--view-user", database + "_view"};
    for (int time = 0; time < 2; time++) {
      CommandLines made = init(database + "-owner", "pw", words);
      assertThat(made.code()).as(made.err()).isEqualTo(ExitCode.DONE);
      assertThat(made.out())
          .contains("user " + database + "_gw is of sluice_gateway, region north")
          .contains("user " + database + "_view is of sluice_fleet, region *");
    }
    assertThat(server.sql(database, "SELECT role, region FROM sluice.gateway_role ORDER BY role"))
        .isEqualToIgnoringWhitespace(database + "_gw|north\n" + database + "_view|*");
    String may = "SELECT has_table_privilege('%s', 'sluice.%s', '%s')";
    assertThat(server.sql(database, may.formatted(database + "_gw", "session", "INSERT")))
        .contains("t");
    assertThat(server.sql(database, may.formatted(database + "_view", "session", "INSERT")))
        .contains("f");
    assertThat(server.sql(database, may.formatted(database + "_gw", "gateway_role", "UPDATE")))
        .contains("f");
    // those who have signed in as such make no tables
    CommandLines refused = init(database + "_gw", "pw", "--view-user", database + "_gw");
    assertThat(refused.code()).isEqualTo(ExitCode.FAILED);
    assertThat(refused.err()).contains("the user may not do this");
  }

  @Test
  void aUserThatIsNotThereIsNamedAndNothingIsGiven() throws Exception {
    CommandLines made =
        init(PostgreSql.USER, PostgreSql.PASSWORD, "--gateway-user", database + "_none=*");
    assertThat(made.code()).isEqualTo(ExitCode.FAILED);
    assertThat(made.err().lines())
        .singleElement()
        .asString()
        .contains("there is no user " + database + "_none; make it first: CREATE ROLE");
    assertThat(
            server.sql(
                database,
                "SELECT count(*) FROM sluice.gateway_role WHERE role = '" + database + "_none'"))
        .contains("0");
  }
}
