package io.sluice.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.fleet.FleetCommands.InHand;
import io.sluice.api.fleet.FleetCommands.Order;
import io.sluice.api.fleet.FleetCommands.Report;
import io.sluice.api.fleet.FleetSessions.Claimed;
import io.sluice.api.fleet.FleetSessions.SignIn;
import io.sluice.api.fleet.GatewayLeases.Held;
import io.sluice.api.fleet.GatewayLeases.Run;
import io.sluice.api.operator.CommandService.CommandView;
import io.sluice.api.operator.CommandService.State;
import io.sluice.api.operator.CommandService.Submission;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** What a gateway's user may do in a real PostgreSQL, by the roles that are shipped. */
class PostgresRolesTest {
  private static final Duration LEASE = Duration.ofMinutes(5);
  private static FleetTables tables;
  private static String north;
  private static String south;

  @BeforeAll
  static void roles() throws IOException {
    assumeTrue(PostgreSql.isInstalled());
    tables = new FleetTables(PostgreSql.shared());
    north = tables.database + "_north";
    south = tables.database + "_south";
    String roles = PostgresRoles.sql();
    tables.sql(roles);
    tables.sql(roles); // once more, as after an update
    for (String region : List.of("north", "south")) {
      String role = tables.database + "_" + region;
      tables.sql(
          "CREATE ROLE " + role + " LOGIN PASSWORD 'pw' IN ROLE sluice_gateway",
          "INSERT INTO sluice.gateway_role VALUES ('" + role + "', '" + region + "')",
          "INSERT INTO sluice.device (id, revision, changed_us, region, profile, sector, site,"
              + " planned, commissioned, retired, psk_identity, psk_key) VALUES ('meter-"
              + region
              + "', 1, 0, '"
              + region
              + "', 'p', 's', 's', true, true, false, 'psk-"
              + region
              + "', '\\x01')");
    }
    tables.sql(
        "CREATE ROLE " + tables.database + "_none LOGIN PASSWORD 'pw' IN ROLE sluice_gateway");
  }

  private static PGSimpleDataSource as(String role) {
    PGSimpleDataSource source = tables.source();
    source.setUser(role);
    source.setPassword("pw");
    return source;
  }

  private static List<String> texts(String role, String sql) {
    return new Queries(as(role)).all(sql, row -> String.valueOf(row.getString(1)));
  }

  private static Run run(String id, @Nullable String region) {
    return new Run(id, UUID.randomUUID(), "p", "h", region, "1", "");
  }

  @Test
  void aGatewayReadsNoSecretOfAnotherRegion() {
    assertThat(texts(north, "SELECT id FROM sluice.device")).containsExactly("meter-north");
    assertThat(texts(north, "SELECT psk_key FROM sluice.device WHERE id = 'meter-south'"))
        .isEmpty();
    assertThat(texts(north, "UPDATE sluice.device SET retired = true RETURNING id"))
        .containsExactly("meter-north");
    assertThat(texts(tables.database + "_none", "SELECT id FROM sluice.device")).isEmpty();
    PostgresCommands ofSouth = new PostgresCommands(as(south));
    ofSouth.submit(order("secret", "meter-south"));
    PostgresCommands ofNorth = new PostgresCommands(as(north));
    assertThat(ofNorth.list(new DeviceId("meter-south"), 10)).isEmpty();
    assertThat(ofNorth.take("n", List.of("meter-south"), 10)).isEmpty();
    assertThat(texts(north, "SELECT payload FROM sluice.fleet_command WHERE id = 'secret'"))
        .isEmpty();
    assertThatThrownBy(() -> ofNorth.submit(order("forged", "meter-south")))
        .isInstanceOf(StoreUnavailableException.class);
  }

  @Test
  void aGatewayPutsNoDeviceIntoAnotherRegion() {
    assertThatThrownBy(() ->
            texts(
                south,
                "UPDATE sluice.device SET region = 'north' WHERE id = 'meter-south'"
                    + " RETURNING id"))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("the user may not do this");
  }

  @Test
  void aGatewayMakesChangesAndDropsNoTable() {
    for (String sql :
        List.of(
            "CREATE TABLE sluice.own (id text)",
            "ALTER TABLE sluice.device ADD COLUMN own text",
            "ALTER TABLE sluice.device DISABLE ROW LEVEL SECURITY",
            "DROP TABLE sluice.fleet_command",
            "CREATE FUNCTION sluice.own() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "INSERT INTO sluice.gateway_role VALUES (session_user, '*')",
            "UPDATE sluice.gateway_role SET region = '*'",
            "INSERT INTO sluice.configuration (pushed_by, note, gateways, trial_seconds, sha256)"
                + " VALUES ('me', '', '{}', 1, '')",
            "CREATE ROLE own")) {
      assertThatThrownBy(() -> texts(north, sql))
          .as(sql)
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("the user may not do this");
    }
  }

  @Test
  void aGatewayHoldsNoIdOfAnotherRegion() {
    PostgresGateways ofNorth = new PostgresGateways(as(north));
    assertThat(ofNorth.hold(run("n1", "north"), LEASE, true, null)).isInstanceOf(Held.class);
    assertThatThrownBy(() -> ofNorth.hold(run("n2", "south"), LEASE, true, null))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("the user may not do this");

    PostgresGateways ofSouth = new PostgresGateways(as(south));
    assertThat(ofSouth.hold(run("s1", "south"), LEASE, true, null)).isInstanceOf(Held.class);
    assertThatThrownBy(() -> ofNorth.hold(run("s1", "north"), LEASE, true, null))
        .isInstanceOf(StoreUnavailableException.class);
    assertThat(ofNorth.list("", 10)).as("who runs is no secret").hasSizeGreaterThanOrEqualTo(2);
  }

  private static Order order(String id, String device) {
    return new Order(
        id,
        new DeviceId(device),
        null,
        "set",
        ContentType.JSON,
        new byte[] {1},
        Duration.ofHours(1));
  }

  @Test
  void aGatewayDoesItsWorkAsItsUser() throws Exception {
    tables.sql(
        "INSERT INTO sluice.device (id, revision, changed_us, profile, sector, site, planned,"
            + " commissioned, retired) VALUES ('meter', 1, 0, 'p', 's', 's', true, true, false)");
    PostgresSessions sessions = new PostgresSessions(as(north));
    assertThat(sessions.claim("n", List.of(new SignIn("meter", 0)))).allMatch(Claimed::won);
    assertThat(new PostgresSessions(as(south)).claim("s", List.of(new SignIn("meter", 0))))
        .allMatch(Claimed::won);
    assertThat(sessions.holders("n", List.of("meter"))).hasSize(1);

    DeviceId meter = new DeviceId("meter");
    PostgresCommands commands = new PostgresCommands(as(north));
    assertThat(commands.submit(order("one", "meter"))).isInstanceOf(Submission.Taken.class);
    assertThat(commands.take("n", List.of("meter"), 10)).extracting(InHand::id).contains("one");
    assertThat(commands.inHand("n", 10)).hasSize(1);
    assertThat(commands.stillInHand("n", List.of("one"))).contains("one");
    commands.report(
        "n", List.of(new Report("one", "meter", State.ACKNOWLEDGED, 1L, 1L, null, true, false)));
    CommandView seen = new PostgresCommands(as(south)).get(meter, "one");
    assertThat(seen).isNotNull();
    assertThat(seen.state()).isEqualTo(State.ACKNOWLEDGED);
    commands.submit(order("two", "meter"));
    assertThat(commands.cancel(meter, "two")).isNotNull();
    commands.expire(10);

    commands.submit(order("three", "meter"));
    texts(north, "DELETE FROM sluice.device WHERE id = 'meter' RETURNING id");
    assertThat(tables.sql("SELECT state FROM sluice.fleet_command WHERE id = 'three'"))
        .as("commands of a device that is removed end with it")
        .isEqualTo("EXPIRED");
    assertThat(tables.sql("SELECT count(*) FROM sluice.session WHERE device = 'meter'"))
        .isEqualTo("0");
  }
}
