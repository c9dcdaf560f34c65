package io.sluice.engine.coverage;

import java.io.DataInput;
import java.io.IOException;

/** Where a device is counted. */
record Group(String sector, String site, String model) {
  /** As it was saved; its names are shared, for many devices have the same. */
  static Group read(DataInput in) throws IOException {
    return new Group(in.readUTF().intern(), in.readUTF().intern(), in.readUTF().intern());
  }
}
