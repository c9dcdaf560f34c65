package io.sluice.adapter.mqtt.session;

import io.sluice.adapter.netty.ReceivedMessage;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.Rejection;
import io.sluice.api.adapter.Exchange;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import org.jspecify.annotations.Nullable;

/** One PUBLISH (or will) on its way through the gateway, with what its answer needs. */
final class Publication extends ReceivedMessage {
  /** Where it stands. Confined to the event loop. */
  enum State {
    WAITING,
    OFFERED,
    DECIDED
  }

  final Connection connection;
  final int qos;
  final int packetId;
  final boolean isWill;
  State state = State.WAITING;

  /** What follows it by its vendor's rules, or null. Confined to the event loop. */
  @Nullable Exchange exchange;

  /** Published to the event loop by the sink's queue. */
  @Nullable Receipt receipt;

  private final DeviceId device;
  private final @Nullable MessageClass classOfTopic;
  private final @Nullable Rejection rejection;

  /**
   * @param classOfTopic where the will's topic decides it: for a will in any case, for what is
   *     published on the same topic unless something maps that
   */
  Publication(
      Connection connection,
      DeviceId device,
      int qos,
      int packetId,
      String topic,
      ContentType contentType,
      byte[] payload,
      @Nullable MessageClass classOfTopic,
      boolean isWill,
      @Nullable Rejection rejection) {
    super(topic, contentType, payload, connection.arrivedMicros(), connection.arrivedNanos());
    this.connection = connection;
    this.device = device;
    this.qos = qos;
    this.packetId = packetId;
    this.classOfTopic = classOfTopic;
    this.isWill = isWill;
    this.rejection = rejection;
  }

  /** The same, as if it arrived now. */
  Publication anew() {
    return new Publication(
        connection,
        device,
        qos,
        packetId,
        topic(),
        contentType(),
        payload(),
        classOfTopic,
        isWill,
        rejection);
  }

  /** Tells this message from another one of the same packet id. */
  long digest() {
    return digest(topic(), payload());
  }

  static long digest(String topic, byte[] payload) {
    long hash = topic.hashCode();
    for (byte each : payload) {
      hash = hash * 0x100000001B3L ^ each;
    }
    return hash;
  }

  @Override
  public DeviceId device() {
    return device;
  }

  @Override
  public String protocol() {
    return Connection.PROTOCOL;
  }

  @Override
  public @Nullable MessageClass messageClass() {
    return isWill ? classOfTopic : null;
  }

  @Override
  public @Nullable MessageClass classIfUnmapped() {
    return classOfTopic;
  }

  @Override
  public @Nullable Rejection rejection() {
    return rejection;
  }

  @Override
  public void followedBy(Exchange follows) {
    exchange = follows;
  }

  @Override
  public ReceiptSink sink() {
    return connection.sink();
  }
}
