package io.sluice.store.postgres;

import io.sluice.api.fleet.GatewayLeases;
import io.sluice.api.store.StoreUnavailableException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The table {@code sluice.gateway}. */
public final class PostgresGateways implements GatewayLeases {
  private static final int ATTEMPTS = 3;

  private static final String COLUMNS =
      "SELECT *, lease_until > clock_timestamp() AS running FROM sluice.gateway ";

  private final Queries queries;

  public PostgresGateways(DataSource database) {
    this.queries = new Queries(database);
  }

  @Override
  public Verdict hold(Run run, Duration lease, boolean starts, @Nullable Long clockOffsetMillis) {
    Verdict verdict = null;
    for (int attempt = 0; verdict == null && attempt < ATTEMPTS; attempt++) {
      Long seen =
          queries.first(
              "SELECT at FROM sluice.hold_gateway(?, ?, ?, ?, ?::text, ?, ?, ?, ?, ?::bigint) AS at",
              row -> Queries.time(row, "at"),
              run.id(),
              run.instance(),
              run.place(),
              run.host(),
              run.region(),
              run.version(),
              run.address(),
              lease.toMillis(),
              starts,
              clockOffsetMillis);
      // no other row: its lease was ended just now, and the id is free
      verdict = seen == null ? another(run.id()) : new Held(seen);
    }
    if (verdict == null) {
      throw new StoreUnavailableException("others take and leave the id " + run.id() + " at once");
    }
    return verdict;
  }

  private @Nullable Verdict another(String id) {
    GatewayRow other = queries.first(COLUMNS + "WHERE id = ?", PostgresGateways::row, id);
    return other == null || !other.running() ? null : new HeldByAnother(other);
  }

  @Override
  public void release(Run run) {
    queries.all(
        "UPDATE sluice.gateway SET lease_until = clock_timestamp() WHERE id = ? AND instance = ?"
            + " RETURNING id",
        row -> row.getString(1),
        run.id(),
        run.instance());
  }

  @Override
  public List<GatewayRow> list(String after, int limit) {
    return queries.all(
        COLUMNS + "WHERE id > ? ORDER BY id LIMIT ?", PostgresGateways::row, after, limit);
  }

  /** Ids of the gateways at which devices of these sites signed in last, in their order. */
  public List<String> atSites(List<String> sites) {
    return queries.all(
        "SELECT DISTINCT s.gateway FROM sluice.session s JOIN sluice.device d ON d.id = s.device"
            + " WHERE d.site = ANY (string_to_array(?, chr(10))) ORDER BY s.gateway",
        row -> row.getString(1),
        String.join("\n", sites));
  }

  private static GatewayRow row(ResultSet row) throws SQLException {
    long offset = row.getLong("clock_offset_ms");
    Long known = row.wasNull() ? null : Long.valueOf(offset);
    return new GatewayRow(
        row.getString("id"),
        row.getObject("instance", UUID.class),
        row.getString("host"),
        row.getString("place"),
        row.getString("region"),
        row.getString("version"),
        row.getString("address"),
        Queries.time(row, "started"),
        Queries.time(row, "seen"),
        row.getBoolean("running"),
        known);
  }
}
