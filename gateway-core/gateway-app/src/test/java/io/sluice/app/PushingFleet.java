package io.sluice.app;

import static org.awaitility.Awaitility.await;

import io.sluice.api.fleet.ConfigurationStore.Audience;
import io.sluice.api.fleet.ConfigurationStore.Pushed;
import io.sluice.api.fleet.ConfigurationStore.Report;
import io.sluice.api.fleet.ConfigurationStore.Step;
import io.sluice.store.postgres.PostgresConfigurations;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** A fleet with a database of its own that pushes configurations to the gateway edge-01. */
final class PushingFleet {
  private static final Duration LONG = Duration.ofSeconds(90);

  private final PostgresConfigurations configurations;
  private final String uri;

  private PushingFleet(PostgresConfigurations configurations, String uri) {
    this.configurations = configurations;
    this.uri = uri;
  }

  static PushingFleet make() throws IOException {
    PostgreSql server = PostgreSql.shared();
    String database = server.newDatabase();
    FleetTables.make(server, database);
    PGSimpleDataSource connections = new PGSimpleDataSource();
    connections.setPortNumbers(new int[] {server.port});
    connections.setDatabaseName(database);
    connections.setUser(PostgreSql.USER);
    connections.setPassword(PostgreSql.PASSWORD);
    return new PushingFleet(new PostgresConfigurations(connections), server.uri(database));
  }

  /** What is written under {@code store}. */
  String store() {
    return "{ uri: \"%s\", user: %s, password: %s }"
        .formatted(uri, PostgreSql.USER, PostgreSql.PASSWORD);
  }

  /** Pushes what is taken live. */
  void push(int trialSeconds, Map<String, String> files) {
    push(trialSeconds, files, false);
  }

  /** Pushes what may want a restart. */
  void pushByRestart(int trialSeconds, String yaml) {
    push(trialSeconds, Map.of("sluice.yaml", yaml), true);
  }

  private void push(int trialSeconds, Map<String, String> files, boolean byRestart) {
    SortedMap<String, byte[]> bytes = new TreeMap<>();
    files.forEach((name, text) -> bytes.put(name, text.getBytes(StandardCharsets.UTF_8)));
    Audience edge = new Audience(List.of("edge-01"), null);
    configurations.push(new Pushed("anna", "", edge, trialSeconds, bytes, byRestart, null));
  }

  /** What the gateway has said of a version. */
  List<Report> said(long version) {
    return configurations.reports(version);
  }

  /** What it has said of the latest that it looked at; null where of none. */
  @Nullable Report said() {
    List<Report> reports = configurations.reports(0);
    return reports.isEmpty() ? null : reports.getFirst();
  }

  /** Waits until that is what it says in the end of the latest. */
  Report comesTo(Step step) {
    return await().atMost(LONG).until(this::said, each -> each != null && each.step() == step);
  }

  /** The same of a version. */
  Report comesTo(long version, Step step) {
    return await()
        .atMost(LONG)
        .until(
            this::said, each -> each != null && each.version() == version && each.step() == step);
  }
}
