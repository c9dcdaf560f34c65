package io.sluice.codec.sparkplug;

import io.sluice.api.dialect.SessionUnpacker;
import io.sluice.api.dialect.Unpacker;
import io.sluice.api.dialect.UnpackerFactory;

/** Offers {@code unpack: sparkplug}, the rule of the dialect of that name. Thread-safe. */
public final class SparkplugUnpackerFactory implements UnpackerFactory {
  /** One for the whole gateway, whatever is configured how often. */
  private static final MemoryBudget BUDGET = new MemoryBudget();

  @Override
  public String name() {
    return "sparkplug";
  }

  @Override
  public Unpacker create() {
    return (SessionUnpacker) device -> new SparkplugSession(BUDGET);
  }
}
