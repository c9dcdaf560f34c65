package io.sluice.api.upstream;

import io.sluice.api.ByteSink;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;

/**
 * A batch on its way to an upstream: encoded records, ready to be written in a format.
 *
 * <p>Immutable, but read by one thread: the one that called {@link Upstream#send}.
 */
public interface OutboundBatch {
  Lane lane();

  int count();

  /** Device of the record: the key for partitioning. */
  String device(int index);

  MessageClass messageClass(int index);

  String sector(int index);

  String site(int index);

  /** Id of the device's profile. */
  String model(int index);

  /** Observed time, microseconds since the epoch, UTC. */
  long timeMicros(int index);

  /** The record id: the consumer's de-duplication key. */
  String id(int index);

  /** Media type of what {@link #encode} writes. */
  default String contentType() {
    return "application/json";
  }

  /** Appends the record in the upstream's configured format, without a line end. */
  void encode(int index, ByteSink out);
}
