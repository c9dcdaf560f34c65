package io.sluice.sim.vendor.lorawan;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.vendor.Fields;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The uplink of a Milesight EM300-TH (user guide, "Sensor Data"): channel, type and value of
 * battery, temperature and humidity; little endian.
 */
final class Em300 {
  static final int PORT = 85;
  private static final long BATTERY = 92;

  private Em300() {}

  /** What an uplink says; humidity has steps of a half. */
  static List<Field> fields(Sample sample) {
    return List.of(
        new Field("temperature", "Cel", Fields.value(sample, "temperature")),
        new Field("humidity", "%RH", Math.rint(Fields.number(sample, "humidity") * 2) / 2),
        new Field("battery", "%", BATTERY));
  }

  static byte[] bytes(Sample said) {
    return ByteBuffer.allocate(10)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {0x01, 0x75})
        .put((byte) Math.round(Fields.number(said, "battery")))
        .put(new byte[] {0x03, 0x67})
        .putShort((short) Math.round(Fields.number(said, "temperature") * 10))
        .put(new byte[] {0x04, 0x68})
        .put((byte) Math.round(Fields.number(said, "humidity") * 2))
        .array();
  }
}
