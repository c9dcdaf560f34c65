package io.sluice.sim.audit;

/**
 * What an audit asks of the far end.
 *
 * @param exactlyOnce whether a record that is delivered twice under the same id is a fault. An
 *     upstream that delivers at least once may do so when the gateway or the line fails.
 * @param strict whether a record of a device that the fleet does not have is a fault
 * @param backlogs how often records had to wait for the far end: across a backlog live records go
 *     first, so that each device's order may be broken once a backlog, in each class
 * @param untilMillis when the far end was read, by the clock of the fleet; no record may have been
 *     received later
 */
public record AuditTerms(boolean exactlyOnce, boolean strict, long backlogs, long untilMillis) {
  /** Everything once; others may write there too. */
  public static final AuditTerms EXACTLY_ONCE = new AuditTerms(true, false, 0, Long.MAX_VALUE);

  /** The same where records had to wait so often. */
  public AuditTerms across(long times) {
    return new AuditTerms(exactlyOnce, strict, times, untilMillis);
  }

  AuditTerms until(long millis) {
    return new AuditTerms(exactlyOnce, strict, backlogs, millis);
  }
}
