package io.sluice.engine.dialect.talk;

import io.sluice.api.adapter.Exchange;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What follows by a vendor's jar. What it throws costs the one answer. Thread-safe. */
public record CodedFollowing(String dialect, Exchange code) implements Following {
  private static final Logger LOG = LoggerFactory.getLogger(CodedFollowing.class);

  @Override
  public boolean isKept(Uplink uplink) {
    return true;
  }

  @Override
  public Outcome after(Uplink uplink, Receipt receipt, long nowMillis) {
    try {
      return code.after(uplink, receipt, nowMillis);
    } catch (RuntimeException e) {
      // a stranger's code: it must not cost the session in whose thread it runs
      LOG.warn("dialect {} failed to answer a message of {}", dialect, uplink.device(), e);
      return Outcome.NOTHING;
    }
  }
}
