package io.sluice.codec.sparkplug;

import io.sluice.api.Device;
import io.sluice.api.dialect.SessionUnpacker;
import io.sluice.api.dialect.VendorSession;

/** Opens what is known of each session's nodes. Thread-safe. */
final class SparkplugUnpacker implements SessionUnpacker {
  /** One for the whole gateway, whatever is configured how often. */
  static final MemoryBudget BUDGET = new MemoryBudget();

  @Override
  public VendorSession open(Device device) {
    return new SparkplugSession(BUDGET);
  }
}
