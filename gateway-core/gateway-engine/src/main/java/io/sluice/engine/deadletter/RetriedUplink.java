package io.sluice.engine.deadletter;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.operator.DeadLetters.DeadLetter;
import java.util.concurrent.CompletableFuture;

/** A dead letter on its way in again: of its device, received when it was. */
public record RetriedUplink(
    DeadLetter letter, DeviceId device, long receivedNanos, CompletableFuture<Receipt> verdict)
    implements Uplink, ReceiptSink {
  @Override
  public String protocol() {
    return letter.protocol();
  }

  @Override
  public String topic() {
    return letter.topic();
  }

  @Override
  public ContentType contentType() {
    return letter.contentType();
  }

  @Override
  public byte[] payload() {
    return letter.payload();
  }

  @Override
  public long receivedMicros() {
    return letter.receivedMicros();
  }

  @Override
  public ReceiptSink sink() {
    return this;
  }

  @Override
  public void receipt(Uplink uplink, Receipt receipt) {
    verdict.complete(receipt);
  }

  @Override
  public void flush() {
    // nobody's event loop is to be woken
  }
}
