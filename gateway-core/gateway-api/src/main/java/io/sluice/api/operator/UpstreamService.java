package io.sluice.api.operator;

import java.io.IOException;
import java.util.List;

/** What operators do to upstreams. Thread-safe; waits for the disk. */
public interface UpstreamService {
  /**
   * An upstream that is not configured any more, and whose place is kept.
   *
   * @param queuedRecords records that it has not had
   */
  record ParkedView(String name, long queuedRecords) {}

  List<ParkedView> parked();

  /**
   * Ends its connection and sends nothing until it is resumed, also after a restart; records wait
   * in the spool.
   *
   * @return false where none is configured by that name
   */
  boolean pause(String name);

  /**
   * @return false where none is configured by that name
   */
  boolean resume(String name);

  /**
   * Gives up the place of a parked upstream: what it has not had is not kept for it any longer.
   *
   * @return false where none is parked by that name
   */
  boolean forget(String name) throws IOException;
}
