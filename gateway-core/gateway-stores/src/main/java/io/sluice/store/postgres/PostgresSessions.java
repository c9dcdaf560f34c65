package io.sluice.store.postgres;

import io.sluice.api.fleet.FleetSessions;
import java.util.List;
import javax.sql.DataSource;

/** The table {@code sluice.session}. */
public final class PostgresSessions implements FleetSessions {
  private final Queries queries;

  public PostgresSessions(DataSource database) {
    this.queries = new Queries(database);
  }

  @Override
  public List<Claimed> claim(String gateway, List<SignIn> signIns) {
    return queries.all(
        "SELECT * FROM sluice.claim_sessions(?, ?, ?)",
        row ->
            new Claimed(
                row.getString("claimed"),
                row.getBoolean("won"),
                row.getString("holder"),
                row.getLong("at_epoch")),
        gateway,
        signIns.stream().map(SignIn::device).toArray(String[]::new),
        signIns.stream().map(SignIn::ageMicros).toArray(Long[]::new));
  }

  @Override
  public List<Claimed> holders(String gateway, List<String> devices) {
    return queries.all(
        "SELECT device, gateway = ? AS won, gateway, epoch FROM sluice.session"
            + " WHERE device = ANY (?)",
        row ->
            new Claimed(
                row.getString("device"),
                row.getBoolean("won"),
                row.getString("gateway"),
                row.getLong("epoch")),
        gateway,
        devices.toArray(String[]::new));
  }
}
