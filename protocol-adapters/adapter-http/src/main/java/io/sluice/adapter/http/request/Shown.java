package io.sluice.adapter.http.request;

import io.sluice.adapter.http.message.Encoded;
import io.sluice.adapter.http.message.RequestFault;
import io.sluice.adapter.http.message.RequestHead;
import io.sluice.adapter.http.message.Response;
import io.sluice.api.adapter.Credentials;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a request shows of its sender, besides a certificate. Immutable.
 *
 * @param words by which the same is known again; null where nothing is shown
 * @param credentials for the gateway; null where they need the body: a signature
 * @param name the device that it claims to be; null where it names none
 */
record Shown(@Nullable String words, @Nullable Credentials credentials, @Nullable String name) {
  private static final int MAX_CHARS = 4096;

  /**
   * Reads it, by the first of: the token in the path, a signature, Authorization, {@code ?d=&k=}.
   *
   * @param token that stands in the path, or null
   */
  static Shown of(RequestHead head, @Nullable String token) throws RequestFault {
    if (token != null) {
      return new Shown("path " + token, new Credentials.Token(null, token), null);
    }
    String signer = head.fields().only(Signed.DEVICE);
    if (signer != null) {
      return new Shown(null, null, signer);
    }
    String authorization = head.fields().only("authorization");
    if (authorization != null) {
      return authorization(authorization);
    }
    String device = Encoded.parameter(head.query(), "d");
    String key = Encoded.parameter(head.query(), "k");
    return key == null
        ? new Shown(null, new Credentials.Anonymous(device), device)
        : new Shown("query " + device + ' ' + key, new Credentials.Token(device, key), device);
  }

  /** Whether it is more than a name. */
  boolean isProof() {
    return words != null || credentials == null;
  }

  private static Shown authorization(String value) throws RequestFault {
    int blank = value.indexOf(' ');
    String scheme = blank < 0 ? value : value.substring(0, blank);
    String rest = blank < 0 ? "" : value.substring(blank + 1).strip();
    if (rest.isEmpty() || value.length() > MAX_CHARS) {
      throw new RequestFault(
          Response.BAD_REQUEST,
          "the header authorization must be: Basic or Bearer, blank, credentials");
    }
    return switch (scheme.toLowerCase(Locale.ROOT)) {
      case "basic" -> basic(value, rest);
      case "bearer", "token" -> new Shown(value, new Credentials.Token(null, rest), null);
      default ->
          throw new RequestFault(
              Response.UNAUTHORIZED, "authorization is understood as Basic or Bearer alone");
    };
  }

  /** RFC 7617: the user name ends at the first colon. */
  private static Shown basic(String value, String encoded) throws RequestFault {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(encoded);
    } catch (IllegalArgumentException e) {
      throw new RequestFault(Response.BAD_REQUEST, "authorization: Basic is not of base64");
    }
    int colon = 0;
    while (colon < bytes.length && bytes[colon] != ':') {
      colon++;
    }
    if (colon == bytes.length) {
      throw new RequestFault(
          Response.BAD_REQUEST, "authorization: Basic must be base64 of user, colon, password");
    }
    String user = text(bytes, colon);
    byte[] password = java.util.Arrays.copyOfRange(bytes, colon + 1, bytes.length);
    return new Shown(
        value, new Credentials.Password(user, password.length == 0 ? null : password, user), user);
  }

  private static String text(byte[] bytes, int end) throws RequestFault {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, end)).toString();
    } catch (CharacterCodingException e) {
      throw new RequestFault(Response.BAD_REQUEST, "the user name of authorization is no UTF-8");
    }
  }
}
