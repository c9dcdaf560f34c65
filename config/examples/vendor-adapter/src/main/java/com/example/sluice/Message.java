package com.example.sluice;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A line of a device, and the receipt that a thread waits for. */
final class Message implements Uplink {
  private static final long PATIENCE_SECONDS = 30;

  /** On the spool's thread: it hands the receipt over and does no more. */
  private static final ReceiptSink SINK =
      new ReceiptSink() {
        @Override
        public void receipt(Uplink uplink, Receipt receipt) {
          ((Message) uplink).receipt.complete(receipt);
        }

        @Override
        public void flush() {}
      };

  private final DeviceId device;
  private final byte[] payload;
  private final Instant received;
  private final long receivedNanos = System.nanoTime();
  private volatile CompletableFuture<Receipt> receipt = new CompletableFuture<>();

  Message(DeviceId device, byte[] payload, InstantSource clock) {
    this.device = device;
    this.payload = payload;
    this.received = clock.instant();
  }

  /**
   * Gives it to the gateway and waits for the receipt. Again where that says so: it keeps the time
   * at which it came.
   *
   * @throws IOException where the gateway does not answer
   */
  Receipt give(AdapterContext context) throws IOException {
    receipt = new CompletableFuture<>();
    context.ingress().accept(this);
    try {
      return receipt.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("closing");
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the gateway does not answer", e);
    }
  }

  @Override
  public DeviceId device() {
    return device;
  }

  @Override
  public String protocol() {
    return "lines";
  }

  @Override
  public String topic() {
    return "telemetry";
  }

  @Override
  public ContentType contentType() {
    return ContentType.UNSPECIFIED;
  }

  @Override
  public byte[] payload() {
    return payload;
  }

  @Override
  public long receivedMicros() {
    return received.getEpochSecond() * 1_000_000 + received.getNano() / 1_000;
  }

  @Override
  public long receivedNanos() {
    return receivedNanos;
  }

  @Override
  public ReceiptSink sink() {
    return SINK;
  }
}
