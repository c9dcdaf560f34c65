package io.sluice.engine.ingest;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Knows again what came before: a LoRaWAN frame that several gateways heard, or that its device
 * sent again since no answer reached it; a message with the id of one before. What comes again has
 * the receipt of the first, once that is stored; where the first is not, what comes again is taken
 * in its place when it is offered again. Keeps the last {@value #MAX_KEPT} for ten minutes, in
 * memory. Thread-safe.
 */
final class RepeatedParts {
  private static final int MAX_KEPT = 200_000;
  private static final int MAX_WAITING = 64;

  /** Of a longer text its digest is kept: so many keys would fill the memory else. */
  private static final int TEXT_MAX = 512;

  private static final Duration WINDOW = Duration.ofMinutes(10);

  private record Key(DeviceId device, String key) {}

  /** Made with the first message that has a key. */
  private @Nullable Cache<Key, First> kept;

  private synchronized Cache<Key, First> firsts() {
    Cache<Key, First> now = kept;
    if (now == null) {
      now =
          Caffeine.newBuilder()
              .executor(Runnable::run)
              .maximumSize(MAX_KEPT)
              .expireAfterWrite(WINDOW)
              .build();
      kept = now;
    }
    return now;
  }

  /**
   * The uplink's receipts where it is the first with its key; null where one came before: then the
   * uplink's sink is told what became of that, now or later.
   */
  @Nullable First first(DeviceId device, String text, PartUplink uplink) {
    Cache<Key, First> firsts = firsts();
    Key key = new Key(device, text.length() > TEXT_MAX ? digest(text) : text);
    First mine = new First(uplink.sink(), failed -> firsts.asMap().remove(key, failed));
    First before = firsts.asMap().putIfAbsent(key, mine);
    if (before == null) {
      return mine;
    }
    Receipt known = before.await(uplink);
    if (known != null) {
      tell(uplink, known);
    }
    return null;
  }

  private static String digest(String text) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // each JVM has it
    }
  }

  private static void tell(Uplink uplink, Receipt receipt) {
    uplink.sink().receipt(uplink, receipt);
    uplink.sink().flush();
  }

  /** The receipts of the first with its key, and of those that came before it was settled. */
  static final class First implements ReceiptSink {
    private static final Receipt AGAIN = new Receipt.Busy(IngestPipeline.QUEUE_RETRY_AFTER_MILLIS);

    private final ReceiptSink sink;
    private final Consumer<First> removal;
    private final List<Uplink> waiting = new ArrayList<>(0);
    private @Nullable Receipt settled;

    private First(ReceiptSink sink, Consumer<First> removal) {
      this.sink = sink;
      this.removal = removal;
    }

    /** What became of it, where that is known; else the uplink is told later. */
    private synchronized @Nullable Receipt await(Uplink again) {
      if (settled == null && waiting.size() < MAX_WAITING) {
        waiting.add(again);
        return null;
      }
      return settled == null ? AGAIN : settled;
    }

    @Override
    public void receipt(Uplink uplink, Receipt receipt) {
      boolean isKept =
          receipt instanceof Receipt.Stored
              || (receipt instanceof Receipt.Rejected rejected && rejected.deadLettered());
      Receipt ofOthers = isKept ? receipt : AGAIN;
      List<Uplink> others;
      if (!isKept) {
        removal.accept(this);
      }
      synchronized (this) {
        settled = ofOthers;
        others = List.copyOf(waiting);
        waiting.clear();
      }
      sink.receipt(uplink, receipt);
      others.forEach(other -> tell(other, ofOthers));
    }

    @Override
    public void flush() {
      sink.flush();
    }
  }
}
