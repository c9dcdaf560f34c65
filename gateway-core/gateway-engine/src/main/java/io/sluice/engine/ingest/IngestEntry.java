package io.sluice.engine.ingest;

import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.adapter.Uplink;
import io.sluice.engine.normalize.sample.FieldFaults;
import io.sluice.spool.SpoolEntry;
import org.jspecify.annotations.Nullable;

/** An accepted uplink on its way to the disk. */
final class IngestEntry implements SpoolEntry {
  private final IngestPipeline pipeline;
  private final Uplink uplink;
  private final DeviceId device;
  private final MessageClass messageClass;
  private final byte[] body;
  private final @Nullable FieldFaults faults;

  IngestEntry(
      IngestPipeline pipeline,
      Uplink uplink,
      DeviceId device,
      MessageClass messageClass,
      byte[] body,
      @Nullable FieldFaults faults) {
    this.pipeline = pipeline;
    this.uplink = uplink;
    this.device = device;
    this.messageClass = messageClass;
    this.body = body;
    this.faults = faults;
  }

  Uplink uplink() {
    return uplink;
  }

  DeviceId device() {
    return device;
  }

  /** What was wrong with single fields, or null. */
  @Nullable FieldFaults faults() {
    return faults;
  }

  MessageClass messageClass() {
    return messageClass;
  }

  @Override
  public Lane lane() {
    return messageClass.lane();
  }

  @Override
  public byte[] body() {
    return body;
  }

  @Override
  public long receivedMicros() {
    return uplink.receivedMicros();
  }

  @Override
  public void stored(long sequence) {
    pipeline.onStored(this, sequence);
  }

  @Override
  public void failed(String cause) {
    pipeline.onFailed(this);
  }
}
