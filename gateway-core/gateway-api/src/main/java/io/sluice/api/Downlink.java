package io.sluice.api;

/**
 * One message to a device, in the form of its vendor.
 *
 * @param topic as the device expects it
 * @param payload not to be changed
 * @param maxQos the greatest QoS at which it is sent, 0 to 2
 * @param retained whether it is marked as one that the far end could have had before
 * @param isAnswered whether the device's answer alone ends the command: an acknowledgement of the
 *     protocol says no more than that what stands between, such as a network server, has it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Downlink(
    String topic, byte[] payload, int maxQos, boolean retained, boolean isAnswered) {
  /** At the QoS of the subscription. */
  public Downlink(String topic, byte[] payload) {
    this(topic, payload, 2, false);
  }

  /** One that an acknowledgement of the protocol ends. */
  public Downlink(String topic, byte[] payload, int maxQos, boolean retained) {
    this(topic, payload, maxQos, retained, false);
  }

  /**
   * At the QoS of the subscription, ended by an acknowledgement or by the device's answer alone.
   */
  public Downlink(String topic, byte[] payload, boolean isAnswered) {
    this(topic, payload, 2, false, isAnswered);
  }
}
