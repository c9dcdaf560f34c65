package io.sluice.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.adapter.testkit.StoreContract;
import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.config.Secret;
import io.sluice.api.fleet.ConfigurationStore;
import io.sluice.api.fleet.ConfigurationStore.Audience;
import io.sluice.api.fleet.ConfigurationStore.Pushed;
import io.sluice.api.fleet.ConfigurationStore.Version;
import io.sluice.api.fleet.FleetCommands.InHand;
import io.sluice.api.fleet.FleetCommands.Order;
import io.sluice.api.fleet.FleetCommands.Report;
import io.sluice.api.fleet.FleetScope;
import io.sluice.api.fleet.FleetSessions.Claimed;
import io.sluice.api.fleet.FleetSessions.SignIn;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.fleet.GatewayLeases.Held;
import io.sluice.api.fleet.GatewayLeases.Run;
import io.sluice.api.operator.CommandService.CommandView;
import io.sluice.api.operator.CommandService.State;
import io.sluice.api.operator.CommandService.Submission;
import io.sluice.api.store.ClaimedDevice;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.Step;
import io.sluice.api.store.StoreConflictException;
import io.sluice.api.store.StoreFactory;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.api.store.StoredClaim;
import io.sluice.api.store.StoredCredentials;
import io.sluice.api.store.StoredDevice;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

  private static FleetStoreSettings settings(String role) {
    FleetStoreSettings own = FleetDatabase.settings(tables.server, tables.database);
    return new FleetStoreSettings(own.uri(), role, new Secret("pw"), null, own.key());
  }

  private static StoredDevice device(String id, String token) {
    return new StoredDevice(
        new Device(new DeviceId(id), "p", "s", "site", null, null, false, true, false),
        StoredCredentials.NONE.withTokenHash(token),
        null);
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

  @Test
  void claimsAndWhatIsRemovedAreOfTheirRegionAlone(@TempDir Path one, @TempDir Path other)
      throws Exception {
    try (FleetMember ofNorth = FleetMember.openIn("north", one, settings(north));
        FleetMember ofSouth = FleetMember.openIn("south", other, settings(south))) {
      ofNorth.apply(
          new Step.SaveClaim(new StoredClaim("hash-n", "doors", "p", "s", "site", "*", 5, 9, 1)),
          new Step.MarkClaimed(new ClaimedDevice("door-1", "hash-n", "issued-n", 1)),
          new Step.InsertDevice(device("door-1", "t-1")),
          new Step.InsertDevice(device("door-2", "t-2")));
      ofNorth.apply(
          new Step.UseClaim("hash-n"),
          new Step.RemoveDevice("door-2"),
          new Step.SettleClaimed("door-1", "issued-n"));
      ofSouth.apply(new Step.InsertDevice(device("valve-1", "t-9")));
      ofSouth.awaitRevision(ofNorth.store.state().revision());

      assertThat(StoreContract.contents(ofSouth).claims()).isEmpty();
      assertThat(ofSouth.devices()).containsKey("valve-1").doesNotContainKey("door-1");
      for (String table : List.of("claim", "claimed_device", "removal")) {
        assertThat(texts(south, "SELECT x FROM sluice." + table + " x"))
            .as(table)
            .noneMatch(row -> row.contains("hash-n") || row.contains("door"));
      }
      assertThat(texts(north, "SELECT uses_left FROM sluice.claim WHERE token_hash = 'hash-n'"))
          .containsExactly("4");
      assertThat(texts(north, "SELECT key FROM sluice.removal ORDER BY key"))
          .containsExactly("door-1", "door-2");
      assertThat(texts(tables.database + "_none", "SELECT x FROM sluice.claim x")).isEmpty();
      assertThatThrownBy(() -> ofSouth.apply(new Step.UseClaim("hash-n")))
          .isInstanceOf(StoreConflictException.class);
      ofSouth.apply(new Step.RemoveClaim("hash-n"));
      assertThat(texts(north, "SELECT token_hash FROM sluice.claim")).containsExactly("hash-n");

      ofSouth.apply(new Step.InsertDevice(device("door-2", "t-2")));
      ofSouth.apply(new Step.RemoveDevice("door-2"), new Step.RemoveDevice("valve-1"));
      assertThat(texts(south, "SELECT key FROM sluice.removal ORDER BY key"))
          .containsExactly("door-2", "valve-1");
      ofNorth.apply(new Step.RemoveClaim("hash-n"), new Step.RemoveDevice("door-1"));
    }
  }

  @Test
  void aDeviceOfAnotherRegionIsAConflictAndHoldsNoGatewayUpThatJoinsWithOne(@TempDir Path one)
      throws Exception {
    try (RegistryStore alone = StoreFactory.open(StoreFactory.DEFAULT_TYPE, one)) {
      alone.apply(
          List.of(
              new Step.InsertDevice(device("meter-south", "t-a")),
              new Step.InsertDevice(device("meter-mine", "t-b"))));
    }
    try (FleetMember joins = FleetMember.openIn("north", one, settings(north))) {
      assertThat(joins.devices()).containsKeys("meter-south", "meter-mine", "meter-north");
      assertThat(tables.sql("SELECT region FROM sluice.device WHERE id = 'meter-mine'"))
          .isEqualTo("north");
      assertThat(tables.sql("SELECT token_hash FROM sluice.device WHERE id = 'meter-south'"))
          .isEmpty();
      joins.apply(new Step.RemoveDevice("meter-mine"));
      assertThatThrownBy(() -> joins.apply(new Step.SaveDevice(device("meter-south", "t-a"))))
          .isInstanceOf(StoreConflictException.class)
          .hasMessageContaining("device meter-south is registered in another region");
    }
  }

  @Test
  void theBoundOfWhatIsRemovedIsOfAllRegionsTogether() throws Exception {
    try (PostgresLink link = PostgresLink.open(settings(south), "test", Clock.systemUTC())) {
      link.transact(connection ->
          new RegistryWriter(connection, FleetScope.ALL, "south", null)
              .write(List.of(new Step.InsertDevice(device("gone", "t-g"))), Removals.KEPT));
      link.transact(connection ->
          new RegistryWriter(connection, FleetScope.ALL, "south", null)
              .write(List.of(new Step.RemoveDevice("gone")), 0));
    }
    assertThat(tables.sql("SELECT count(*) FROM sluice.removal")).isEqualTo("0");
    assertThat(tables.sql("SELECT oldest = revision FROM sluice.registry")).isEqualTo("t");
  }

  @Test
  void configurationsAreOfTheirRegionAndOfTheirGateways() throws Exception {
    assertThat(new PostgresGateways(as(north)).hold(run("edge-n", "north"), LEASE, true, null))
        .isInstanceOf(Held.class);
    assertThat(new PostgresGateways(as(south)).hold(run("edge-s", "south"), LEASE, true, null))
        .isInstanceOf(Held.class);
    tables.sql(
        "CREATE ROLE " + tables.database + "_fleet LOGIN PASSWORD 'pw' IN ROLE sluice_fleet",
        "INSERT INTO sluice.gateway_role VALUES ('" + tables.database + "_fleet', '*')");
    PostgresConfigurations fleet = new PostgresConfigurations(as(tables.database + "_fleet"));
    Version ofAll = push(fleet, List.of(), null);
    Version ofNorth = push(fleet, List.of(), "north");
    Version ofNorthsGateway = push(fleet, List.of("edge-n"), null);
    Version ofSouthsGateway = push(fleet, List.of("edge-s"), null);

    PostgresConfigurations seenInNorth = new PostgresConfigurations(as(north));
    assertThat(seenInNorth.versions(10)).containsExactly(ofNorthsGateway, ofNorth, ofAll);
    PostgresConfigurations seenInSouth = new PostgresConfigurations(as(south));
    assertThat(seenInSouth.versions(10)).containsExactly(ofSouthsGateway, ofAll);
    assertThat(texts(south, "SELECT DISTINCT version FROM sluice.configuration_file"))
        .containsExactlyInAnyOrder(
            String.valueOf(ofSouthsGateway.version()), String.valueOf(ofAll.version()));
    assertThat(seenInSouth.files(ofNorth.version())).isNull();
    assertThat(seenInNorth.newest("edge-n", "north", 0).version()).isEqualTo(ofNorthsGateway);

    seenInNorth.tell("edge-n", ofNorth.version(), ConfigurationStore.Step.REFUSED, "line 3");
    seenInNorth.tell("edge-n", ofNorth.version(), ConfigurationStore.Step.CONFIRMED, "");
    assertThat(seenInSouth.reports(0)).isEmpty();
    assertThat(fleet.reports(0)).hasSize(1);
    assertThatThrownBy(() ->
            seenInSouth.tell("edge-n", ofAll.version(), ConfigurationStore.Step.CONFIRMED, ""))
        .as("nobody speaks for a gateway of another region")
        .isInstanceOf(StoreUnavailableException.class);
    assertThat(new PostgresConfigurations(as(tables.database + "_none")).versions(10)).isEmpty();
  }

  private static Version push(
      PostgresConfigurations to, List<String> gateways, @Nullable String region) {
    return to.push(
        new Pushed(
            "anna",
            "",
            new Audience(gateways, region),
            30,
            new TreeMap<>(Map.of("sluice.yaml", new byte[] {1}))));
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
