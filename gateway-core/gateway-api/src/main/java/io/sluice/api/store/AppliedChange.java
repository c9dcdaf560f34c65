package io.sluice.api.store;

import java.util.List;

/**
 * A change that holds.
 *
 * @param revision its number, greater than that of all changes before
 * @param own whether it was applied by this very store object
 * @param steps as they were applied. What a step has dropped by its bound follows as steps of their
 *     own.
 */
public record AppliedChange(long revision, boolean own, List<Step> steps) {
  public AppliedChange {
    steps = List.copyOf(steps);
  }
}
