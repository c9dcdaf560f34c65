package io.sluice.engine.forward;

import io.sluice.api.Lane;
import io.sluice.spool.SpoolReader;

class MemorySpoolTest extends SpoolReaderContract {
  private final MemorySpool spool = new MemorySpool(0);

  @Override
  void append(Lane lane, long receivedMicros, byte[] body) {
    spool.append(lane, receivedMicros, body);
  }

  @Override
  SpoolReader reader(String name) {
    return spool.reader(name);
  }
}
