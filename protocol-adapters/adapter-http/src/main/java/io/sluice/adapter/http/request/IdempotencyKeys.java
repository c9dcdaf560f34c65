package io.sluice.adapter.http.request;

import io.sluice.adapter.http.message.Response;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests that were served, by their Idempotency-Key: one that comes again is answered as the
 * first was, and stored once; one that comes while the first is in hand waits for that one's
 * answer. Of a batch that was taken in part it is remembered which of its messages are stored. What
 * was not served is forgotten, so that it may come again. Shared by the HTTP listeners of a
 * gateway, in memory and, for the next start, in a journal. Beyond the bounds the oldest are
 * forgotten. Thread-safe.
 */
final class IdempotencyKeys implements Closeable {
  /** What remembered answers hold, at most. */
  static final long MAX_BYTES = 16L << 20;

  /** An entry without its answer. */
  private static final int ENTRY_BYTES = 200;

  /** Longer than any key is kept. */
  private static final long MAX_AGE_MILLIS = TimeUnit.DAYS.toMillis(30);

  /** Repetitions that wait for one request. */
  private static final int MAX_WAITING = 16;

  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>();
  private final @Nullable IdempotencyJournal journal;
  private long bytes;

  /**
   * @param folder where they are kept for the next start; null: they are not
   */
  IdempotencyKeys(LongSupplier nanoTime, InstantSource clock, @Nullable Path folder) {
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.journal = folder == null ? null : IdempotencyJournal.open(folder, this::knownBefore);
  }

  /** An age that the clock cannot tell, as it was set back since, is none. */
  private synchronized void knownBefore(IdempotencyJournal.Kept kept) {
    long ageMillis = Math.clamp(clock.millis() - kept.beganMillis(), 0, MAX_AGE_MILLIS);
    long began = nanoTime.getAsLong() - TimeUnit.MILLISECONDS.toNanos(ageMillis);
    Entry entry = new Entry(kept.key(), kept.fingerprint(), began);
    entry.isInHand = false;
    entry.stored = kept.stored();
    entry.response = kept.response();
    Entry before = entries.remove(kept.key());
    bytes += entry.bytes() - (before == null ? 0 : before.bytes());
    entries.put(kept.key(), entry);
  }

  /** SHA-256 of device and key, cut: no key of one device is that of another. */
  record Key(long high, long low) {
    static Key of(String device, String key) {
      MessageDigest digest = sha256();
      digest.update(device.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      digest.update(key.getBytes(StandardCharsets.UTF_8));
      ByteBuffer hash = ByteBuffer.wrap(digest.digest());
      return new Key(hash.getLong(), hash.getLong());
    }
  }

  /** What a request is, so that another one under the same key is found. */
  static long fingerprint(String method, String target, byte[] body) {
    MessageDigest digest = sha256();
    digest.update(method.getBytes(StandardCharsets.ISO_8859_1));
    digest.update((byte) 0);
    digest.update(target.getBytes(StandardCharsets.ISO_8859_1));
    digest.update((byte) 0);
    return ByteBuffer.wrap(digest.digest(body)).getLong();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java platform has SHA-256", missing);
    }
  }

  /** What becomes of a request with a key. */
  sealed interface Claim {
    /** It is to be served, but for what is stored already, and then {@link #settle}d. */
    record Mine(Entry entry, BitSet stored) implements Claim {}

    /** It was served before. */
    record Known(Response response) implements Claim {}

    /** It is told what becomes of the first. */
    record Waits() implements Claim {}

    /** The key was that of another request. */
    record Mismatch() implements Claim {}

    /** Too many wait for the first already. */
    record TooMany() implements Claim {}
  }

  /** One key. Guarded by the whole. */
  static final class Entry {
    private final Key key;
    private final long fingerprint;
    private final long beganNanos;
    private final List<Consumer<Response>> waiting = new ArrayList<>(0);
    private BitSet stored = new BitSet();
    private @Nullable Response response;
    private boolean isInHand = true;

    private Entry(Key key, long fingerprint, long beganNanos) {
      this.key = key;
      this.fingerprint = fingerprint;
      this.beganNanos = beganNanos;
    }

    private long bytes() {
      return ENTRY_BYTES + (response == null ? 0L : response.body().length);
    }
  }

  /**
   * Claims a key.
   *
   * @param again told the answer of the first, on any thread, where the claim waits
   * @param keepNanos how long a key is remembered
   * @param maxKeys how many are
   */
  synchronized Claim claim(
      Key key, long fingerprint, Consumer<Response> again, long keepNanos, int maxKeys) {
    long now = nanoTime.getAsLong();
    forget(now - keepNanos, maxKeys);
    Entry known = entries.get(key);
    if (known == null) {
      Entry mine = new Entry(key, fingerprint, now);
      entries.put(key, mine);
      bytes += mine.bytes();
      return new Claim.Mine(mine, mine.stored);
    }
    if (known.fingerprint != fingerprint) {
      return new Claim.Mismatch();
    }
    if (known.response != null) {
      return new Claim.Known(known.response);
    }
    if (!known.isInHand) {
      known.isInHand = true;
      return new Claim.Mine(known, (BitSet) known.stored.clone());
    }
    if (known.waiting.size() == MAX_WAITING) {
      return new Claim.TooMany();
    }
    known.waiting.add(again);
    return new Claim.Waits();
  }

  private void forget(long beforeNanos, int maxKeys) {
    Iterator<Map.Entry<Key, Entry>> oldest = entries.entrySet().iterator();
    while (oldest.hasNext()) {
      Entry entry = oldest.next().getValue();
      boolean isOld = entry.beganNanos - beforeNanos < 0;
      if (!isOld && entries.size() < maxKeys && bytes < MAX_BYTES) {
        return;
      }
      bytes -= entry.bytes();
      oldest.remove();
    }
  }

  /**
   * Notes what became of a request that was claimed, and tells those that wait.
   *
   * @param stored places of its messages that are stored
   * @param maxKeys how many are remembered
   * @param then runs behind that: at once, or on another thread
   */
  void settle(Entry entry, Response response, BitSet stored, int maxKeys, Runnable then) {
    boolean isOfUse = response.isSuccess() || !stored.isEmpty();
    if (journal == null || !isOfUse) {
      settle(entry, response, stored);
      then.run();
      return;
    }
    long ageMillis = TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - entry.beganNanos);
    journal.write(
        new IdempotencyJournal.Kept(
            entry.key,
            entry.fingerprint,
            clock.millis() - ageMillis,
            stored,
            response.isSuccess() ? response : null),
        maxKeys,
        () -> {
          settle(entry, response, stored);
          then.run();
        });
  }

  private void settle(Entry entry, Response response, BitSet stored) {
    List<Consumer<Response>> others;
    synchronized (this) {
      boolean isKept = entries.get(entry.key) == entry;
      bytes -= isKept ? entry.bytes() : 0;
      entry.isInHand = false;
      entry.stored = stored;
      if (response.isSuccess()) {
        entry.response = response;
      }
      boolean isOfUse = response.isSuccess() || !stored.isEmpty();
      if (isKept && isOfUse) {
        bytes += entry.bytes();
      } else if (isKept) {
        entries.remove(entry.key);
      }
      others = List.copyOf(entry.waiting);
      entry.waiting.clear();
    }
    others.forEach(other -> other.accept(response));
  }

  @Override
  public void close() {
    if (journal != null) {
      journal.close();
    }
  }

  /** Keys that are remembered now. */
  synchronized int size() {
    return entries.size();
  }
}
