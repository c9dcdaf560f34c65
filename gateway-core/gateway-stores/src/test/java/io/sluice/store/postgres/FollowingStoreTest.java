package io.sluice.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.StoreContract;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.config.Secret;
import io.sluice.api.fleet.FleetScope;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.fleet.FleetStoreState.Connection;
import io.sluice.api.store.AppliedChange;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Gateways whose registries follow one in a real PostgreSQL. */
class FollowingStoreTest {
  @TempDir Path directory;

  @BeforeAll
  static void needsPostgreSql() {
    Assumptions.assumeTrue(PostgreSql.isInstalled());
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(60));
  }

  private Path data(String gateway) throws IOException {
    return Files.createDirectories(directory.resolve(gateway));
  }

  private static StoredDevice device(String id, String site, StoredCredentials credentials) {
    return new StoredDevice(
        new Device(new DeviceId(id), "cnc", "farm", site, null, null, false, true, false),
        credentials,
        null);
  }

  private static StoredDevice withToken(String id, String token) {
    return device(id, "a", StoredCredentials.NONE.withTokenHash(token));
  }

  private static StoredCredentials psk(String identity, byte... key) {
    return new StoredCredentials(null, null, identity, key, null, null, null, "the secret");
  }

  @Test
  void changeOfOneGatewayIsToldAtTheOtherAndIsNoNewsAtItsOwn() throws Exception {
    FleetStoreSettings settings = FleetDatabase.settings(FleetDatabase.make());
    try (FleetMember one = FleetMember.open(data("one"), settings);
        FleetMember other = FleetMember.open(data("other"), settings)) {
      List<AppliedChange> toldOne = new CopyOnWriteArrayList<>();
      List<AppliedChange> toldOther = new CopyOnWriteArrayList<>();
      one.changes(toldOne::add);
      other.changes(toldOther::add);
      one.apply(new Step.InsertDevice(StoreContract.full("a", 1)));
      soon().until(() -> !toldOther.isEmpty());
      other.apply(new Step.RemoveDevice("a"), new Step.EndCommands("a"));
      soon().until(() -> toldOne.size() > 1);
      assertThat(toldOther)
          .extracting(AppliedChange::own, AppliedChange::steps)
          .as("its own may be told once more, beside one of another's that is told just then")
          .startsWith(
              tuple(false, List.of(new Step.SaveDevice(StoreContract.full("a", 1)))),
              tuple(true, List.of(new Step.RemoveDevice("a"), new Step.EndCommands("a"))));
      assertThat(toldOne)
          .extracting(AppliedChange::own)
          .as("what it did itself comes once")
          .containsExactly(true, false);
      assertThat(one.devices()).isEmpty();
    }
  }

  @Test
  void anOwnChangeBesideAnOlderOneThatIsStillBeingToldIsToldOnceMoreAfterIt() throws Exception {
    FleetStoreSettings settings = FleetDatabase.settings(FleetDatabase.make());
    StoredDevice before = device("a", "hall", StoredCredentials.NONE);
    StoredDevice after = device("a", "yard", StoredCredentials.NONE);
    CountDownLatch isBeingTold = new CountDownLatch(1);
    CompletableFuture<Boolean> mayGoOn =
        new CompletableFuture<Boolean>().orTimeout(60, TimeUnit.SECONDS);
    List<Step> told = new CopyOnWriteArrayList<>();
    try (FleetMember one = FleetMember.open(data("one"), settings);
        FleetMember other = FleetMember.open(data("other"), settings)) {
      other.changes(change -> {
        if (!change.own()) {
          isBeingTold.countDown();
          mayGoOn.join();
        }
        told.addAll(change.steps());
      });
      one.apply(new Step.InsertDevice(before));
      assertThat(isBeingTold.await(60, TimeUnit.SECONDS)).isTrue();
      other.apply(new Step.UpdateDevice(before, after));
      assertThat(told).containsExactly(new Step.UpdateDevice(before, after));
      mayGoOn.complete(true);
      soon().until(() -> told.size() > 2);
      assertThat(told).endsWith(new Step.SaveDevice(before), new Step.SaveDevice(after));
    }
  }

  @Test
  void gatewayStartsFromItsCopyWithoutPostgreSqlAndRefusesChangesUntilItIsBack() throws Exception {
    try (PostgreSql server = new PostgreSql()) {
      String database = server.newDatabase();
      FleetDatabase.migrate(server, database);
      FleetStoreSettings settings = FleetDatabase.settings(server, database);
      try (FleetMember member = FleetMember.open(data("one"), settings)) {
        member.apply(new Step.InsertDevice(StoreContract.full("a", 1)));
      }
      server.kill();
      try (FleetMember member = FleetMember.start(data("one"), settings)) {
        assertThat(member.devices()).containsOnlyKeys("a");
        member.store.follow();
        soon().until(() -> member.store.state().connection() == Connection.AWAY);
        assertThatThrownBy(() -> member.apply(new Step.RemoveDevice("a")))
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessageStartingWith("the fleet's store " + settings.uri())
            .hasMessageContaining("away since")
            .hasMessageContaining("devices go on");
        member.apply(new Step.AddKnownPlaces(List.of(1L), 10), new Step.SaveSeedDigest("a", "d"));
        server.startAgain();
        member.awaitConnected();
        member.apply(new Step.RemoveDevice("a"));
        assertThat(member.devices()).isEmpty();
      }
    }
  }

  @Test
  void oneTokenOfFiveUsesGivesFiveDevicesAcrossTenGateways() throws Exception {
    FleetStoreSettings settings = FleetDatabase.settings(FleetDatabase.make());
    List<FleetMember> members = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(10)) {
      for (int i = 0; i < 10; i++) {
        members.add(FleetMember.open(data("gateway-" + i), settings));
      }
      members
          .getFirst()
          .apply(
              new Step.SaveClaim(new StoredClaim("h", "n", "cnc", "factory", "a", "*", 5, 20, 10)));
      AtomicInteger taken = new AtomicInteger();
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        FleetMember member = members.get(i);
        String id = "device-" + i;
        all.add(
            executor.submit(() -> {
              try {
                member.apply(
                    new Step.UseClaim("h"), new Step.InsertDevice(withToken(id, "token of " + id)));
                taken.incrementAndGet();
              } catch (StoreConflictException e) {
                assertThat(e).hasMessageContaining("used up");
              }
            }));
      }
      for (Future<?> each : all) {
        each.get();
      }
      assertThat(taken).hasValue(5);
      for (FleetMember member : members) {
        soon().until(() -> member.devices().size() == 5);
        assertThat(StoreContract.contents(member).claims())
            .extracting(StoredClaim::usesLeft)
            .containsExactly(0);
      }
    } finally {
      members.forEach(FleetMember::close);
    }
  }

  @Test
  void deviceThatComesAtTwoGatewaysAtOnceIsRegisteredOnce() throws Exception {
    FleetStoreSettings settings = FleetDatabase.settings(FleetDatabase.make());
    try (FleetMember one = FleetMember.open(data("one"), settings);
        FleetMember other = FleetMember.open(data("other"), settings)) {
      one.apply(new Step.InsertDevice(withToken("a", "first")));
      assertThatThrownBy(() -> other.apply(new Step.InsertDevice(withToken("a", "second"))))
          .isInstanceOf(StoreConflictException.class)
          .hasMessageContaining("registered meanwhile");
      soon().until(() -> withToken("a", "first").equals(other.device("a")));
    }
  }

  @Test
  void gatewayThatWasAwayCatchesUpAlsoWhereTwoDevicesHaveExchangedTheirTokens() throws Exception {
    FleetStoreSettings settings = FleetDatabase.settings(FleetDatabase.make());
    try (FleetMember one = FleetMember.open(data("one"), settings)) {
      one.apply(
          new Step.InsertDevice(withToken("a", "1")),
          new Step.InsertDevice(withToken("b", "2")),
          new Step.InsertDevice(withToken("gone", "3")));
      FleetMember.open(data("other"), settings).close();
      one.apply(new Step.UpdateDevice(withToken("a", "1"), withToken("a", "x")));
      one.apply(new Step.UpdateDevice(withToken("b", "2"), withToken("b", "1")));
      one.apply(new Step.UpdateDevice(withToken("a", "x"), withToken("a", "2")));
      one.apply(new Step.RemoveDevice("gone"));
      one.apply(new Step.BarDevice("gone", 10));
      one.apply(new Step.InsertDevice(withToken("c", "3")));
      try (FleetMember other = FleetMember.open(data("other"), settings)) {
        assertThat(other.devices())
            .isEqualTo(one.devices())
            .containsEntry("a", withToken("a", "2"))
            .containsOnlyKeys("a", "b", "c");
        assertThat(StoreContract.contents(other).barred()).containsExactly("gone");
      }
    }
  }

  @Test
  void copyThatIsOlderThanWhatIsKeptIsReplacedByAllOfIt() throws Exception {
    String database = FleetDatabase.make();
    FleetStoreSettings settings = FleetDatabase.settings(database);
    try (FleetMember one = FleetMember.open(data("one"), settings)) {
      one.apply(new Step.InsertDevice(withToken("a", "1")), new Step.BarDevice("x", 10));
      one.apply(new Step.InsertDevice(withToken("b", "2")));
      FleetMember.open(data("other"), settings).close();
      one.apply(new Step.RemoveDevice("a"), new Step.UnbarDevice("x"));
      one.apply(new Step.InsertDevice(withToken("c", "1")));
      // as if more had been removed since than is kept
      PostgreSql.shared()
          .sql(
              database,
              "DELETE FROM sluice.removal",
              "UPDATE sluice.registry SET oldest = revision");
      try (FleetMember other = FleetMember.open(data("other"), settings)) {
        assertThat(other.devices()).isEqualTo(one.devices()).containsOnlyKeys("b", "c");
        assertThat(StoreContract.contents(other).barred()).isEmpty();
      }
    }
  }

  @Test
  void removalsAreKeptUpToTheirBoundAndSayWhatIsForgotten() throws Exception {
    String database = FleetDatabase.make();
    FleetStoreSettings settings = FleetDatabase.settings(database);
    try (PostgresLink link = PostgresLink.open(settings, "test", Clock.systemUTC())) {
      for (int i = 0; i < 5; i++) {
        int number = i;
        link.transact(connection ->
            new RegistryWriter(connection, FleetScope.ALL, null, null)
                .write(List.of(new Step.InsertDevice(withToken("d" + number, "t" + number))), 2));
        link.transact(connection ->
            new RegistryWriter(connection, FleetScope.ALL, null, null)
                .write(List.of(new Step.RemoveDevice("d" + number)), 2));
      }
    }
    assertThat(PostgreSql.shared().sql(database, "SELECT count(*) FROM sluice.removal"))
        .isEqualTo("2");
    assertThat(PostgreSql.shared().sql(database, "SELECT oldest FROM sluice.registry"))
        .isEqualTo("6");
  }

  @Test
  void gatewayThatJoinsBringsWhatTheFleetHasNotAndTakesWhatItHas() throws Exception {
    FleetStoreSettings settings = FleetDatabase.settings(FleetDatabase.make());
    try (RegistryStore alone = StoreFactory.open(StoreFactory.DEFAULT_TYPE, data("joins"))) {
      alone.apply(
          new Step.InsertDevice(withToken("both", "old")),
          new Step.InsertDevice(withToken("mine", "m")),
          new Step.InsertDevice(withToken("clashes", "taken")));
    }
    try (FleetMember one = FleetMember.open(data("one"), settings)) {
      one.apply(
          new Step.InsertDevice(withToken("both", "new")),
          new Step.InsertDevice(withToken("theirs", "taken")));
      try (FleetMember joins = FleetMember.open(data("joins"), settings)) {
        assertThat(joins.devices())
            .containsEntry("both", withToken("both", "new"))
            .containsEntry("mine", withToken("mine", "m"))
            .as("its token is another's in the fleet: it stays at this gateway alone")
            .containsKey("clashes");
        soon().until(() -> one.devices().containsKey("mine"));
        assertThat(one.devices()).containsOnlyKeys("both", "mine", "theirs");
      }
    }
  }

  @Test
  void gatewayOfSomeSitesHasTheirDevicesAndThoseThatAreMovedLeave() throws Exception {
    FleetStoreSettings settings = FleetDatabase.settings(FleetDatabase.make());
    StoredDevice here = device("here", "a", StoredCredentials.NONE);
    StoredDevice there = device("there", "b", StoredCredentials.NONE);
    StoredDevice fresh = device("fresh", "unregistered", StoredCredentials.NONE);
    try (FleetMember all = FleetMember.open(data("all"), settings);
        FleetMember some = FleetMember.open(data("some"), settings, "a")) {
      all.apply(
          new Step.InsertDevice(here), new Step.InsertDevice(there), new Step.InsertDevice(fresh));
      soon().until(() -> some.devices().size() == 2);
      assertThat(some.devices()).containsOnlyKeys("here", "fresh");
      assertThatThrownBy(
              () -> some.apply(new Step.InsertDevice(device("x", "b", StoredCredentials.NONE))))
          .isInstanceOf(StoreConflictException.class)
          .hasMessageContaining("site b");
      all.apply(new Step.UpdateDevice(here, device("here", "b", StoredCredentials.NONE)));
      all.apply(new Step.UpdateDevice(there, device("there", "a", StoredCredentials.NONE)));
      soon().until(() -> some.devices().containsKey("there"));
      assertThat(some.devices()).containsOnlyKeys("there", "fresh");
      List<Step> told = new CopyOnWriteArrayList<>();
      // those of the others are told after the copy has them: perhaps only now
      some.changes(change -> {
        if (change.own()) {
          told.addAll(change.steps());
        }
      });
      some.apply(
          new Step.UpdateDevice(
              device("there", "a", StoredCredentials.NONE),
              device("there", "c", StoredCredentials.NONE)));
      assertThat(told).containsExactly(new Step.RemoveDevice("there"));
      assertThat(some.devices()).containsOnlyKeys("fresh");
    }
    try (FleetMember more = FleetMember.open(data("some"), settings, "a", "b")) {
      assertThat(more.devices()).as("another scope").containsOnlyKeys("here", "fresh");
    }
  }

  @Test
  void preSharedKeysAndDeviceSecretsAreUnreadableInPostgreSqlAndWithAnotherKey() throws Exception {
    String database = FleetDatabase.make();
    FleetStoreSettings right = FleetDatabase.settings(database);
    FleetStoreSettings wrong = withKey(right, "ff".repeat(32));
    StoredDevice secret = device("a", "a", psk("identity", (byte) 0x5a, (byte) 0x5b, (byte) 0x5c));
    try (FleetMember one = FleetMember.open(data("one"), right);
        FleetMember same = FleetMember.open(data("same"), right);
        FleetMember other = FleetMember.open(data("other"), wrong);
        FleetMember none = FleetMember.open(data("none"), withKey(right, null))) {
      one.apply(new Step.InsertDevice(secret));
      soon().until(() -> secret.equals(same.device("a")));
      soon().until(() -> other.device("a") != null && none.device("a") != null);
      StoredDevice seen = other.devices().get("a");
      assertThat(seen.credentials().pskKey()).isNull();
      assertThat(seen.credentials().secret()).isNull();
      assertThat(other.store.hiddenDevices()).isEqualTo(1);
      String row = PostgreSql.shared().sql(database, "SELECT d FROM sluice.device d");
      assertThat(row).contains("identity").doesNotContain("5a5b5c").doesNotContain("the secret");
      // another's change of what it can see leaves what it cannot
      StoredDevice moved =
          new StoredDevice(
              device("a", "elsewhere", StoredCredentials.NONE).device(), seen.credentials(), null);
      other.apply(new Step.UpdateDevice(seen, moved));
      soon().until(() -> device("a", "elsewhere", secret.credentials()).equals(same.device("a")));
      assertThatThrownBy(
              () -> none.apply(new Step.InsertDevice(device("b", "a", psk("i", (byte) 1)))))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("fleet.store.key-file");
    }
  }

  private static FleetStoreSettings withKey(FleetStoreSettings settings, String key) {
    return new FleetStoreSettings(
        settings.uri(),
        settings.user(),
        settings.password(),
        null,
        key == null ? null : new Secret(key));
  }

  @Test
  void noGatewayMissesAChangeWhereSeveralWriteAtOnce() throws Exception {
    String database = FleetDatabase.make();
    FleetStoreSettings settings = FleetDatabase.settings(database);
    List<FleetMember> members = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        FleetMember member = FleetMember.open(data("gateway-" + i), settings);
        members.add(member);
        String prefix = "d" + i + "-";
        all.add(
            executor.submit(() -> {
              for (int number = 0; number < 60; number++) {
                member.apply(new Step.SaveDevice(withToken(prefix + number, prefix + number)));
                if (number % 3 == 0) {
                  member.apply(new Step.RemoveDevice(prefix + number));
                }
                // all write this one: the last by revision stays
                member.apply(new Step.SaveDevice(withToken("shared", prefix + "s" + number)));
              }
            }));
      }
      for (Future<?> each : all) {
        each.get();
      }
      long revision =
          Long.parseLong(PostgreSql.shared().sql(database, "SELECT revision FROM sluice.registry"));
      members.forEach(member -> member.awaitRevision(revision));
      for (FleetMember member : members) {
        assertThat(member.devices()).hasSize(121).isEqualTo(members.getFirst().devices());
      }
    } finally {
      members.forEach(FleetMember::close);
    }
  }

  @Test
  @Tag("slow")
  void hundredThousandDevicesAreCaughtUpWith() throws Exception {
    FleetStoreSettings settings = FleetDatabase.settings(FleetDatabase.make());
    try (FleetMember one = FleetMember.open(data("one"), settings)) {
      FleetMember.open(data("other"), settings).close();
      for (int from = 0; from < 100_000; from += 10_000) {
        List<Step> steps = new ArrayList<>();
        for (int i = from; i < from + 10_000; i++) {
          steps.add(new Step.InsertDevice(withToken("device-" + i, "token-" + i)));
        }
        one.apply(steps);
      }
      long began = System.nanoTime();
      try (FleetMember other = FleetMember.open(data("other"), settings)) {
        LoggerFactory.getLogger(getClass())
            .info("caught up after {} ms", (System.nanoTime() - began) / 1_000_000);
        assertThat(other.devices()).hasSize(100_000);
      }
    }
  }
}
