package io.sluice.engine.forward;

import io.sluice.api.ByteSink;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.upstream.OutboundBatch;

/**
 * Some records of a batch, in its order.
 *
 * @param indexes of the records in the batch; not changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record BatchSelection(OutboundBatch batch, int[] indexes) implements OutboundBatch {
  @Override
  public Lane lane() {
    return batch.lane();
  }

  @Override
  public int count() {
    return indexes.length;
  }

  @Override
  public String device(int index) {
    return batch.device(indexes[index]);
  }

  @Override
  public MessageClass messageClass(int index) {
    return batch.messageClass(indexes[index]);
  }

  @Override
  public String sector(int index) {
    return batch.sector(indexes[index]);
  }

  @Override
  public String site(int index) {
    return batch.site(indexes[index]);
  }

  @Override
  public String model(int index) {
    return batch.model(indexes[index]);
  }

  @Override
  public long timeMicros(int index) {
    return batch.timeMicros(indexes[index]);
  }

  @Override
  public String id(int index) {
    return batch.id(indexes[index]);
  }

  @Override
  public String contentType() {
    return batch.contentType();
  }

  @Override
  public void encode(int index, ByteSink out) {
    batch.encode(indexes[index], out);
  }
}
