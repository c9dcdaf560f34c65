package io.sluice.sim.vendor.lorawan;

import io.sluice.sim.device.Hash;
import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** How well a frame was heard, and which one of its session it is. */
final class Heard {
  static final double SNR = 7.5;
  static final double FAR_SNR = -3.2;
  private static final long WEAKEST = -100;
  private static final int SPREAD = 40;
  private static final long FARTHER = 31;

  private Heard() {}

  /** By the gateway that heard it best, dBm. */
  static long rssi(long index) {
    return WEAKEST + index % SPREAD;
  }

  static long farRssi(long index) {
    return rssi(index) - FARTHER;
  }

  /** The sample with what a record says of a frame that two gateways heard. */
  static List<Field> fields(List<Field> measured, String gateway, long index, int port) {
    List<Field> fields = new ArrayList<>(measured);
    fields.add(new Field("rssi", "dBm", rssi(index)));
    fields.add(new Field("snr", "dB", SNR));
    fields.add(new Field("gateway", null, gateway));
    fields.add(new Field("gateways", null, 2L));
    fields.add(new Field("fCnt", null, index));
    fields.add(new Field("fPort", null, (long) port));
    return fields;
  }

  /** Address in its session: a device joins anew for each run. */
  static String address(DeviceSpec spec, Sample said, long index) {
    return "%08x".formatted(Hash.mix(spec.seed(), said.n() - index) & 0xFFFFFFFFL);
  }

  static String time(Sample said) {
    return Instant.EPOCH.plus(said.micros(), ChronoUnit.MICROS).toString();
  }
}
