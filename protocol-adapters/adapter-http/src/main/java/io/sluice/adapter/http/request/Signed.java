package io.sluice.adapter.http.request;

import io.sluice.adapter.http.message.RequestFault;
import io.sluice.adapter.http.message.RequestHead;
import io.sluice.adapter.http.message.Response;
import io.sluice.api.adapter.Credentials;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The signature of a request: {@code X-Sluice-Signature} is HMAC-SHA256 in hexadecimal digits, by
 * the device's secret, over method, target, X-Sluice-Timestamp (milliseconds since the epoch) and
 * Idempotency-Key, each with LF behind it, and then the body as it was sent. Immutable.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Signed(String device, String timestamp, long millis, String key, byte[] signature) {
  static final String DEVICE = "x-sluice-device";

  /** Of a body that comes before it is known whose it is. */
  static final int MAX_BODY_BYTES = 128 << 10;

  private static final int MAX_STAMP_DIGITS = 15;
  private static final int HEX_DIGITS = 64;

  static Signed of(RequestHead head, String device, @Nullable String key) throws RequestFault {
    String stamp = head.fields().only("x-sluice-timestamp");
    if (stamp == null
        || stamp.isEmpty()
        || stamp.length() > MAX_STAMP_DIGITS
        || !stamp.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new RequestFault(
          Response.UNAUTHORIZED, "x-sluice-timestamp must be milliseconds since the epoch");
    }
    String hex = head.fields().only("x-sluice-signature");
    if (hex == null
        || hex.length() != HEX_DIGITS
        || !hex.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
      throw new RequestFault(
          Response.UNAUTHORIZED, "x-sluice-signature must be HMAC-SHA256 in 64 hexadecimal digits");
    }
    return new Signed(
        device, stamp, Long.parseLong(stamp), key == null ? "" : key, HexFormat.of().parseHex(hex));
  }

  /** For the gateway. */
  Credentials.Signed credentials(RequestHead head, byte[] body, Duration window) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(body.length + 128);
    String before = head.method() + '\n' + head.target() + '\n' + timestamp + '\n' + key + '\n';
    text.writeBytes(before.getBytes(StandardCharsets.ISO_8859_1));
    text.writeBytes(body);
    return new Credentials.Signed(device, text.toByteArray(), signature, millis, window.toMillis());
  }

  /** By which the same request is known again. */
  String replayKey() {
    return "signature " + HexFormat.of().formatHex(signature);
  }
}
