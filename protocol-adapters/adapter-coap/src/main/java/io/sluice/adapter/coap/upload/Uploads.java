package io.sluice.adapter.coap.upload;

import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.api.DeviceId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.jspecify.annotations.Nullable;

/**
 * Bodies that admitted devices send in blocks (RFC 7959 section 2.5), as far as they have come. A
 * body takes the room of the blocks that are there, whatever Size1 announces.
 *
 * <p>Bounds: {@value #PER_DEVICE} transfers of a device, the oldest goes for a new one; so many of
 * all devices and so many bytes together, beyond which a sender is told when to come again. A
 * transfer is forgotten {@value #IDLE_SECONDS} s after its last block. Thread-safe.
 */
public final class Uploads {
  static final int PER_DEVICE = 4;

  /** Longer than a client goes on to send one block: MAX_TRANSMIT_WAIT is 93 s, with pauses. */
  static final int IDLE_SECONDS = 60;

  /** All bodies together may take this part of the heap: an eighth. */
  private static final int HEAP_SHARE = 8;

  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(IDLE_SECONDS);

  private final int maxTransfers;
  private final int maxBodyBytes;
  private final long maxBytes;
  private final LongSupplier nanoTime;

  /** Of each device in the order of their beginning. Guarded by this, as all below. */
  private final Map<DeviceId, LinkedHashMap<Key, Upload>> byDevice = new HashMap<>();

  private int transfers;
  private long bytes;

  /**
   * What tells one body from another.
   *
   * @param endpoint the security association, or the address
   * @param query without the credentials
   * @param tags Request-Tag options, RFC 9175 section 3.3
   */
  record Key(
      DeviceId device,
      Object endpoint,
      Code method,
      List<String> path,
      List<String> query,
      List<String> tags) {}

  /** What is to be done after a block. */
  sealed interface Step {
    /** Ask for the next. */
    record More() implements Step {}

    /** It was the last one. */
    record Whole(byte[] body) implements Step {}

    /** It does not continue what is there: 4.08. */
    record Incomplete(String detail) implements Step {}

    /** The body is larger than the largest: 4.13. */
    record TooLarge() implements Step {}

    /** No room for it now: 5.03. */
    record Full(long retryAfterMillis) implements Step {}
  }

  private static final class Upload {
    private final int contentFormat;
    private byte[] body = {};
    private int length;
    private long usedNanos;

    Upload(int contentFormat) {
      this.contentFormat = contentFormat;
    }
  }

  public static Uploads create(CoapOptions settings) {
    return new Uploads(
        settings.maxTransfers(),
        settings.payloadBytes(),
        Runtime.getRuntime().maxMemory() / HEAP_SHARE,
        System::nanoTime);
  }

  /**
   * @param maxTransfers of all devices
   * @param maxBytes of all bodies together
   */
  public Uploads(int maxTransfers, int maxBodyBytes, long maxBytes, LongSupplier nanoTime) {
    this.maxTransfers = maxTransfers;
    this.maxBodyBytes = maxBodyBytes;
    this.maxBytes = Math.max(maxBytes, 2L * maxBodyBytes); // one body that grows always has room
    this.nanoTime = nanoTime;
  }

  /**
   * Takes a block.
   *
   * @param contentFormat that of the request, any constant where it names none
   */
  synchronized Step add(Key key, BlockOption block, int contentFormat, byte[] payload) {
    long now = nanoTime.getAsLong();
    if (block.getNum() == 0) {
      remove(key);
      if (!block.isM()) {
        return new Step.Whole(payload);
      }
      Step refusal = begin(key, contentFormat, now);
      if (refusal != null) {
        return refusal;
      }
    }
    Upload upload = find(key);
    if (upload == null || now - upload.usedNanos > IDLE_NANOS) {
      remove(key);
      return new Step.Incomplete("no transfer is under way here; begin again with block 0");
    }
    if (upload.contentFormat != contentFormat) {
      remove(key);
      return new Step.Incomplete("another Content-Format than in block 0; begin again");
    }
    upload.usedNanos = now;
    int offset = block.getOffset();
    if (block.isM() && isRepeated(upload, offset, payload)) {
      return new Step.More(); // its answer was lost
    }
    if (offset != upload.length) {
      remove(key);
      return new Step.Incomplete("a block is missing; begin again with block 0");
    }
    return append(key, upload, block.isM(), payload);
  }

  private Step append(Key key, Upload upload, boolean isMore, byte[] payload) {
    int wanted = upload.length + payload.length;
    if (wanted > maxBodyBytes) {
      remove(key);
      return new Step.TooLarge();
    }
    if (!isMore) {
      byte[] whole = Arrays.copyOf(upload.body, wanted);
      System.arraycopy(payload, 0, whole, upload.length, payload.length);
      remove(key);
      return new Step.Whole(whole);
    }
    if (wanted > upload.body.length) {
      int capacity = Math.min(maxBodyBytes, Math.max(wanted, 2 * upload.body.length));
      if (bytes + capacity - upload.body.length > maxBytes) {
        dropIdle();
      }
      if (bytes + capacity - upload.body.length > maxBytes) {
        remove(key);
        return full();
      }
      bytes += capacity - upload.body.length;
      upload.body = Arrays.copyOf(upload.body, capacity);
    }
    System.arraycopy(payload, 0, upload.body, upload.length, payload.length);
    upload.length = wanted;
    return new Step.More();
  }

  private static boolean isRepeated(Upload upload, int offset, byte[] payload) {
    int end = offset + payload.length;
    return end == upload.length
        && payload.length > 0
        && Arrays.equals(upload.body, offset, end, payload, 0, payload.length);
  }

  /** Null where there is room. */
  private @Nullable Step begin(Key key, int contentFormat, long now) {
    LinkedHashMap<Key, Upload> own = byDevice.get(key.device());
    if (own != null && own.size() >= PER_DEVICE) {
      remove(own.firstEntry().getKey());
    }
    if (transfers >= maxTransfers) {
      dropIdle();
    }
    if (transfers >= maxTransfers) {
      return full();
    }
    Upload upload = new Upload(contentFormat);
    upload.usedNanos = now;
    byDevice.computeIfAbsent(key.device(), any -> new LinkedHashMap<>()).put(key, upload);
    transfers++;
    return null;
  }

  private @Nullable Upload find(Key key) {
    LinkedHashMap<Key, Upload> own = byDevice.get(key.device());
    return own == null ? null : own.get(key);
  }

  private void remove(Key key) {
    LinkedHashMap<Key, Upload> own = byDevice.get(key.device());
    Upload upload = own == null ? null : own.remove(key);
    if (own != null && upload != null) {
      forget(upload);
      if (own.isEmpty()) {
        byDevice.remove(key.device());
      }
    }
  }

  private void forget(Upload upload) {
    transfers--;
    bytes -= upload.body.length;
  }

  /** When the one idle longest is forgotten there is room at the latest. */
  private Step full() {
    long now = nanoTime.getAsLong();
    long oldest = 0;
    for (LinkedHashMap<Key, Upload> own : byDevice.values()) {
      for (Upload upload : own.values()) {
        oldest = Math.max(oldest, now - upload.usedNanos);
      }
    }
    return new Step.Full(TimeUnit.NANOSECONDS.toMillis(Math.max(0, IDLE_NANOS - oldest)));
  }

  /** Forgets what has had no block for too long; called every few seconds. */
  public synchronized void dropIdle() {
    long now = nanoTime.getAsLong();
    Iterator<LinkedHashMap<Key, Upload>> devices = byDevice.values().iterator();
    while (devices.hasNext()) {
      LinkedHashMap<Key, Upload> own = devices.next();
      own.values()
          .removeIf(upload -> {
            boolean isIdle = now - upload.usedNanos > IDLE_NANOS;
            if (isIdle) {
              forget(upload);
            }
            return isIdle;
          });
      if (own.isEmpty()) {
        devices.remove();
      }
    }
  }

  /** Transfers under way. */
  synchronized int size() {
    return transfers;
  }

  /** Bytes that they take. */
  synchronized long bytes() {
    return bytes;
  }
}
