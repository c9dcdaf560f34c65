package io.sluice.api.adapter;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.Rejection;
import org.jspecify.annotations.Nullable;

/**
 * One message of a device, as an adapter took it. Adapters implement it by the object in which they
 * keep what they need to answer (packet id, exchange). Read by any thread after {@link
 * Ingress#accept}; nothing that it returns may change from then on.
 */
public interface Uplink {
  /** The authenticated device; of a source the device that stands for it. */
  DeviceId device();

  /**
   * Whether it comes by a source of the gateway's own choice, which is trusted to speak for every
   * registered device: topic or payload say of which it is. {@link #device} stands for the source
   * then, and need not be registered.
   */
  default boolean isOfSource() {
    return false;
  }

  /**
   * A source's message is, or is also, of that registered device. It is called before {@link
   * Ingress#accept} returns, on its thread.
   */
  default void spokenFor(DeviceId subject) {}

  /**
   * The connection by which a source's message came: one object for each, a {@link DeviceLink}
   * where the far end can be told something by it. What messages of one connection say together is
   * known by that. Null: of no source, or each message stands alone.
   */
  default @Nullable Object connection() {
    return null;
  }

  /** {@code mqtt}, {@code coap} ...: one of a small set. */
  String protocol();

  /** Topic or path, without leading slash: {@code telemetry}, {@code telemetry/child-1}. */
  String topic();

  ContentType contentType();

  /** The whole payload, owned by the uplink. */
  byte[] payload();

  /** When it arrived, microseconds since the epoch. */
  long receivedMicros();

  /** When it arrived by {@link System#nanoTime}. */
  long receivedNanos();

  /** The class where the protocol and not the topic decides it (an MQTT will), or null. */
  default @Nullable MessageClass messageClass() {
    return null;
  }

  /**
   * The class of a message whose topic nothing maps, or null: such a message is refused. An MQTT
   * device's sign that it is back, on the topic of its will, has the will's class.
   */
  default @Nullable MessageClass classIfUnmapped() {
    return messageClass();
  }

  /**
   * What the protocol already shows to be wrong (an unknown content type), or null. Such a message
   * is kept whole in the dead-letter store and its receipt is {@link Receipt.Rejected}.
   */
  default @Nullable Rejection rejection() {
    return null;
  }

  /**
   * What follows the message by the rules of its vendor. It is called before {@link Ingress#accept}
   * returns, on its thread, at most once for each offer.
   */
  default void followedBy(Exchange exchange) {}

  ReceiptSink sink();
}
