package io.sluice.adapter.http.message;

import org.jspecify.annotations.Nullable;

/**
 * What stands before the body of a request. Immutable.
 *
 * @param method as it came
 * @param target as it came: what a signature is made over
 * @param path as it came, with its leading slash and still percent-encoded; {@code *} of OPTIONS
 * @param query behind the question mark, still encoded; null where there is none
 * @param bodyBytes what Content-Length says; {@link #CHUNKED}, or 0 where there is no body
 * @param isLast whether the connection ends behind the answer
 * @param isOld whether it is of HTTP/1.0, which knows neither chunks nor 100
 * @param expectsContinue whether the client waits for 100 before it sends the body
 */
public record RequestHead(
    String method,
    String target,
    String path,
    @Nullable String query,
    Fields fields,
    long bodyBytes,
    boolean isLast,
    boolean isOld,
    boolean expectsContinue) {
  /** Of {@link #bodyBytes}: it is not known before the body ends. */
  public static final long CHUNKED = -1;

  /** Whether a body follows. */
  public boolean hasBody() {
    return bodyBytes != 0;
  }
}
