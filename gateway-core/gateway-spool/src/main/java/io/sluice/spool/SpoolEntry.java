package io.sluice.spool;

import io.sluice.api.Lane;

/** Something to append. Completed exactly once, on the spool's writer thread. */
public interface SpoolEntry {
  Lane lane();

  /** The bytes to keep; not changed after {@link Spool#append}. */
  byte[] body();

  /** When it was received, microseconds since the epoch: kept with the body. */
  long receivedMicros();

  /** The entry is on disk. Must neither block nor throw. */
  void stored(long sequence);

  /** The disk did not take it; nothing is kept. Must neither block nor throw. */
  void failed(String cause);
}
