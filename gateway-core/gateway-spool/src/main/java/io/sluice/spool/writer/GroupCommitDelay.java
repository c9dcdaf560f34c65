package io.sluice.spool.writer;

/**
 * Whether to let entries gather before a sync. It spares syncs where devices send when they like,
 * and only slows those that send the next when the last is acknowledged: then all that can come
 * comes at once. So it is judged by what comes late. Not thread-safe.
 */
final class GroupCommitDelay {
  /** So many times in a row of no use, and it is left off. */
  private static final int PATIENCE = 4;

  /** Groups without, until it is tried once more. */
  private static final int GROUPS_WITHOUT = 256;

  /** Where it is of use, one group in so many is watched: watching costs a wake-up of its own. */
  private static final int WATCHED_ONE_IN = 16;

  private int patience = PATIENCE;
  private int unwatched = WATCHED_ONE_IN;
  private int groupsWithout;

  /** Asked once a group. */
  boolean isWorthwhile() {
    if (patience > 0) {
      return true;
    }
    groupsWithout++;
    if (groupsWithout == GROUPS_WITHOUT) {
      groupsWithout = 0;
      patience = 1;
    }
    return false;
  }

  /** Whether what comes of it this time is to be told. Asked once a group that gathers. */
  boolean isWatched() {
    unwatched++;
    if (patience == PATIENCE && unwatched < WATCHED_ONE_IN) {
      return false;
    }
    unwatched = 0;
    return true;
  }

  /**
   * Told what came of it, where it was watched.
   *
   * @param burst entries that were there early
   * @param late those that came in the time after, which is about as long
   */
  void ended(int burst, int late) {
    patience = 2 * late >= burst ? PATIENCE : patience - 1;
  }
}
