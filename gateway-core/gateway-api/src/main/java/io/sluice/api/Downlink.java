package io.sluice.api;

/**
 * One message to a device, in the form of its vendor.
 *
 * @param topic as the device expects it
 * @param payload not to be changed
 * @param maxQos the greatest QoS at which it is sent, 0 to 2
 * @param retained whether it is marked as one that the far end could have had before
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Downlink(String topic, byte[] payload, int maxQos, boolean retained) {
  /** At the QoS of the subscription. */
  public Downlink(String topic, byte[] payload) {
    this(topic, payload, 2, false);
  }
}
