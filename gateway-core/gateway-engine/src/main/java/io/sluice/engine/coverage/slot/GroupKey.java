package io.sluice.engine.coverage.slot;

import java.io.DataInput;
import java.io.IOException;

/** Where a device is counted. */
public record GroupKey(String sector, String site, String model) {
  /** As it was saved; its names are shared, for many devices have the same. */
  static GroupKey read(DataInput in) throws IOException {
    return new GroupKey(in.readUTF().intern(), in.readUTF().intern(), in.readUTF().intern());
  }
}
