package io.sluice.engine.ingest;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import org.jspecify.annotations.Nullable;

/**
 * One of several parts of an uplink, whose receipt goes to the others'. Immutable.
 *
 * @param place of the part in its message, from 0
 * @param payload as a dead letter keeps it
 */
record PartUplink(Uplink whole, int place, byte[] payload, ReceiptSink sink) implements Uplink {
  @Override
  public DeviceId device() {
    return whole.device();
  }

  @Override
  public boolean isOfSource() {
    return whole.isOfSource();
  }

  @Override
  public void spokenFor(DeviceId subject) {
    whole.spokenFor(subject);
  }

  @Override
  public String protocol() {
    return whole.protocol();
  }

  @Override
  public String topic() {
    return whole.topic();
  }

  @Override
  public ContentType contentType() {
    return whole.contentType();
  }

  @Override
  public long receivedMicros() {
    return whole.receivedMicros();
  }

  @Override
  public long receivedNanos() {
    return whole.receivedNanos();
  }

  @Override
  public @Nullable MessageClass messageClass() {
    return whole.messageClass();
  }
}
