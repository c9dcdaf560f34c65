package io.sluice.engine.ingest;

import io.sluice.api.DeviceId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log of each child that nobody registered, once for each concentrator: of the last
 * {@value #MAX_TOLD}. Thread-safe.
 */
final class UnknownChildren {
  private static final Logger LOG = LoggerFactory.getLogger(UnknownChildren.class);
  private static final int MAX_TOLD = 1_024;

  private record Told(DeviceId concentrator, String child) {}

  private final Set<Told> told =
      Collections.synchronizedSet(Collections.newSetFromMap(new Eldest()));

  private static final class Eldest extends LinkedHashMap<Told, Boolean> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Told, Boolean> eldest) {
      return size() > MAX_TOLD;
    }
  }

  /**
   * @param detail what is wrong, and the remedy
   */
  void tell(DeviceId concentrator, String child, String detail) {
    if (told.add(new Told(concentrator, child))) {
      LOG.warn("{} publishes for a child that it has not: {}", concentrator, detail);
    }
  }
}
