package io.sluice.engine.audit;

import io.sluice.api.audit.AuditEvent;
import java.time.Instant;

/**
 * An event on its way into the log.
 *
 * @param times how many like it this one stands for, from 1
 */
record AuditEntry(Instant time, AuditEvent event, long times) {
  /** An event of the log's own. */
  static AuditEntry own(
      Instant time, String action, AuditEvent.Result result, String detail, long times) {
    return new AuditEntry(
        time, new AuditEvent("audit." + action, "gateway", null, null, result, detail), times);
  }
}
