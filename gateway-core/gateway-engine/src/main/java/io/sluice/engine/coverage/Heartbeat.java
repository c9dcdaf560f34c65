package io.sluice.engine.coverage;

import io.sluice.api.Lane;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/**
 * The gateway was alive then. Immutable.
 *
 * @param micros by its clock, since the epoch
 * @param epoch of the spool; empty where it was noted by a Sluice of November 2026 or before
 * @param places by lane: a record of this sequence or above was stored, or at least read, later
 */
record Heartbeat(long micros, String epoch, Map<Lane, Long> places) {
  void write(DataOutput out) throws IOException {
    out.writeLong(micros);
    out.writeUTF(epoch);
    for (Lane lane : Lane.values()) {
      out.writeLong(places.getOrDefault(lane, 0L));
    }
  }

  static Heartbeat read(DataInputStream in) throws IOException {
    long micros = in.readLong();
    Map<Lane, Long> places = new EnumMap<>(Lane.class);
    if (in.available() == 0) {
      return new Heartbeat(micros, "", places);
    }
    String epoch = in.readUTF();
    for (Lane lane : Lane.values()) {
      places.put(lane, in.readLong());
    }
    return new Heartbeat(micros, epoch, places);
  }
}
