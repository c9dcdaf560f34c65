package io.sluice.api.audit;

/** Takes down what happened. */
@FunctionalInterface
public interface AuditTrail {
  /**
   * Notes an event. Any thread; never blocks. Beyond the trail's bound events are counted instead,
   * and the trail says how many it lacks.
   */
  void record(AuditEvent event);
}
