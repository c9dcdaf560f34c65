package io.sluice.engine.coverage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.Damage;
import io.sluice.api.GatewayTime;
import io.sluice.api.config.Bytes;
import io.sluice.api.operator.CoverageService.Stop;
import io.sluice.api.operator.CoverageService.StopScope;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.credential.AccessSettings;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import io.sluice.spool.writer.SegmentedSpool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A damaged {@code coverage.db} costs the figures of the past, never the gateway. */
@Timeout(60)
class CoverageDamageTest {
  @TempDir Path data;

  private Registry registry;
  private SegmentedSpool spool;
  private CoverageEngine coverage;

  @BeforeEach
  void open() throws Exception {
    registry =
        Registry.open(
            data,
            AccessSettings.DEFAULTS,
            LimitSettings.DEFAULTS,
            Set.of("cnc"),
            Clock.systemUTC());
    spool = SegmentedSpool.open(small(), data.resolve("spool"), Clock.systemUTC());
    start();
  }

  static SpoolSettings small() {
    return new SpoolSettings(
        new Bytes(4 << 20),
        new Bytes(64 << 10),
        10,
        20,
        Policy.REFUSE,
        Policy.REFUSE,
        Policy.REFUSE,
        null,
        new Bytes(1 << 20),
        new Bytes(16 << 20),
        null);
  }

  @AfterEach
  void close() {
    coverage.close();
    spool.close();
    registry.close();
  }

  private void start() throws Exception {
    coverage =
        CoverageEngine.start(
            "edge-01",
            data,
            CoverageSettings.DEFAULTS,
            registry,
            Profiles.NONE,
            spool,
            GatewayTime.system());
  }

  private static Stop stop() {
    return new Stop(0, StopScope.ALL, "", 0, null, "the yearly stop", "admin");
  }

  @Test
  void fileOfSomethingElseIsSetAside() throws Exception {
    coverage.close();
    Files.writeString(data.resolve("coverage.db"), "garbage ".repeat(1_000));
    start();
    assertThat(data.resolve("coverage.db.damaged")).exists();
    assertThat(coverage.addStop(stop()).id()).isPositive();
  }

  @Test
  void rowsThatMakeNoSenseAreSetAside() throws Exception {
    coverage.addStop(stop());
    coverage.close();
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("coverage.db"));
        Statement statement = connection.createStatement()) {
      statement.execute("INSERT OR REPLACE INTO device(number, state) VALUES(1, x'0102')");
    }
    start();
    assertThat(data.resolve("coverage.db.damaged")).exists();
    assertThat(coverage.stops()).isEmpty();
  }

  @Test
  void whatIsInMemoryIsKeptWhereTheFileIsDamagedMeanwhile() throws Exception {
    coverage.addStop(stop());
    Damage.whileInUse(data.resolve("coverage.db"), "INSERT INTO meta VALUES('x', x'00')");
    await()
        .until(() -> {
          try {
            coverage.addStop(stop());
          } catch (StoreUnavailableException e) {
            return true;
          }
          return Files.exists(data.resolve("coverage.db.damaged"));
        });
    await()
        .untilAsserted(() -> {
          try (Connection connection =
                  DriverManager.getConnection("jdbc:sqlite:" + data.resolve("coverage.db"));
              Statement statement = connection.createStatement();
              var rows = statement.executeQuery("SELECT count(*) FROM stop")) {
            assertThat(rows.getInt(1)).isPositive();
          }
        });
    assertThat(coverage.stops()).isNotEmpty();
  }
}
