package io.sluice.adapter.mqttclient;

import io.sluice.adapter.netty.ReceivedMessage;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Exchange;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import org.jspecify.annotations.Nullable;

/** One message of the broker on its way through the gateway. */
final class SourceMessage extends ReceivedMessage {
  static final String PROTOCOL = "mqtt-source";

  /** Where it stands. Confined to the event loop. */
  enum State {
    WAITING,
    OFFERED,
    DECIDED
  }

  private final DeviceId source;
  private final ReceiptSink sink;
  private final SourceLink connection;

  /** Tells the order in which messages came. */
  final long order;

  State state = State.WAITING;

  /** What follows it by its vendor's rules, or null. Confined to the event loop. */
  @Nullable Exchange exchange;

  /**
   * The registered device that it is of, or one of them; null: none. Confined to the event loop.
   */
  @Nullable DeviceId subject;

  /** Published to the event loop by the sink's queue. */
  @Nullable Receipt receipt;

  SourceMessage(
      DeviceId source,
      ReceiptSink sink,
      SourceLink connection,
      long order,
      String topic,
      ContentType contentType,
      byte[] payload,
      long receivedMicros) {
    super(topic, contentType, payload, receivedMicros, System.nanoTime());
    this.source = source;
    this.sink = sink;
    this.connection = connection;
    this.order = order;
  }

  /** Tells a message from another one of the same packet id. */
  static long digest(String topic, byte[] payload) {
    long hash = topic.hashCode();
    for (byte each : payload) {
      hash = hash * 0x100000001B3L ^ each;
    }
    return hash;
  }

  long digest() {
    return digest(topic(), payload());
  }

  @Override
  public DeviceId device() {
    return source;
  }

  @Override
  public Object connection() {
    return connection;
  }

  @Override
  public boolean isOfSource() {
    return true;
  }

  @Override
  public void spokenFor(DeviceId device) {
    subject = device;
  }

  @Override
  public void followedBy(Exchange follows) {
    exchange = follows;
  }

  @Override
  public String protocol() {
    return PROTOCOL;
  }

  @Override
  public ReceiptSink sink() {
    return sink;
  }
}
