package io.sluice.sim.vendor.lorawan;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.vendor.Fields;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The uplink of a Dragino LHT65 with its temperature probe (user manual 2.4, "Uplink Payload"):
 * battery and its state, temperature, humidity, kind of the probe, what the probe says; big endian.
 */
final class Lht65 {
  static final int PORT = 2;
  private static final int GOOD_MILLIVOLTS = 3 << 14 | 3062;
  private static final double BATTERY_VOLTS = 3.062;
  private static final int TEMPERATURE_PROBE = 1;
  private static final double PROBE_BELOW = 0.48;

  private Lht65() {}

  /** What an uplink says. */
  static List<Field> fields(Sample sample) {
    List<Field> fields = new ArrayList<>(sample.fields());
    double probe = Fields.rounded(Fields.number(sample, "temperature") - PROBE_BELOW, 2);
    fields.add(new Field("externalTemperature", "Cel", probe));
    fields.add(new Field("batteryVoltage", "V", BATTERY_VOLTS));
    fields.add(new Field("batteryState", null, "good"));
    return fields;
  }

  static byte[] bytes(Sample said) {
    return ByteBuffer.allocate(11)
        .putShort((short) GOOD_MILLIVOLTS)
        .putShort(hundredths(said, "temperature"))
        .putShort((short) Math.round(Fields.number(said, "humidity") * 10))
        .put((byte) TEMPERATURE_PROBE)
        .putShort(hundredths(said, "externalTemperature"))
        .putShort((short) 0x7FFF)
        .array();
  }

  private static short hundredths(Sample said, String name) {
    return (short) Math.round(Fields.number(said, name) * 100);
  }
}
