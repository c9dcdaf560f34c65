package io.sluice.api.codec;

import io.sluice.api.Device;
import java.util.List;

/**
 * Turns a command into the bytes that a device takes. Pure, as a {@link PayloadCodec} is, and
 * confined to one thread as that is.
 */
@FunctionalInterface
public interface DownlinkCodec {
  /**
   * What is sent to the device.
   *
   * @param bytes its payload; must not be changed
   * @param port LoRaWAN's FPort, 1 to 223, or {@link PayloadCodec#NO_PORT}: that of the dialect
   * @param warnings one sentence each
   */
  record Downlink(byte[] bytes, int port, List<String> warnings) {
    public Downlink {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Writes one command.
   *
   * @param json the command's payload, one JSON document
   * @throws PayloadException where the command is none that the device knows
   */
  Downlink encode(byte[] json, Device device) throws PayloadException;
}
