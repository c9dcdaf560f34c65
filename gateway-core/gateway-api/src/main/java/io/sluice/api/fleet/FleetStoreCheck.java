package io.sluice.api.fleet;

import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Asks a fleet's store whether it is there, for tools. Found by {@link ServiceLoader}; has a public
 * constructor.
 */
public interface FleetStoreCheck {
  /**
   * What is wrong with the store, in a sentence for operators; null where it answers and has what a
   * gateway needs. Waits for the network.
   */
  @Nullable String fault(FleetStoreSettings settings);

  /** The one that is installed. */
  static FleetStoreCheck installed() {
    return ServiceLoader.load(FleetStoreCheck.class)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no store of a fleet is installed"));
  }
}
