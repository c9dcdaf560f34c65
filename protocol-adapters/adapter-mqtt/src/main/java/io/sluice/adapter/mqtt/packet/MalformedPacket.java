package io.sluice.adapter.mqtt.packet;

/**
 * What is wrong about a packet, and by which reason code its connection ends: MQTT 5 section 4.13.
 * Without a stack trace: whoever sends nonsense would buy work by it.
 */
public final class MalformedPacket extends RuntimeException {
  private static final long serialVersionUID = 1;

  public static final byte MALFORMED = (byte) 0x81;
  static final byte PROTOCOL_ERROR = (byte) 0x82;
  public static final byte WRONG_PROTOCOL = (byte) 0x84;
  public static final byte TOO_LARGE = (byte) 0x95;
  static final byte QUOTA = (byte) 0x97;

  private final byte reason;

  public MalformedPacket(byte reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
  }

  public byte reason() {
    return reason;
  }
}
