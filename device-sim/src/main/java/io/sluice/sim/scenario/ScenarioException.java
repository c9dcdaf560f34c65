package io.sluice.sim.scenario;

import java.util.List;

/** A scenario that cannot be played; the message has one line a fault, each with its place. */
public final class ScenarioException extends Exception {
  private static final long serialVersionUID = 1;

  /** One fault. */
  public ScenarioException(String fault) {
    super(fault);
  }

  /** Several faults, found in one pass. */
  public ScenarioException(List<String> faults) {
    super(String.join(System.lineSeparator(), faults));
  }
}
