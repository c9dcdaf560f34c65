package io.sluice.adapter.coap.request;

import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.Rejection;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.californium.core.network.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * One message of a device together with the exchange that waits for its answer.
 *
 * @param receipt the verdict, null while it is awaited
 */
public record UplinkExchange(
    Exchange exchange,
    DeviceId device,
    String topic,
    ContentType contentType,
    byte[] payload,
    @Nullable Rejection rejection,
    long receivedMicros,
    long receivedNanos,
    ReceiptSink sink,
    AtomicReference<@Nullable Receipt> receipt)
    implements Uplink {
  @Override
  public String protocol() {
    return CoapOptions.PROTOCOL;
  }
}
