package io.sluice.spool;

import io.sluice.api.Lane;
import java.util.Map;

/**
 * What became of a lane's records at one reader: {@code accepted = delivered + queued +
 * sum(dropped)}, exact.
 *
 * @param dropped reason → records: {@code overflow}, {@code expired}, {@code damaged}, or what the
 *     reader gave
 */
public record ReaderStats(
    String reader,
    Lane lane,
    long accepted,
    long delivered,
    long queued,
    Map<String, Long> dropped) {
  public boolean balances() {
    return accepted
        == delivered + queued + dropped.values().stream().mapToLong(Long::longValue).sum();
  }
}
