package io.sluice.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.StoreContract;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.store.Step;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway asks of PostgreSQL to follow changes, by PostgreSQL's log of statements. */
class FollowerLoadTest {
  private static final String HEAD = "SELECT id, revision, oldest FROM sluice.registry";

  @TempDir Path directory;

  @BeforeAll
  static void needsPostgreSql() {
    Assumptions.assumeTrue(PostgreSql.isInstalled());
  }

  private Path data(String gateway) throws IOException {
    return Files.createDirectories(directory.resolve(gateway));
  }

  /** A statement that PostgreSQL carried out, and the transaction that it was a part of. */
  private record Executed(String transaction, String text) {
    static Executed of(String line) {
      return new Executed(
          line.substring(0, line.indexOf(' ')),
          line.substring(line.indexOf(": ", line.indexOf("execute")) + 2));
    }
  }

  private static PostgreSql logging() throws IOException {
    return new PostgreSql("log_statement = all", "log_line_prefix = '%v '");
  }

  private static List<Executed> statements(PostgreSql server) throws IOException {
    return Files.readAllLines(server.log()).stream()
        .filter(line -> line.contains("execute") && line.contains(": "))
        .map(Executed::of)
        .toList();
  }

  private static FleetStoreSettings fleet(PostgreSql server) throws IOException {
    String database = server.newDatabase();
    FleetDatabase.migrate(server, database);
    return FleetDatabase.settings(server, database);
  }

  private static void tell(FleetMember writer, String device, FleetMember follower) {
    writer.apply(new Step.InsertDevice(StoreContract.full(device, 1)));
    await().atMost(Duration.ofSeconds(60)).until(() -> follower.device(device) != null);
  }

  @Test
  void aChangeOfADeviceIsReadInOneTransactionWithoutWhatHasNotChanged() throws Exception {
    try (PostgreSql server = logging()) {
      FleetStoreSettings settings = fleet(server);
      try (FleetMember writer = FleetMember.open(data("writer"), settings);
          FleetMember follower = FleetMember.open(data("follower"), settings)) {
        tell(writer, "of-writer", follower);
        tell(follower, "of-follower", writer); // both listen, and have looked
        int before = statements(server).size();
        tell(writer, "a", follower);
        List<Executed> asked = statements(server);
        List<Executed> since = asked.subList(before, asked.size());
        List<Executed> ofDevices =
            since.stream()
                .filter(each -> each.text().startsWith("SELECT * FROM sluice.device WHERE rev"))
                .toList();
        assertThat(ofDevices).hasSize(1);
        // another look may come between, which finds nothing new: it is a transaction of its own
        assertThat(since)
            .filteredOn(each -> each.transaction().equals(ofDevices.getFirst().transaction()))
            .extracting(Executed::text)
            .filteredOn(HEAD::equals)
            .hasSize(1);
        assertThat(since)
            .extracting(Executed::text)
            .noneMatch(each -> each.startsWith("SELECT * FROM sluice.claimed_device"))
            .noneMatch(each -> each.startsWith("SELECT kind, key"));
      }
    }
  }

  @Test
  void changesThatComeOneAfterAnotherAreReadTogether() throws Exception {
    try (PostgreSql server = logging()) {
      FleetStoreSettings settings = fleet(server);
      try (FleetMember writer = FleetMember.open(data("writer"), settings);
          FleetMember follower = FleetMember.open(data("follower"), settings)) {
        long began = System.nanoTime();
        int before = statements(server).size();
        for (int i = 0; i < 150 || System.nanoTime() - began < 2_000_000_000L; i++) {
          writer.apply(new Step.SaveDevice(StoreContract.full("a" + i % 50, i)));
        }
        tell(writer, "last", follower);
        List<Executed> asked = statements(server);
        double seconds = (System.nanoTime() - began) / 1e9;
        // a gateway looks each half second at the most; the writer does where it is told of its
        // own change before its copy has it
        assertThat(asked.subList(before, asked.size()))
            .extracting(Executed::text)
            .filteredOn(HEAD::equals)
            .hasSizeLessThanOrEqualTo(2 * ((int) (2 * seconds) + 1));
      }
    }
  }
}
