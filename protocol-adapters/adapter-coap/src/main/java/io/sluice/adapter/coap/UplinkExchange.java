package io.sluice.adapter.coap;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.Receipt;
import io.sluice.api.ReceiptSink;
import io.sluice.api.Rejection;
import io.sluice.api.Uplink;
import org.eclipse.californium.core.network.Exchange;
import org.jspecify.annotations.Nullable;

/** One message of a device together with the exchange that waits for its answer. */
final class UplinkExchange implements Uplink {
  private final Exchange exchange;
  private final DeviceId device;
  private final String topic;
  private final ContentType contentType;
  private final @Nullable Rejection rejection;
  private final byte[] payload;
  private final long receivedMicros;
  private final long receivedNanos;
  private final ReceiptSink sink;
  private volatile @Nullable Receipt receipt;

  UplinkExchange(
      Exchange exchange,
      DeviceId device,
      String topic,
      ContentType contentType,
      @Nullable Rejection rejection,
      long receivedMicros,
      long receivedNanos,
      ReceiptSink sink) {
    this.exchange = exchange;
    this.device = device;
    this.topic = topic;
    this.contentType = contentType;
    this.rejection = rejection;
    this.payload = exchange.getRequest().getPayload();
    this.receivedMicros = receivedMicros;
    this.receivedNanos = receivedNanos;
    this.sink = sink;
  }

  Exchange exchange() {
    return exchange;
  }

  /** The verdict, null while it is awaited. */
  @Nullable Receipt receipt() {
    return receipt;
  }

  void receipt(Receipt verdict) {
    receipt = verdict;
  }

  @Override
  public DeviceId device() {
    return device;
  }

  @Override
  public String protocol() {
    return CoapAdapter.PROTOCOL;
  }

  @Override
  public String topic() {
    return topic;
  }

  @Override
  public ContentType contentType() {
    return contentType;
  }

  @Override
  public byte[] payload() {
    return payload;
  }

  @Override
  public long receivedMicros() {
    return receivedMicros;
  }

  @Override
  public long receivedNanos() {
    return receivedNanos;
  }

  @Override
  public @Nullable Rejection rejection() {
    return rejection;
  }

  @Override
  public ReceiptSink sink() {
    return sink;
  }
}
