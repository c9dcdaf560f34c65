package io.sluice.adapter.http.message;

import java.nio.charset.StandardCharsets;

/** Answers that say what is wrong: {@code application/problem+json}, RFC 9457. Stateless. */
public final class Problem {
  private static final String TYPE = "application/problem+json";

  /** Why a body is not taken that is none too large. */
  public static final String NO_ROOM = "too many bodies are in hand; try again in 1 s";

  /** More would help nobody. */
  private static final int MAX_DETAIL_CHARS = 2048;

  private Problem() {}

  /**
   * An answer with a sentence.
   *
   * @param detail what is wrong and what to do
   */
  public static Response of(int status, String detail) {
    return of(status, detail, "");
  }

  /**
   * An answer with a sentence and further members.
   *
   * @param members JSON from the comma on, or empty
   */
  public static Response of(int status, String detail, String members) {
    String json =
        "{\"title\":\"%s\",\"status\":%d,\"detail\":%s%s}\n"
            .formatted(Response.phrase(status), status, quoted(detail), members);
    return Response.of(status, TYPE, json.getBytes(StandardCharsets.UTF_8));
  }

  /** Bodies hold all the room that they may. */
  public static Response noRoom() {
    return of(Response.UNAVAILABLE, NO_ROOM).retryAfterMillis(1000);
  }

  /** The gateway has given no verdict in time. */
  public static Response noVerdict() {
    return of(
            Response.UNAVAILABLE,
            "no verdict in time: the message may be stored all the same; send it again with the same"
                + " Idempotency-Key")
        .retryAfterMillis(1000);
  }

  /** Of a request that cannot be served as it came. */
  public static Response of(RequestFault fault) {
    return of(fault.status(), fault.detail());
  }

  /** A text of JSON; cut where it is longer than helps. */
  public static String quoted(String text) {
    StringBuilder json = new StringBuilder(text.length() + 2).append('"');
    int end = Math.min(text.length(), MAX_DETAIL_CHARS);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append("\\u%04x".formatted((int) c));
      } else {
        json.append(Character.isSurrogate(c) && !isPaired(text, i) ? '?' : c);
      }
    }
    return json.append('"').toString();
  }

  private static boolean isPaired(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at))
        ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
        : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
  }
}
