package io.sluice.adapter.mqtt.packet;

/**
 * The connection whose packets are read and written, as the packets' handlers see it. Confined to
 * the event loop.
 */
public interface PacketConnection {
  /** Whether it has failed: then nothing more is read. */
  boolean failed();

  /**
   * Ends the connection, with DISCONNECT where the protocol allows.
   *
   * @param reason of MQTT 5 section 2.4
   * @param detail a sentence for the peer and for the log
   * @return false, always
   */
  boolean fail(byte reason, String detail);

  /** Packets that came together are read: from now on, and no more. */
  void reading(boolean now);

  /**
   * Whether {@link #published} may be called: a device has signed in, and nothing is in the way.
   */
  boolean takesPlain();

  /**
   * A PUBLISH without a flag but its QoS, and without a property.
   *
   * @param packetId 0 where its QoS is 0
   * @param payload owned by the connection from now on
   */
  void published(String topic, int packetId, byte[] payload);

  /** Bytes have come; {@code now} tells whether a packet has begun that is not whole. */
  void incomplete(boolean now);

  /** The client speaks MQTT 5, or 3.1.1 and 3.1: its CONNECT says so. */
  void speaks(boolean isVersion5);

  /** The largest packet that the client takes, bytes: section 3.1.2.11.4. */
  long maxPacketBytes();

  /** The client takes no larger packet than this, bytes. */
  void limitPacketBytes(long max);
}
