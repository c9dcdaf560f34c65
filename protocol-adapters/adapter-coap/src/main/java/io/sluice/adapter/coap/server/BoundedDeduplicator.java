package io.sluice.adapter.coap.server;

import io.sluice.adapter.coap.fast.RecentMessages;
import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.api.health.Guarded;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.CRC32C;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.KeyMID;
import org.eclipse.californium.core.network.deduplication.Deduplicator;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes duplicates (RFC 7252 4.5) within bounds: the same endpoint, Message ID and checksum of
 * all bytes, as {@link RecentMessages} does for the fast path. A device that begins again with
 * Message IDs that it has used before is so not taken for one that sends again.
 *
 * <p>Bounds: the latest messages of each peer, and so many in all, however many addresses a sender
 * may forge. When full, a message is taken without being remembered: at-least-once still holds, and
 * the sweep makes room within seconds. Thread-safe.
 */
final class BoundedDeduplicator implements Deduplicator {
  private static final int SWEEP_SECONDS = 10;

  /** What a remembered message takes: the exchange with its request and its answer. */
  private static final int MESSAGE_BYTES = 1_024;

  /** All of them may take this part of the heap together: an eighth. */
  private static final int HEAP_SHARE = 8;

  private final int maxMessages;
  private final int maxPerPeer;
  private final long lifetimeNanos;
  private final LongAdder notRemembered = new LongAdder();
  private final AtomicInteger size = new AtomicInteger();

  /** By the peer's identity; a value is used within the map's own operations only. */
  private final ConcurrentHashMap<Object, LinkedHashMap<Long, Kept>> peers =
      new ConcurrentHashMap<>();

  private @Nullable ScheduledExecutorService executor;
  private @Nullable ScheduledFuture<?> sweeping;

  private record Kept(Exchange exchange, long nanos) {}

  BoundedDeduplicator(CoapOptions settings) {
    this.maxMessages = bound(settings.maxRemembered(), Runtime.getRuntime().maxMemory());
    this.maxPerPeer = settings.maxRememberedPerPeer();
    this.lifetimeNanos = settings.exchangeLifetime().toNanos();
  }

  /** Anybody can have messages remembered, so a small heap remembers fewer than it was told to. */
  static int bound(int configured, long heapBytes) {
    return (int) Math.min(configured, heapBytes / HEAP_SHARE / MESSAGE_BYTES);
  }

  /** Messages that were taken without being remembered. */
  long notRemembered() {
    return notRemembered.sum();
  }

  private static long key(int messageId, Exchange exchange) {
    byte[] bytes = exchange.getRequest().getBytes();
    CRC32C checksum = new CRC32C();
    if (bytes != null) {
      checksum.update(bytes, 0, bytes.length);
    }
    return ((long) messageId << 32) | checksum.getValue();
  }

  @Override
  public @Nullable Exchange findPrevious(KeyMID key, Exchange exchange) {
    long now = System.nanoTime();
    long message = key(key.getMID(), exchange);
    Exchange[] previous = new Exchange[1];
    peers.compute(
        key.getPeer(),
        (peer, present) -> {
          LinkedHashMap<Long, Kept> messages = present == null ? new LinkedHashMap<>() : present;
          Kept known = messages.get(message);
          if (known != null && now - known.nanos() < lifetimeNanos) {
            previous[0] = known.exchange();
          } else {
            remember(messages, message, new Kept(exchange, now));
          }
          return messages.isEmpty() ? null : messages;
        });
    return previous[0];
  }

  /** Puts the message last; a peer that has all its places gives up its oldest. */
  private void remember(SequencedMap<Long, Kept> messages, long message, Kept kept) {
    if (messages.remove(message) != null) {
      size.decrementAndGet();
    }
    if (messages.size() >= maxPerPeer) {
      messages.pollFirstEntry();
      size.decrementAndGet();
    }
    if (size.incrementAndGet() <= maxMessages) {
      messages.put(message, kept);
    } else {
      size.decrementAndGet();
      notRemembered.increment();
    }
  }

  @Override
  public boolean replacePrevious(KeyMID key, Exchange previous, Exchange exchange) {
    long message = key(key.getMID(), exchange);
    boolean[] replaced = {false};
    peers.computeIfPresent(
        key.getPeer(),
        (peer, messages) -> {
          messages.computeIfPresent(
              message,
              (same, kept) -> {
                replaced[0] = true;
                return new Kept(exchange, System.nanoTime());
              });
          return messages;
        });
    return replaced[0];
  }

  /** The latest message with this Message ID, whatever its bytes. */
  @Override
  public @Nullable Exchange find(KeyMID key) {
    Exchange[] found = new Exchange[1];
    peers.computeIfPresent(
        key.getPeer(),
        (peer, messages) -> {
          for (Map.Entry<Long, Kept> entry : messages.entrySet()) {
            if (entry.getKey() >>> 32 == key.getMID()) {
              found[0] = entry.getValue().exchange();
            }
          }
          return messages;
        });
    return found[0];
  }

  /** Forgets what is past its time. */
  private void sweep() {
    long now = System.nanoTime();
    for (Object peer : peers.keySet()) {
      peers.computeIfPresent(
          peer,
          (same, messages) -> {
            Iterator<Kept> oldest = messages.values().iterator();
            while (oldest.hasNext() && now - oldest.next().nanos() >= lifetimeNanos) {
              oldest.remove();
              size.decrementAndGet();
            }
            return messages.isEmpty() ? null : messages;
          });
    }
  }

  @Override
  public synchronized void start() {
    if (executor != null && sweeping == null) {
      sweeping =
          executor.scheduleWithFixedDelay(
              Guarded.task("coap-duplicates", this::sweep),
              SWEEP_SECONDS,
              SWEEP_SECONDS,
              TimeUnit.SECONDS);
    }
  }

  @Override
  public synchronized void stop() {
    if (sweeping != null) {
      sweeping.cancel(false);
      sweeping = null;
      clear();
    }
  }

  @Override
  public synchronized void setExecutor(ScheduledExecutorService executor) {
    this.executor = executor;
  }

  @Override
  public boolean isEmpty() {
    return size.get() == 0;
  }

  @Override
  public int size() {
    return size.get();
  }

  @Override
  public void clear() {
    for (Object peer : peers.keySet()) {
      LinkedHashMap<Long, Kept> messages = peers.remove(peer);
      size.addAndGet(messages == null ? 0 : -messages.size());
    }
  }
}
