package io.sluice.engine.coverage.slot;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Where a device is counted. */
public record GroupKey(String sector, String site, String model) {
  /** Writes what {@link #read} takes. */
  public void write(DataOutput out) throws IOException {
    out.writeUTF(sector);
    out.writeUTF(site);
    out.writeUTF(model);
  }

  /** As it was saved; its names are shared, for many devices have the same. */
  public static GroupKey read(DataInput in) throws IOException {
    return new GroupKey(in.readUTF().intern(), in.readUTF().intern(), in.readUTF().intern());
  }
}
