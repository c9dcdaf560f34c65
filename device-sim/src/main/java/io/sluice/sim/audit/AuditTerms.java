package io.sluice.sim.audit;

/**
 * What an audit asks of the far end.
 *
 * @param exactlyOnce whether a record that is delivered twice under the same id is a fault. An
 *     upstream that delivers at least once may do so when the gateway or the line fails.
 * @param strict whether a record of a device that the fleet does not have is a fault
 * @param untilMillis when the far end was read, by the clock of the fleet; no record may have been
 *     received later
 */
public record AuditTerms(boolean exactlyOnce, boolean strict, long untilMillis) {
  /** Everything once; others may write there too. */
  public static final AuditTerms EXACTLY_ONCE = new AuditTerms(true, false, Long.MAX_VALUE);

  AuditTerms until(long millis) {
    return new AuditTerms(exactlyOnce, strict, millis);
  }
}
