package io.sluice.codec.sparkplug;

import io.sluice.api.MessageBounds;
import io.sluice.api.codec.PayloadException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/**
 * Payloads within payloads, as Eclipse Tahu and sparkplug-client write them where they are told to
 * compress: {@code uuid} says so, {@code body} holds the payload in zlib's form or that of gzip.
 * Stateless.
 */
final class Compressed {
  static final String UUID = "SPBV1.0_COMPRESSED";

  private static final int GZIP_FIRST = 0x1F;
  private static final int GZIP_SECOND = 0x8B;

  private Compressed() {}

  /**
   * The payload within.
   *
   * @throws PayloadException where it is none, or larger than the gateway takes
   */
  static byte[] inflated(byte[] bytes, int from, int length) throws PayloadException {
    boolean isGzip =
        length > 2 && (bytes[from] & 0xFF) == GZIP_FIRST && (bytes[from + 1] & 0xFF) == GZIP_SECOND;
    InputStream packed = new ByteArrayInputStream(bytes, from, length);
    try (InputStream in = isGzip ? new GZIPInputStream(packed) : new InflaterInputStream(packed)) {
      byte[] inflated = in.readNBytes(MessageBounds.PAYLOAD_MAX_BYTES + 1);
      if (inflated.length > MessageBounds.PAYLOAD_MAX_BYTES) {
        throw Wire.fault(
            from,
            "the compressed body has more than "
                + MessageBounds.PAYLOAD_MAX_BYTES
                + " bytes; send less at a time");
      }
      return inflated;
    } catch (IOException e) {
      throw Wire.fault(from, "the body is neither zlib's nor gzip's (" + e.getMessage() + ")");
    }
  }
}
