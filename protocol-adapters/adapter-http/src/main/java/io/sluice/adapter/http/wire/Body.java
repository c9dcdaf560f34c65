package io.sluice.adapter.http.wire;

import io.netty.buffer.ByteBuf;
import io.sluice.adapter.http.request.RequestService;
import java.util.Arrays;

/**
 * The body of a request as it comes. What it holds is taken from the room that all bodies share.
 * Confined to the event loop.
 */
final class Body {
  private static final int FIRST_BYTES = 1 << 10;

  private final RequestService service;
  private byte[] bytes = {};
  private int length;

  Body(RequestService service) {
    this.service = service;
  }

  /** Bytes that have come. */
  int length() {
    return length;
  }

  /** Bytes of memory that it holds. */
  int held() {
    return bytes.length;
  }

  /**
   * Takes bytes from the buffer; false where there is no room for them.
   *
   * @param expected bytes of the whole body, or negative where that is not known
   * @param max bytes that it may have
   */
  boolean take(ByteBuf from, int count, long expected, int max) {
    int needed = length + count;
    if (needed > bytes.length) {
      // grown as bytes come, and not as they are promised
      long doubled = Math.max(FIRST_BYTES, 2L * bytes.length);
      long grown = expected >= 0 && expected <= Math.max(doubled, needed) ? expected : doubled;
      int size = (int) Math.min(max, Math.max(needed, grown));
      if (!service.hold(size - bytes.length)) {
        return false;
      }
      bytes = Arrays.copyOf(bytes, size);
    }
    from.readBytes(bytes, length, count);
    length = needed;
    return true;
  }

  /** All that came. */
  byte[] whole() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  /** Gives its room back. Once. */
  void release() {
    service.release(bytes.length);
    bytes = new byte[0];
    length = 0;
  }
}
