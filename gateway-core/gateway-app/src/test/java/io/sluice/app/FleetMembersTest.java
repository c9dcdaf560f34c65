package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.LinkEnd;
import io.sluice.api.operator.CommandService.CommandView;
import io.sluice.api.operator.CommandService.State;
import io.sluice.api.operator.CommandService.Submission;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.app.FleetGateway.Link;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two gateways of one fleet on a real PostgreSQL, from their registries to the links of devices.
 */
class FleetMembersTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static PostgreSql server;

  @TempDir Path directory;
  private String database;
  private FleetGateway a;
  private FleetGateway b;

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
  void open() throws Exception {
    database = FleetGateway.newDatabase(server);
    a = FleetGateway.open(server, database, "a", directory.resolve("a"));
    b = FleetGateway.open(server, database, "b", directory.resolve("b"));
  }

  @AfterEach
  void close() {
    if (b != null) {
      a.close();
      b.close();
    }
  }

  private static ConditionFactory patiently() {
    return Awaitility.await()
        .atMost(120, TimeUnit.SECONDS)
        .ignoreException(StoreUnavailableException.class);
  }

  private static String submit(FleetGateway at, String device, String payload) {
    Submission verdict =
        at.service()
            .submit(
                new DeviceId(device),
                "set",
                ContentType.JSON,
                payload.getBytes(StandardCharsets.UTF_8),
                HOUR);
    assertThat(verdict).isInstanceOf(Submission.Taken.class);
    return ((Submission.Taken) verdict).command().id();
  }

  private static State state(FleetGateway at, String device, String id) {
    CommandView view = at.service().get(new DeviceId(device), id);
    return view == null ? State.QUEUED : view.state();
  }

  @Test
  void aSignInAtAnotherGatewayEndsTheSessionAtTheFirst() throws Exception {
    Link first = a.attach("meter-1");
    patiently().until(() -> a.holds("meter-1"));
    Link second = b.attach("meter-1");

    patiently().until(() -> first.closed.get() == LinkEnd.TAKEN_OVER);
    assertThat(second.closed.get()).isNull();
    assertThat(a.member.state().sessionsTakenOver()).isEqualTo(1);
  }

  @Test
  void aCommandGivenAtOneGatewayIsDeliveredByTheOtherThatHasTheDevice() throws Exception {
    Link link = b.attach("meter-1");
    String id = submit(a, "meter-1", "{}");

    patiently().until(() -> link.taken.size() == 1);
    assertThat(link.taken.getFirst().id()).isEqualTo(id);
    patiently().until(() -> state(a, "meter-1", id) == State.ACKNOWLEDGED);
    assertThat(b.service().list(new DeviceId("meter-1"), 10))
        .singleElement()
        .satisfies(view -> assertThat(view.acknowledgedMicros()).isNotNull());
  }

  @Test
  void aCommandWaitsForTheGatewayToWhichTheDeviceComes() throws Exception {
    String id = submit(a, "meter-1", "{}");
    assertThat(state(b, "meter-1", id)).isEqualTo(State.QUEUED);
    Link link = b.attach("meter-1");
    patiently().until(() -> link.taken.size() == 1);
    patiently().until(() -> state(a, "meter-1", id) == State.ACKNOWLEDGED);
  }

  @Test
  void whatADeviceDidNotTakeBeforeItWentIsDeliveredWhereItComes() throws Exception {
    Link deaf = a.attach("meter-1");
    deaf.isDeaf = true;
    String id = submit(b, "meter-1", "{}");
    patiently().until(() -> a.member.state().commandsTaken() == 1);
    Link link = b.attach("meter-1");

    patiently().until(() -> link.taken.size() == 1);
    assertThat(deaf.taken).isEmpty();
    patiently().until(() -> state(a, "meter-1", id) == State.ACKNOWLEDGED);
  }

  @Test
  void aCommandThatIsCancelledAtAnyGatewayIsNotDelivered() throws Exception {
    Link deaf = a.attach("meter-1");
    deaf.isDeaf = true;
    String id = submit(a, "meter-1", "{}");
    patiently().until(() -> a.member.state().commandsTaken() == 1);
    CommandView cancelled = b.service().cancel(new DeviceId("meter-1"), id);
    assertThat(cancelled).isNotNull();
    assertThat(cancelled.state()).isEqualTo(State.CANCELLED);

    patiently().until(() -> a.registry.fleetQueues().waiting().isEmpty());
    deaf.isDeaf = false;
    a.member.commands().ready(new DeviceId("meter-1"));
    String next = submit(a, "meter-1", "{}");
    patiently().until(() -> deaf.taken.size() == 1);
    assertThat(deaf.taken.getFirst().id()).isEqualTo(next);
  }

  @Test
  void aDeviceThatPollsAtEachGatewayInTurnGetsEachCommandOnce() throws Exception {
    DeviceId meter = new DeviceId("meter-1");
    List<String> given = List.of(submit(a, "meter-1", "1"), submit(b, "meter-1", "2"));
    List<String> polled = new ArrayList<>();
    List<FleetGateway> gateways = List.of(a, b);
    String last = null;
    // a poll that the store has not answered for within its time has nothing: the device polls on
    for (int n = 0; n < 4 || (polled.size() < given.size() && n < 40); n++) {
      FleetGateway at = gateways.get(n % 2);
      if (last != null) {
        at.member.commands().acknowledged(meter, last);
      }
      at.member.commands().fetch(meter).toCompletableFuture().get(30, TimeUnit.SECONDS);
      Command command = at.member.commands().poll(meter);
      last = command == null ? null : command.id();
      if (command != null) {
        polled.add(command.id());
      }
      at.tillItHasGivenBack();
    }
    if (last != null) {
      a.member.commands().acknowledged(meter, last);
    }
    assertThat(polled).containsExactlyElementsOf(given);
    for (String id : given) {
      patiently().until(() -> state(a, "meter-1", id) == State.ACKNOWLEDGED);
    }
  }

  @Test
  void whatAGatewayHadInHandWhenItWasKilledIsDeliveredByTheNextAndNothingElseIs() throws Exception {
    Link before = a.attach("meter-1");
    String acknowledged = submit(b, "meter-1", "1");
    patiently().until(() -> state(b, "meter-1", acknowledged) == State.ACKNOWLEDGED);
    before.isDeaf = true;
    String inHand = submit(b, "meter-1", "2");
    patiently().until(() -> a.member.state().commandsTaken() == 2);
    a.kill();
    server.sql(
        database,
        "UPDATE sluice.gateway SET lease_until = clock_timestamp() + interval '1 hour'"
            + " WHERE id = 'a'"); // however long it takes to come to the end of the half minute
    try {
      Link after = b.attach("meter-1");
      patiently().until(() -> b.holds("meter-1"));
      assertThat(after.taken).as("the lease of the one that had it is not over").isEmpty();
      server.sql(
          database, "UPDATE sluice.gateway SET lease_until = clock_timestamp() WHERE id = 'a'");
      patiently().until(() -> state(b, "meter-1", inHand) == State.ACKNOWLEDGED);
      assertThat(after.taken).extracting(Command::id).containsExactly(inHand);
      assertThat(before.taken).extracting(Command::id).containsExactly(acknowledged);
    } finally {
      a = FleetGateway.open(server, database, "c", directory.resolve("c"));
    }
  }

  /** Has transactions that queue a command or give one back wait for the lock before they end. */
  private static Connection holdCommits(String database) throws Exception {
    server.sql(
        database,
        "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " PERFORM pg_advisory_xact_lock_shared(42); RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER held AFTER INSERT OR UPDATE ON sluice.fleet_command"
            + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.gateway IS NULL)"
            + " EXECUTE FUNCTION hold()");
    Connection holder =
        DriverManager.getConnection(
            "jdbc:" + server.uri(database), PostgreSql.USER, PostgreSql.PASSWORD);
    try (Statement statement = holder.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(42)");
    }
    return holder;
  }

  private static void waitTillOneIsHeld(String database) {
    patiently()
        .until(() ->
            server
                .sql(
                    database,
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                        + " AND database = (SELECT oid FROM pg_database"
                        + " WHERE datname = current_database())")
                .equals("1"));
  }

  @Test
  void aCommandIsDeliveredWhereItsDeviceSignsInWhileItIsBeingWritten() throws Exception {
    Link link;
    String id;
    try (ExecutorService operator = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> given;
      try (Connection _ = holdCommits(database)) {
        given = operator.submit(() -> submit(b, "meter-1", "{}"));
        waitTillOneIsHeld(database);
        link = a.attach("meter-1");
        patiently().until(() -> a.holds("meter-1"));
        a.member.commands().fetch(link.device).toCompletableFuture().get(30, TimeUnit.SECONDS);
      }
      id = given.get(30, TimeUnit.SECONDS);
    }
    patiently().until(() -> link.taken.size() == 1);
    assertThat(link.taken.getFirst().id()).isEqualTo(id);
  }

  @Test
  void whatIsGivenBackWhileTheDeviceSignsInElsewhereIsDeliveredThere() throws Exception {
    Link deaf = a.attach("meter-1");
    deaf.isDeaf = true;
    patiently().until(() -> a.holds("meter-1"));
    String id = submit(b, "meter-1", "{}");
    patiently().until(() -> a.member.state().commandsTaken() == 1);
    Link link;
    try (Connection _ = holdCommits(database)) {
      a.member.sessions().detach(deaf.device, deaf);
      waitTillOneIsHeld(database);
      link = b.attach("meter-1");
      patiently().until(() -> b.holds("meter-1"));
      b.member.commands().fetch(link.device).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
    patiently().until(() -> link.taken.size() == 1);
    assertThat(link.taken.getFirst().id()).isEqualTo(id);
  }

  @Test
  void withTheStoreAwayACommandIsTakenForADeviceThatIsHereAndRefusedForOthers() throws Exception {
    Link here = a.attach("meter-1");
    patiently().until(() -> a.holds("meter-1"));
    server.kill();
    try {
      String id = submit(a, "meter-1", "{}");
      patiently().until(() -> state(a, "meter-1", id) == State.ACKNOWLEDGED);
      assertThat(here.taken).hasSize(1);
      assertThatThrownBy(() -> submit(a, "meter-2", "{}"))
          .isInstanceOf(StoreUnavailableException.class);
      Link newer = b.attach("meter-1");
      assertThat(newer.closed.get()).as("a sign-in is not held up").isNull();
    } finally {
      server.startAgain();
    }
    patiently().until(() -> here.closed.get() == LinkEnd.TAKEN_OVER);
  }

  @Test
  void noCommandIsLostOrDeliveredTwiceWherePostgresDiesInTheMiddle() throws Exception {
    int devices = 12;
    Set<String> delivered = ConcurrentHashMap.newKeySet();
    Set<String> twice = ConcurrentHashMap.newKeySet();
    List<Link> links = new ArrayList<>();
    for (int n = 0; n < devices; n++) {
      Link link = (n % 2 == 0 ? a : b).attach("meter-" + n);
      link.onTaken =
          id -> {
            if (!delivered.add(id)) {
              twice.add(id);
            }
          };
      links.add(link);
    }
    List<String> accepted = new ArrayList<>();
    for (int round = 0; round < 6; round++) {
      if (round == 2) {
        server.kill();
      }
      if (round == 4) {
        server.startAgain();
      }
      for (int n = 0; n < devices; n++) {
        try {
          accepted.add(
              "meter-" + n + " " + submit((n + round) % 3 == 0 ? a : b, "meter-" + n, "{}"));
        } catch (StoreUnavailableException e) {
          assertThat(e).hasMessageContaining("store");
        }
      }
      if (round == 3) {
        a.moveTo(b, links.get(0));
        a.moveTo(b, links.get(2));
      }
    }
    for (String each : accepted) {
      String device = each.substring(0, each.indexOf(' '));
      String id = each.substring(each.indexOf(' ') + 1);
      patiently().until(() -> state(a, device, id) == State.ACKNOWLEDGED);
      assertThat(delivered).contains(id);
    }
    // of a command that was kept and not told as taken nobody waits for the end but here
    patiently()
        .until(() ->
            server
                .sql(database, "SELECT count(*) FROM sluice.fleet_command WHERE NOT over")
                .equals("0"));
    assertThat(twice).isEmpty();
    assertThat(accepted).hasSizeGreaterThan(2 * devices);
  }
}
