package io.sluice.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.adapter.testkit.StoreContract;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.config.Secret;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.fleet.FleetStoreState.Connection;
import io.sluice.api.store.AppliedChange;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.Step;
import io.sluice.api.store.StoreConflictException;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.api.store.StoredClaim;
import io.sluice.api.store.StoredCredentials;
import io.sluice.api.store.StoredDevice;
import io.sluice.testkit.PostgreSql;
import io.sluice.testkit.TcpRelay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What gateways do where a real PostgreSQL is not as it should be. */
@Tag("slow")
class FleetStoreFaultsTest {
  private static final String PASSWORD = "of a gateway";
  private static PostgreSql server;

  @TempDir Path directory;
  private String database;

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(PostgreSql.isInstalled());
    server = new PostgreSql();
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void tables() throws IOException {
    database = server.newDatabase();
    FleetDatabase.migrate(server, database);
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(60));
  }

  private Path data(String gateway) throws IOException {
    return Files.createDirectories(directory.resolve(gateway));
  }

  private FleetStoreSettings direct() {
    return FleetDatabase.settings(server, database);
  }

  private FleetStoreSettings at(String hosts) {
    FleetStoreSettings own = direct();
    return new FleetStoreSettings(
        "postgresql://" + hosts + "/" + database, own.user(), own.password(), null, own.key());
  }

  private FleetStoreSettings at(int port) {
    return at("127.0.0.1:" + port);
  }

  private static StoredDevice device(String id) {
    return device(id, "token of " + id);
  }

  private static StoredDevice device(String id, String token) {
    return new StoredDevice(
        new Device(new DeviceId(id), "cnc", "farm", "a", null, null, false, true, false),
        StoredCredentials.NONE.withTokenHash(token),
        null);
  }

  private static Step claimOf(int uses) {
    return new Step.SaveClaim(new StoredClaim("h", "n", "cnc", "farm", "a", "*", uses, 20, 10));
  }

  /** By the link: the follower may find out before, whose fault has the time of the connection. */
  private static void awaitAway(FleetMember member) {
    soon().until(() -> !member.reached().isConnected());
    assertThat(member.store.state().connection()).isEqualTo(Connection.AWAY);
  }

  private static String refusal(FleetMember member, String id) {
    AtomicReference<@Nullable String> said = new AtomicReference<>();
    assertThatThrownBy(() -> member.apply(new Step.SaveDevice(device(id))))
        .isInstanceOf(StoreUnavailableException.class)
        .satisfies(e -> said.set(e.getMessage()));
    return String.valueOf(said.get());
  }

  /** A clock that the test sets. */
  private static final class Hands extends Clock {
    private volatile Instant now = Instant.parse("2026-03-01T10:00:00Z");

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  @Test
  void anHourAwayWhileOthersChangeManyAndBackOnANewAddress() throws Exception {
    Hands clock = new Hands();
    try (TcpRelay before = new TcpRelay(server.port);
        TcpRelay after = new TcpRelay(server.port)) {
      after.cut();
      String hosts = "127.0.0.1:" + before.port + ",127.0.0.1:" + after.port;
      try (FleetMember one = FleetMember.start("north", data("one"), at(hosts), clock);
          FleetMember other = FleetMember.open(data("other"), direct())) {
        one.load(new RegistryStore.Loader() {});
        one.store.follow();
        one.awaitConnected();
        one.apply(claimOf(5));
        for (int i = 0; i < 20; i++) {
          one.apply(new Step.InsertDevice(device("d-" + i)));
        }
        List<AppliedChange> told = new CopyOnWriteArrayList<>();
        one.changes(told::add);
        before.cut();
        awaitAway(one);
        clock.now = clock.now.plus(Duration.ofHours(1));
        assertThat(refusal(one, "no")).contains("away since 2026-03-01T10:00:00Z");
        other.awaitRevision(one.store.state().revision());
        for (int i = 0; i < 300; i++) {
          other.apply(new Step.SaveDevice(device("n-" + i)));
        }
        for (int i = 0; i < 10; i++) {
          other.apply(new Step.RemoveDevice("d-" + i), new Step.EndCommands("d-" + i));
        }
        other.apply(new Step.UpdateDevice(device("d-10"), device("d-10", "x")));
        other.apply(new Step.UpdateDevice(device("d-11"), device("d-11", "token of d-10")));
        other.apply(new Step.UpdateDevice(device("d-10", "x"), device("d-10", "token of d-11")));
        other.apply(new Step.UseClaim("h"), new Step.InsertDevice(device("claimed")));
        assertThat(one.devices()).as("nothing is known of it yet").hasSize(20);

        after.join();
        one.awaitConnected();
        assertThat(one.devices())
            .isEqualTo(other.devices())
            .hasSize(311)
            .containsEntry("d-10", device("d-10", "token of d-11"));
        assertThat(StoreContract.contents(one).claims())
            .extracting(StoredClaim::usesLeft)
            .containsExactly(4);
        assertThat(told).isNotEmpty().noneMatch(AppliedChange::own);
        one.apply(new Step.RemoveDevice("claimed"));
        soon().until(() -> other.device("claimed") == null);
      }
    }
  }

  @Test
  void aCommitWhoseAnswerIsLostIsToldAsFailedAndComesAsAChangeFromElsewhere() throws Exception {
    try (AnswerThief line = new AnswerThief(server.port);
        FleetMember member = FleetMember.open(data("one"), at(line.port))) {
      member.apply(claimOf(5));
      List<AppliedChange> told = new CopyOnWriteArrayList<>();
      member.changes(told::add);
      line.stealAnswer();
      assertThatThrownBy(
              () -> member.apply(new Step.UseClaim("h"), new Step.InsertDevice(device("claimed"))))
          .isInstanceOf(StoreUnavailableException.class);
      // it is told once the copy has it
      soon().until(() -> !told.isEmpty());
      assertThat(member.device("claimed")).isNotNull();
      assertThat(told).noneMatch(AppliedChange::own);
      member.awaitConnected();
      assertThatThrownBy(
              () -> member.apply(new Step.UseClaim("h"), new Step.InsertDevice(device("claimed"))))
          .as("the same once more takes no further use")
          .isInstanceOf(StoreConflictException.class);
      assertThat(usesLeft()).isEqualTo("4");

      line.stealCommit();
      assertThatThrownBy(
              () -> member.apply(new Step.UseClaim("h"), new Step.InsertDevice(device("second"))))
          .isInstanceOf(StoreUnavailableException.class);
      member.awaitConnected();
      assertThat(usesLeft()).isEqualTo("4");
      member.apply(new Step.UseClaim("h"), new Step.InsertDevice(device("second")));
      assertThat(usesLeft()).isEqualTo("3");
      assertThat(member.devices()).containsOnlyKeys("claimed", "second");
    }
  }

  private String usesLeft() throws IOException {
    return server.sql(database, "SELECT uses_left FROM sluice.claim");
  }

  @Test
  void killedWhileTwoGatewaysClaimNoUseIsTakenTwice() throws Exception {
    int uses = 60;
    try (FleetMember one = FleetMember.open(data("one"), direct());
        FleetMember other = FleetMember.open(data("other"), direct());
        ExecutorService executor = Executors.newFixedThreadPool(2)) {
      one.apply(claimOf(uses));
      other.awaitRevision(one.store.state().revision());
      AtomicInteger confirmed = new AtomicInteger();
      List<Future<?>> all = new ArrayList<>();
      for (FleetMember member : List.of(one, other)) {
        String prefix = member == one ? "one-" : "other-";
        all.add(
            executor.submit(() -> {
              int number = 0;
              while (confirmed.get() < 40) {
                try {
                  member.apply(
                      new Step.UseClaim("h"), new Step.InsertDevice(device(prefix + number++)));
                  confirmed.incrementAndGet();
                } catch (StoreUnavailableException e) {
                  TimeUnit.MILLISECONDS.sleep(20); // as a device does that is told to come again
                }
              }
              return null;
            }));
      }
      soon().until(() -> confirmed.get() >= 10);
      server.kill();
      server.startAgain();
      for (Future<?> each : all) {
        each.get(60, TimeUnit.SECONDS);
      }
      String devices = server.sql(database, "SELECT count(*) FROM sluice.device");
      assertThat(Integer.parseInt(devices) + Integer.parseInt(usesLeft())).isEqualTo(uses);
      assertThat(Integer.parseInt(devices)).isGreaterThanOrEqualTo(confirmed.get());
      String revision = server.sql(database, "SELECT revision FROM sluice.registry");
      for (FleetMember member : List.of(one, other)) {
        member.awaitRevision(Long.parseLong(revision));
        assertThat(member.devices()).hasSize(Integer.parseInt(devices));
      }
    }
  }

  @Test
  void aDiskThatIsFullRefusesChangesWithThatReasonUntilThereIsRoom() throws Exception {
    try (FleetMember member = FleetMember.open(data("one"), direct());
        FullDisk disk = FullDisk.under(server, database, "sluice.device")) {
      member.apply(new Step.InsertDevice(device("before")));
      disk.fill();
      List<Step> many = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        many.add(new Step.InsertDevice(device("full-" + i))); // more than a page has left
      }
      assertThatThrownBy(() -> member.apply(many))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("its disk is full")
          .hasMessageContaining("make room there");
      assertThat(member.devices()).containsOnlyKeys("before");
      assertThat(member.store.state().connection())
          .as("it answers, and is followed")
          .isEqualTo(Connection.CONNECTED);
      disk.empty();
      member.apply(new Step.InsertDevice(device("after")));
      assertThat(member.devices()).containsOnlyKeys("before", "after");
    }
  }

  @Test
  void aStandbyIsToldOnceAndLeftForThePrimaryOnceItIsOne() throws Exception {
    try (FleetMember member = FleetMember.open(data("one"), direct())) {
      member.apply(new Step.InsertDevice(device("a")));
      List<Connection> seen = new CopyOnWriteArrayList<>();
      server.stop();
      awaitAway(member);
      server.startAgainAsStandby();
      soon()
          .until(() -> {
            seen.add(member.store.state().connection());
            return String.valueOf(member.store.state().reason()).contains("it takes no writes");
          });
      assertThat(seen).as("a standby is no store").containsOnly(Connection.AWAY);
      assertThat(refusal(member, "b")).contains("name the primary");
      assertThat(member.devices()).containsOnlyKeys("a");
      server.sql(PostgreSql.DATABASE, "SELECT pg_promote()");
      member.awaitConnected();
      member.apply(new Step.InsertDevice(device("b")));
    }
  }

  @Test
  void aDatabaseThatIsSetToReadOnlyRefusesChangesAndIsFollowed() throws Exception {
    try (FleetMember writes = FleetMember.open(data("writes"), direct())) {
      server.sql(PostgreSql.DATABASE, user());
      server.sql(
          database,
          PostgresRoles.sql(),
          "INSERT INTO sluice.gateway_role VALUES ('gw_" + database + "', '*')");
      server.sql(
          PostgreSql.DATABASE,
          "ALTER ROLE gw_" + database + " SET default_transaction_read_only = on");
      try (FleetMember reads = FleetMember.open(data("reads"), asUser())) {
        assertThat(refusal(reads, "x")).contains("it takes no writes", "name the primary");
        writes.apply(new Step.InsertDevice(device("a")));
        soon().until(() -> reads.device("a") != null);
      }
    }
  }

  @Test
  void anotherRegistryThanBeforeIsBroughtWhatTheGatewayHasAndTheFleetHolds() throws Exception {
    StoredDevice fleets = device("both", "of the fleet");
    try (FleetMember member = FleetMember.open(data("one"), direct())) {
      member.apply(
          claimOf(5),
          new Step.InsertDevice(device("both")),
          new Step.InsertDevice(device("mine")),
          new Step.BarDevice("barred", 10));
      putOff(aside("former"));
      String other = server.newDatabase();
      FleetDatabase.migrate(server, other);
      FleetStoreSettings there = FleetDatabase.settings(server, other);
      try (FleetMember second = FleetMember.open(data("second"), there)) {
        second.apply(new Step.InsertDevice(fleets), new Step.InsertDevice(device("theirs")));
      }
      unused(other, "ALTER DATABASE " + other + " RENAME TO " + database);
      soon().until(() -> member.device("theirs") != null);
      member.awaitConnected();
      assertThat(member.devices())
          .containsOnlyKeys("both", "mine", "theirs")
          .containsEntry("both", fleets);
      assertThat(StoreContract.contents(member).barred()).containsExactly("barred");
      assertThat(usesLeft()).isEqualTo("5");
      assertThat(server.sql(database, "SELECT id FROM sluice.device ORDER BY id"))
          .isEqualTo("both\nmine\ntheirs");
    }
  }

  @Test
  void anOlderBackupLosesNothingOfWhatGatewaysHaveAlsoWhereItsRevisionsAreAsManyAgain()
      throws Exception {
    try (FleetMember one = FleetMember.open(data("one"), direct())) {
      one.apply(new Step.InsertDevice(device("old")));
      one.apply(new Step.InsertDevice(device("changed")));
      PostgresLink.State before = one.reached();
      putOff("CREATE DATABASE " + database + "_backup TEMPLATE " + database);
      server.sql(
          PostgreSql.DATABASE, "ALTER DATABASE " + database + " WITH ALLOW_CONNECTIONS true");
      one.awaitConnectedAfter(before);
      one.apply(new Step.UpdateDevice(device("changed"), device("changed", "later")));
      one.apply(new Step.RemoveDevice("old"), new Step.BarDevice("old", 10));
      one.apply(new Step.InsertDevice(device("new-1")));
      FleetMember.open(data("other"), direct()).close();
      one.apply(new Step.InsertDevice(device("new-2")));
      String registry = server.sql(database, "SELECT id FROM sluice.registry");

      putOff(aside("lost"));
      server.sql(
          PostgreSql.DATABASE, "ALTER DATABASE " + database + "_backup RENAME TO " + database);
      soon()
          .until(() ->
              "2"
                  .equals(
                      server.sql(
                          database, "SELECT count(*) FROM sluice.device WHERE id LIKE 'new-%'")));
      one.awaitConnected();
      assertThat(one.devices())
          .as("what both have is the fleet's: as it was in the backup")
          .containsEntry("changed", device("changed"))
          .containsOnlyKeys("old", "changed", "new-1", "new-2");
      assertThat(StoreContract.contents(one).barred()).containsExactly("old");
      assertThat(server.sql(database, "SELECT id FROM sluice.registry")).isNotEqualTo(registry);
      for (int i = 0; i < 10; i++) {
        one.apply(new Step.SaveDevice(device("more-" + i)));
      }
      try (FleetMember other = FleetMember.open(data("other"), direct())) {
        assertThat(other.devices())
            .as("its revision is there again, of other changes: it has noticed")
            .isEqualTo(one.devices());
      }
    }
  }

  /** Lets nobody into the database any more, ends all connections, and does that then. */
  private void putOff(String then) throws IOException {
    server.sql(PostgreSql.DATABASE, "ALTER DATABASE " + database + " WITH ALLOW_CONNECTIONS false");
    unused(database, then);
  }

  /** Ends its connections until there are none: one that is just being made is not listed yet. */
  private void unused(String name, String then) {
    soon()
        .ignoreExceptionsMatching(e -> String.valueOf(e.getMessage()).contains("by other users"))
        .until(() -> {
          server.sql(
              PostgreSql.DATABASE,
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
                  + name
                  + "'",
              then);
          return true;
        });
  }

  private String aside(String name) {
    return "ALTER DATABASE " + database + " RENAME TO " + database + "_" + name;
  }

  private String user() {
    return "CREATE ROLE gw_" + database + " LOGIN PASSWORD '" + PASSWORD + "'";
  }

  private FleetStoreSettings asUser() throws IOException {
    server.sql(PostgreSql.DATABASE, "GRANT sluice_gateway TO gw_" + database);
    return new FleetStoreSettings(
        direct().uri(), "gw_" + database, new Secret(PASSWORD), null, direct().key());
  }

  @Test
  void tooManyConnectionsAreToldAndTakenOnceThereIsRoom() throws Exception {
    server.sql(PostgreSql.DATABASE, user());
    server.sql(
        database,
        PostgresRoles.sql(),
        "INSERT INTO sluice.gateway_role VALUES ('gw_" + database + "', '*')");
    server.sql(PostgreSql.DATABASE, "ALTER ROLE gw_" + database + " CONNECTION LIMIT 1");
    try (FleetMember member = FleetMember.start(data("one"), asUser())) {
      member.load(new RegistryStore.Loader() {});
      member.store.follow();
      String reason = "it has too many connections";
      soon().until(() -> String.valueOf(member.store.state().reason()).contains(reason));
      assertThat(member.store.state().reason())
          .contains("too many connections for role")
          .contains("raise max_connections there");
      assertThat(refusal(member, "x")).contains("it has too many connections");
      server.sql(PostgreSql.DATABASE, "ALTER ROLE gw_" + database + " CONNECTION LIMIT 20");
      member.awaitConnected();
      member.apply(new Step.InsertDevice(device("a")));
    }
  }
}
