package io.sluice.adapter.coap;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.KeyMID;
import org.eclipse.californium.core.network.deduplication.Deduplicator;
import org.eclipse.californium.core.network.deduplication.SweepPerPeerDeduplicator;
import org.eclipse.californium.elements.config.Configuration;

/**
 * Recognizes duplicates (RFC 7252 4.5) within bounds: the latest messages of each peer, and so many
 * in all, however many addresses a sender may forge. When full, a message is taken without being
 * remembered: at-least-once still holds, and the sweep makes room within seconds. Thread-safe.
 */
final class BoundedDeduplicator implements Deduplicator {
  private final SweepPerPeerDeduplicator perPeer;
  private final int maxMessages;
  private final LongAdder notRemembered = new LongAdder();

  BoundedDeduplicator(Configuration configuration, int maxMessages) {
    this.perPeer = new SweepPerPeerDeduplicator(configuration);
    this.maxMessages = maxMessages;
  }

  /** Messages that were taken without being remembered. */
  long notRemembered() {
    return notRemembered.sum();
  }

  @Override
  public Exchange findPrevious(KeyMID key, Exchange exchange) {
    if (perPeer.size() < maxMessages) {
      return perPeer.findPrevious(key, exchange);
    }
    Exchange previous = perPeer.find(key);
    if (previous == null) {
      notRemembered.increment();
    }
    return previous;
  }

  @Override
  public boolean replacePrevious(KeyMID key, Exchange previous, Exchange exchange) {
    return perPeer.replacePrevious(key, previous, exchange);
  }

  @Override
  public Exchange find(KeyMID key) {
    return perPeer.find(key);
  }

  @Override
  public void start() {
    perPeer.start();
  }

  @Override
  public void stop() {
    perPeer.stop();
  }

  @Override
  public void setExecutor(ScheduledExecutorService executor) {
    perPeer.setExecutor(executor);
  }

  @Override
  public boolean isEmpty() {
    return perPeer.isEmpty();
  }

  @Override
  public int size() {
    return perPeer.size();
  }

  @Override
  public void clear() {
    perPeer.clear();
  }
}
