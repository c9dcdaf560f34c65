package io.sluice.engine.alarm;

import io.sluice.api.operator.AlarmService.AlarmView;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Escalations on their way to the webhook: a state of the alarm in the book, so that neither a
 * number of them nor a restart loses one. Blocks on the disk.
 */
final class Notifications {
  static final String WAITING = "waiting";
  static final String DELIVERED = "delivered";
  static final String FAILED = "failed";

  private final AlarmDatabase database;

  Notifications(AlarmDatabase database) {
    this.database = database;
  }

  /**
   * One escalation of one alarm. An alarm that becomes graver has a later one; meanwhile it is not
   * escalated, and the former one waits on.
   *
   * @param sinceMicros when it was escalated
   */
  record Key(long alarm, long sinceMicros) {
    static Key of(AlarmView alarm) {
      Long since = alarm.notifiedMicros();
      return new Key(alarm.id(), since == null ? 0 : since);
    }
  }

  /** What became of a post. */
  record Outcome(Key key, boolean isTaken) {}

  /**
   * Those that wait and are not under way: not tried first, of these the gravest, of these the
   * oldest.
   *
   * @param isUntriedOnly leaves out what was tried before
   */
  List<AlarmView> waiting(Set<Key> underWay, int most, boolean isUntriedOnly) {
    return database.transact(connection ->
        new AlarmTable(connection)
                .query(
                    "SELECT * FROM alarm WHERE notification = 'waiting'"
                        + (isUntriedOnly ? " AND tried = 0" : "")
                        + " ORDER BY tried, "
                        + AlarmSearch.RANK
                        + " DESC, notified LIMIT ?",
                    underWay.size() + most)
                .stream()
                .map(AlarmTable.Row::view)
                .filter(alarm -> !underWay.contains(Key.of(alarm)))
                .limit(most)
                .toList());
  }

  /** How many wait; of these, how many have been tried. */
  long[] count() {
    return database.transact(connection -> {
      AlarmTable table = new AlarmTable(connection);
      String waiting = "SELECT count(*) FROM alarm WHERE notification = 'waiting'";
      return new long[] {table.number(waiting), table.number(waiting + " AND tried > 0")};
    });
  }

  /** Takes down what became of posts, all or none of it. */
  void settle(Collection<Outcome> outcomes, long nowMicros) {
    database.transact(connection -> {
      AlarmTable table = new AlarmTable(connection);
      for (Outcome each : outcomes) {
        String set = each.isTaken() ? "notification = 'delivered', notified = ?" : "tried = ?";
        table.update(
            "UPDATE alarm SET "
                + set
                + " WHERE id = ? AND notification = 'waiting' AND notified = ?",
            nowMicros,
            each.key().alarm(),
            each.key().sinceMicros());
      }
      return null;
    });
  }

  /** Gives up those that were escalated before then; answers how many. */
  int giveUp(long beforeMicros, long nowMicros) {
    return database.transact(connection ->
        new AlarmTable(connection)
            .update(
                "UPDATE alarm SET notification = 'failed', notified = ?"
                    + " WHERE notification = 'waiting' AND notified < ?",
                nowMicros,
                beforeMicros));
  }
}
