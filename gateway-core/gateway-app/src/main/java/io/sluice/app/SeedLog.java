package io.sluice.app;

import io.sluice.engine.registry.provision.SeedReport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what the device files did to the registry. */
final class SeedLog {
  private static final Logger LOG = LoggerFactory.getLogger(SeedLog.class);

  private SeedLog() {}

  static void report(SeedReport report) {
    LOG.info(
        "devices: {} added, {} updated, {} unchanged, {} kept as changed over the API",
        report.added(),
        report.updated(),
        report.unchanged(),
        report.kept());
    report.refused().forEach(line -> LOG.warn("devices: {}", line));
  }
}
