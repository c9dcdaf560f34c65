package io.sluice.engine.fleet;

import io.sluice.api.fleet.FleetCommands;
import io.sluice.api.fleet.FleetCommands.Order;
import io.sluice.api.fleet.OutcomeUnknownException;
import io.sluice.api.operator.CommandService.Submission;
import io.sluice.api.store.StoreUnavailableException;
import java.util.Objects;
import java.util.function.Supplier;

/** Gives a command to the fleet's store so that it is there once. */
public final class OrderOnce {
  private static final int ATTEMPTS = 2;

  private OrderOnce() {}

  /**
   * Submits it; the same id again is the same command, so that one of which nobody knows is tried
   * again. Blocks on the network.
   *
   * @param fleet the fleet's commands; may throw where the store is known to be away
   * @throws OutcomeUnknownException where the command may be queued, and nobody knows
   * @throws StoreUnavailableException where it is not queued
   */
  public static Submission submit(Supplier<FleetCommands> fleet, Order order) {
    OutcomeUnknownException unknown = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        return fleet.get().submit(order);
      } catch (OutcomeUnknownException e) {
        unknown = e;
      } catch (StoreUnavailableException e) {
        if (unknown == null) {
          throw e; // it was never given to the store
        }
      }
    }
    throw new OutcomeUnknownException(
        "the fleet's store went away: the command may be queued; look at the device's commands"
            + " before you give it again",
        Objects.requireNonNull(unknown));
  }
}
