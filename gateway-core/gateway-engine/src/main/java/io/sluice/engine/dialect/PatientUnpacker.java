package io.sluice.engine.dialect;

import io.sluice.api.Device;
import io.sluice.api.dialect.SessionUnpacker;
import io.sluice.api.dialect.VendorSession;

/** One whose messages wait for those before them as long as the rule says. Immutable. */
record PatientUnpacker(SessionUnpacker of, long patienceMicros) implements SessionUnpacker {
  @Override
  public VendorSession open(Device device) {
    return of.open(device);
  }
}
