package io.sluice.adapter.http.message;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** Unpacks a body of {@code Content-Encoding: gzip} (RFC 9110 section 8.4.1.3). Stateless. */
public final class Gunzip {
  private static final int BUFFER_BYTES = 8 << 10;

  private Gunzip() {}

  /**
   * The unpacked bytes.
   *
   * @param maxBytes beyond which nothing is unpacked, so that a small body takes no more room
   * @throws RequestFault where it is no gzip, is cut short, or is larger unpacked
   */
  public static byte[] unpack(byte[] packed, int maxBytes) throws RequestFault {
    byte[] bytes = new byte[(int) Math.min(maxBytes, Math.max(256, 4L * packed.length))];
    int length = 0;
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed), BUFFER_BYTES)) {
      while (true) {
        if (length == bytes.length) {
          if (length == maxBytes) {
            if (in.read() < 0) {
              break;
            }
            throw new RequestFault(
                Response.TOO_LARGE,
                "the body is larger than " + maxBytes + " bytes unpacked; send less at once");
          }
          bytes = Arrays.copyOf(bytes, (int) Math.min(maxBytes, 2L * bytes.length));
        }
        int read = in.read(bytes, length, bytes.length - length);
        if (read < 0) {
          break;
        }
        length += read;
      }
    } catch (IOException e) {
      throw new RequestFault(
          Response.BAD_REQUEST, "the body is no whole gzip, as content-encoding says");
    }
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }
}
