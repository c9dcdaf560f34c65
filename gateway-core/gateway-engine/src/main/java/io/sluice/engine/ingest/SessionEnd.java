package io.sluice.engine.ingest;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.dialect.Part;
import java.util.List;
import java.util.function.Consumer;

/**
 * What is kept of devices whose session ended without a word of theirs. No device has sent it: it
 * says of none that it is there. Where there is no room, it is offered again.
 *
 * @param topic of the session's last message, by whose rules this is understood
 * @param again told where there is no room
 */
record SessionEnd(
    DeviceId device,
    String protocol,
    String topic,
    MessageParts.Known known,
    List<Part> parts,
    long receivedMicros,
    long receivedNanos,
    Consumer<SessionEnd> again)
    implements Uplink, ReceiptSink {
  private static final byte[] NOTHING = {};

  @Override
  public ContentType contentType() {
    return ContentType.UNSPECIFIED;
  }

  @Override
  public byte[] payload() {
    return NOTHING;
  }

  @Override
  public ReceiptSink sink() {
    return this;
  }

  @Override
  public void receipt(Uplink uplink, Receipt receipt) {
    if (receipt instanceof Receipt.Busy || receipt instanceof Receipt.Limited) {
      again.accept(this);
    }
  }

  @Override
  public void flush() {
    // nobody waits for it
  }
}
