package io.sluice.engine.forward;

import io.sluice.spool.SpoolBatch;
import java.io.IOException;

/** Keeps the records that an upstream will never take. */
@FunctionalInterface
public interface DeadLetterSink {
  /**
   * Keeps one record durably. Called on the Forwarder's thread, before the record is committed; may
   * block a bounded time. A record may be set aside twice after a crash.
   *
   * @param upstream name of the upstream that refused it
   * @param index of the record in the batch
   * @throws IOException where it cannot be kept now: the batch is then sent again later. The
   *     message is shown to the operator
   */
  void save(String upstream, SpoolBatch batch, int index, String cause)
      throws IOException, InterruptedException;
}
