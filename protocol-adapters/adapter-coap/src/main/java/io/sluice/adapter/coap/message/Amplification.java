package io.sluice.adapter.coap.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;

/**
 * Keeps what is sent to an address that nobody has verified small, so that the gateway is of no use
 * to who forges one (RFC 7252 section 11.3): thrice the request, or {@value #FREE_BYTES} bytes.
 * Diagnostics are cut short; other answers come in small blocks.
 */
public final class Amplification {
  public static final int FREE_BYTES = 128;
  private static final int FACTOR = 3;

  /** Header, token and the options of an answer. */
  private static final int OVERHEAD_BYTES = 24;

  private Amplification() {}

  /** True where the answer had to be made smaller. */
  public static boolean bound(Request request, Response response) {
    byte[] received = request.getBytes();
    int requestBytes = received == null ? request.getPayloadSize() : received.length;
    if (!response.isSuccess()) {
      return bound(requestBytes, response);
    }
    int most = most(requestBytes);
    return response.getPayloadSize() > most && smallBlocks(request, most);
  }

  /** The same for a diagnostic. */
  public static boolean bound(int requestBytes, Response diagnostic) {
    int most = most(requestBytes);
    if (diagnostic.getPayloadSize() <= most) {
      return false;
    }
    diagnostic.setPayload(cut(diagnostic.getPayload(), most));
    return true;
  }

  private static int most(int requestBytes) {
    return Math.max(FREE_BYTES, FACTOR * requestBytes) - OVERHEAD_BYTES;
  }

  /** As if the request had asked for blocks of that size (RFC 7959 section 2.4). */
  private static boolean smallBlocks(Request request, int most) {
    int szx = BlockOption.size2Szx(Integer.highestOneBit(Math.max(16, most)));
    BlockOption asked = request.getOptions().getBlock2();
    if (asked != null && asked.getSzx() <= szx) {
      return false;
    }
    // the offset stays: it is a multiple of the smaller size too
    int offset = asked == null ? 0 : asked.getOffset();
    request.getOptions().setBlock2(szx, false, offset / BlockOption.szx2Size(szx));
    return true;
  }

  /**
   * The text's beginning, whole characters, as UTF-8 of so many bytes at the most; the text has
   * more.
   */
  static String cut(byte[] text, int most) {
    int end = most;
    while (end > 0 && (text[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(Arrays.copyOf(text, end), StandardCharsets.UTF_8);
  }
}
