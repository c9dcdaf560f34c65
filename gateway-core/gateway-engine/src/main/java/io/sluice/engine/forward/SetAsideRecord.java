package io.sluice.engine.forward;

import io.sluice.api.Lane;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;

/**
 * A record that an upstream refused, as the spool kept it, with what its id is made of.
 *
 * @param upstream name of the upstream that refused it
 * @param epoch random part of the record's id
 * @param receivedMicros microseconds since the epoch, UTC
 * @param body not changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SetAsideRecord(
    String upstream, Lane lane, long sequence, String epoch, long receivedMicros, byte[] body) {
  SpoolBatch batch() {
    return new SpoolBatch(
        lane,
        Stream.LIVE,
        body,
        new long[] {sequence},
        new long[] {receivedMicros},
        new int[1],
        new int[] {body.length},
        1,
        epoch);
  }
}
