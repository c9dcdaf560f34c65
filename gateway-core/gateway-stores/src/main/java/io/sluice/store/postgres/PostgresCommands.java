package io.sluice.store.postgres;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.fleet.FleetCommands;
import io.sluice.api.fleet.OutcomeUnknownException;
import io.sluice.api.operator.CommandService.CommandView;
import io.sluice.api.operator.CommandService.State;
import io.sluice.api.operator.CommandService.Submission;
import io.sluice.api.store.StoreUnavailableException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The table {@code sluice.fleet_command}. */
public final class PostgresCommands implements FleetCommands {
  /** After it, a command that was given out to a poll and not answered may be given out again. */
  private static final Duration POLL_AGAIN = Duration.ofSeconds(30);

  /** The gateway that has a command in hand ends it by its own timer before. */
  private static final Duration EXPIRY_GRACE = Duration.ofSeconds(10);

  private static final String VIEW =
      "SELECT id, device, name, CASE WHEN NOT over AND expires <= clock_timestamp() THEN 'EXPIRED'"
          + " ELSE state END AS state, created, expires, sent, acknowledged, reason_code"
          + " FROM sluice.fleet_command ";

  private static final String IN_HAND =
      "SELECT *, (extract(epoch FROM clock_timestamp() - created) * 1000000)::bigint AS age_us,"
          + " (extract(epoch FROM expires - clock_timestamp()) * 1000000)::bigint AS left_us FROM ";

  private final Queries queries;

  public PostgresCommands(DataSource database) {
    this.queries = new Queries(database);
  }

  @Override
  public Submission submit(Order order) {
    DeviceId via = order.via();
    CommandView queued =
        queries.first(
            "SELECT * FROM sluice.submit_command(?, ?, ?::text, ?, ?, ?, ?, ?, ?)",
            PostgresCommands::view,
            order.id(),
            order.device().value(),
            via == null ? null : via.value(),
            order.name(),
            order.contentType().name(),
            order.payload(),
            order.expiry().toNanos() / 1_000,
            MAX_WAITING,
            MAX_ENDED);
    if (queued == null) {
      return new Submission.QueueFull(MAX_WAITING);
    }
    try {
      tellAgain(List.of(order.id()), null);
    } catch (StoreUnavailableException e) {
      throw new OutcomeUnknownException("it is queued, and nobody was told: " + e.getMessage(), e);
    }
    return new Submission.Taken(queued);
  }

  /**
   * Tells once more of commands that wait, now that they can be seen. A gateway at which a device
   * signed in while the command's transaction ended saw no command, and that transaction no
   * sign-in.
   *
   * @param but a gateway that is not told, or null
   */
  private void tellAgain(List<String> ids, @Nullable String but) {
    if (!ids.isEmpty()) {
      queries.all(
          "SELECT pg_notify(sluice.gateway_channel(s.gateway), 'c ' || c.device)"
              + " FROM sluice.fleet_command c"
              + " JOIN sluice.session s ON s.device IN (c.device, c.via)"
              + " WHERE c.id = ANY (?) AND c.gateway IS NULL AND NOT c.over"
              + " AND s.gateway IS DISTINCT FROM ?::text",
          row -> Boolean.TRUE,
          ids.toArray(String[]::new),
          but);
    }
  }

  @Override
  public @Nullable CommandView get(DeviceId device, String id) {
    return queries.first(
        VIEW + "WHERE device = ? AND id = ?", PostgresCommands::view, device.value(), id);
  }

  @Override
  public List<CommandView> list(DeviceId device, int limit) {
    return queries.all(
        VIEW + "WHERE device = ? ORDER BY sequence DESC LIMIT ?",
        PostgresCommands::view,
        device.value(),
        Math.max(0, limit));
  }

  @Override
  public @Nullable CommandView cancel(DeviceId device, String id) {
    queries.all("SELECT sluice.cancel_command(?, ?)", row -> Boolean.TRUE, device.value(), id);
    return get(device, id);
  }

  @Override
  public List<InHand> take(String gateway, List<String> devices, int limit) {
    return inHand(
        "sluice.take_commands(?, ?, ?, ?)",
        gateway,
        devices.toArray(String[]::new),
        limit,
        POLL_AGAIN.toMillis());
  }

  @Override
  public List<InHand> inHand(String gateway, int limit) {
    return inHand(
        "(SELECT * FROM sluice.fleet_command c WHERE c.gateway = ? AND NOT c.over"
            + " AND c.expires > clock_timestamp() ORDER BY c.sequence LIMIT ?) AS held",
        gateway,
        limit);
  }

  private List<InHand> inHand(String from, @Nullable Object... parameters) {
    record Numbered(long sequence, InHand command) {}
    return queries
        .all(IN_HAND + from, row -> new Numbered(row.getLong("sequence"), inHand(row)), parameters)
        .stream()
        .sorted(Comparator.comparingLong(Numbered::sequence))
        .map(Numbered::command)
        .toList();
  }

  private static InHand inHand(ResultSet row) throws SQLException {
    return new InHand(
        row.getString("id"),
        new DeviceId(row.getString("device")),
        row.getString("name"),
        ContentType.valueOf(row.getString("content_type")),
        row.getBytes("payload"),
        State.valueOf(row.getString("state")),
        row.getLong("age_us"),
        row.getLong("left_us"));
  }

  @Override
  public void report(String gateway, List<Report> reports) {
    queries.all(
        "SELECT sluice.report_commands(?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row -> Boolean.TRUE,
        gateway,
        reports.stream().map(Report::id).toArray(String[]::new),
        reports.stream().map(Report::device).toArray(String[]::new),
        reports.stream().map(each -> each.state().name()).toArray(String[]::new),
        reports.stream().map(Report::sentMicros).toArray(Long[]::new),
        reports.stream().map(Report::answeredMicros).toArray(Long[]::new),
        reports.stream().map(Report::reasonCode).toArray(Integer[]::new),
        reports.stream().map(Report::isOver).toArray(Boolean[]::new),
        reports.stream().map(Report::isReleased).toArray(Boolean[]::new));
    tellAgain(reports.stream().filter(Report::isReleased).map(Report::id).toList(), gateway);
  }

  @Override
  public Set<String> stillInHand(String gateway, List<String> ids) {
    return queries
        .all(
            "SELECT id FROM sluice.fleet_command WHERE id = ANY (?) AND gateway = ? AND NOT over",
            row -> row.getString(1),
            ids.toArray(String[]::new),
            gateway)
        .stream()
        .collect(Collectors.toSet());
  }

  @Override
  public boolean push(
      String gateway, InHand command, @Nullable DeviceId via, @Nullable Long sentMicros) {
    Boolean own =
        queries.first(
            "SELECT sluice.push_command(?, ?, ?, ?::text, ?, ?, ?, ?, ?, ?, ?::bigint)",
            row -> row.getBoolean(1),
            gateway,
            command.id(),
            command.device().value(),
            via == null ? null : via.value(),
            command.name(),
            command.contentType().name(),
            command.payload(),
            command.ageMicros(),
            command.leftMicros(),
            command.state().name(),
            sentMicros);
    return Boolean.TRUE.equals(own);
  }

  @Override
  public long expire(int limit) {
    Long ended =
        queries.first(
            "SELECT sluice.expire_commands(?, ?)",
            row -> row.getLong(1),
            EXPIRY_GRACE.toMillis(),
            limit);
    return ended == null ? 0 : ended;
  }

  @Override
  public long releaseOrphans(int limit) {
    List<String> released =
        queries.all(
            "UPDATE sluice.fleet_command c SET gateway = NULL, state = 'QUEUED' WHERE c.sequence IN"
                + " (SELECT o.sequence FROM sluice.fleet_command o JOIN sluice.gateway g"
                + " ON g.id = o.gateway WHERE g.lease_until <= clock_timestamp() AND NOT o.over"
                + " AND o.expires > clock_timestamp() ORDER BY o.sequence LIMIT ?"
                + " FOR UPDATE OF o SKIP LOCKED)"
                + " RETURNING c.id, sluice.tell_command(c.device, c.via)",
            row -> row.getString("id"),
            limit);
    tellAgain(released, null);
    return released.size();
  }

  private static CommandView view(ResultSet row) throws SQLException {
    int reason = row.getInt("reason_code");
    Integer code = row.wasNull() ? null : Integer.valueOf(reason);
    return new CommandView(
        row.getString("id"),
        new DeviceId(row.getString("device")),
        row.getString("name"),
        State.valueOf(row.getString("state")),
        Queries.time(row, "created"),
        Queries.time(row, "expires"),
        Queries.micros(row, "sent"),
        Queries.micros(row, "acknowledged"),
        code);
  }
}
