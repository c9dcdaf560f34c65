package io.sluice.engine.coverage.slot;

/** When nothing counts of a device: approved stops, and outages of what takes its data. */
public interface ExcludedTimes {
  /**
   * When nothing counts of that device while it is in that group.
   *
   * @param device its id
   */
  Intervals of(String device, GroupKey group);
}
