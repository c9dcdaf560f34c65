package io.sluice.engine.coverage;

/** Where a device is counted. */
record Group(String sector, String site, String model) {}
