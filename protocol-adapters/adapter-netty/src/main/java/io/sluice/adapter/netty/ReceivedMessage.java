package io.sluice.adapter.netty;

import io.sluice.api.ContentType;
import io.sluice.api.adapter.Uplink;

/**
 * The fields that every message has which came by a socket. An adapter's own message extends it by
 * what its answer needs. Thread-safe, as these fields never change.
 */
public abstract class ReceivedMessage implements Uplink {
  private final String topic;
  private final ContentType contentType;
  private final byte[] payload;
  private final long receivedMicros;
  private final long receivedNanos;

  /**
   * @param topic topic or path, without leading slash
   * @param payload owned by the message from now on
   * @param receivedMicros when it arrived, microseconds since the epoch
   * @param receivedNanos when it arrived by {@link System#nanoTime}
   */
  protected ReceivedMessage(
      String topic,
      ContentType contentType,
      byte[] payload,
      long receivedMicros,
      long receivedNanos) {
    this.topic = topic;
    this.contentType = contentType;
    this.payload = payload;
    this.receivedMicros = receivedMicros;
    this.receivedNanos = receivedNanos;
  }

  @Override
  public final String topic() {
    return topic;
  }

  @Override
  public final ContentType contentType() {
    return contentType;
  }

  @Override
  public final byte[] payload() {
    return payload;
  }

  @Override
  public final long receivedMicros() {
    return receivedMicros;
  }

  @Override
  public final long receivedNanos() {
    return receivedNanos;
  }
}
