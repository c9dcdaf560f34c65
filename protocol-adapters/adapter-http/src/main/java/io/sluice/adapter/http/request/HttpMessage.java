package io.sluice.adapter.http.request;

import io.sluice.adapter.netty.ReceivedMessage;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.Rejection;
import io.sluice.api.adapter.Exchange;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import org.jspecify.annotations.Nullable;

/** One message of a request, and its verdict. */
final class HttpMessage extends ReceivedMessage {
  private final Delivery delivery;
  private final DeviceId device;
  private final @Nullable Rejection rejection;

  /** Its place in the body, from 1. */
  final int place;

  /** As the gateway gave it; read once the queue has brought it back. */
  volatile @Nullable Receipt given;

  /** Whether a verdict is waited for. Confined to the event loop. */
  boolean isOffered;

  /** Where its verdict stands. Confined to the event loop. */
  @Nullable Receipt receipt;

  /** What follows it by the rules of its vendor, or null. Set before the offer returns. */
  volatile @Nullable Exchange exchange;

  HttpMessage(
      Delivery delivery,
      DeviceId device,
      String topic,
      ContentType contentType,
      byte[] payload,
      int place,
      @Nullable Rejection rejection,
      long receivedMicros,
      long receivedNanos) {
    super(topic, contentType, payload, receivedMicros, receivedNanos);
    this.delivery = delivery;
    this.device = device;
    this.place = place;
    this.rejection = rejection;
  }

  @Override
  public DeviceId device() {
    return device;
  }

  @Override
  public String protocol() {
    return HttpOptions.PROTOCOL;
  }

  @Override
  public @Nullable Rejection rejection() {
    return rejection;
  }

  @Override
  public void followedBy(Exchange follow) {
    exchange = follow;
  }

  @Override
  public ReceiptSink sink() {
    return delivery.loop();
  }

  /** Its verdict has come back. On the event loop. */
  void decided() {
    delivery.decided(this);
  }
}
