package io.sluice.engine.forward;

import io.sluice.api.ByteSink;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;

/** Part of a batch: {@code from} to before {@code to}. */
record BatchRange(OutboundBatch batch, int from, int to) implements OutboundBatch {
  @Override
  public Lane lane() {
    return batch.lane();
  }

  @Override
  public int count() {
    return to - from;
  }

  @Override
  public String device(int index) {
    return batch.device(from + index);
  }

  @Override
  public MessageClass messageClass(int index) {
    return batch.messageClass(from + index);
  }

  @Override
  public String sector(int index) {
    return batch.sector(from + index);
  }

  @Override
  public String site(int index) {
    return batch.site(from + index);
  }

  @Override
  public String model(int index) {
    return batch.model(from + index);
  }

  @Override
  public long timeMicros(int index) {
    return batch.timeMicros(from + index);
  }

  @Override
  public String id(int index) {
    return batch.id(from + index);
  }

  @Override
  public String contentType() {
    return batch.contentType();
  }

  @Override
  public void encode(int index, ByteSink out) {
    batch.encode(from + index, out);
  }
}
