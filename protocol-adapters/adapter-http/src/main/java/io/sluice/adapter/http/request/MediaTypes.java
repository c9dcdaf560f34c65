package io.sluice.adapter.http.request;

import io.sluice.api.ContentType;
import io.sluice.api.RejectReason;
import io.sluice.api.Rejection;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the Content-Type of a request says. Stateless. */
final class MediaTypes {
  private static final Set<String> LINES =
      Set.of(
          "application/x-ndjson",
          "application/ndjson",
          "application/jsonl",
          "application/x-jsonlines");

  /** What a form or curl's -d sends without a word of the user's: nothing is said by it. */
  private static final String FORM = "application/x-www-form-urlencoded";

  static final Rejection UNKNOWN =
      new Rejection(
          RejectReason.UNSUPPORTED_CONTENT_TYPE,
          "unknown content-type or charset; use UTF-8 and application/json, application/x-ndjson,"
              + " application/cbor, application/senml+json, application/senml+cbor, text/plain or"
              + " application/octet-stream");

  private MediaTypes() {}

  static boolean isLines(String mediaType) {
    return LINES.contains(name(mediaType));
  }

  /**
   * Whether a device of Eclipse Hono says by it that it has nothing to say but that it is there.
   */
  static boolean isEmptyNotification(@Nullable String mediaType) {
    return mediaType != null
        && name(mediaType).equals("application/vnd.eclipse-hono-empty-notification");
  }

  private static String name(String mediaType) {
    int parameters = mediaType.indexOf(';');
    return (parameters < 0 ? mediaType : mediaType.substring(0, parameters))
        .strip()
        .toLowerCase(Locale.ROOT);
  }

  /** The type of each message; null where it is none of ours. */
  static @Nullable ContentType of(@Nullable String mediaType) {
    if (mediaType == null || mediaType.isEmpty()) {
      return ContentType.UNSPECIFIED;
    }
    if (isLines(mediaType)) {
      return isUtf8(mediaType) ? ContentType.JSON : null;
    }
    ContentType type = ContentType.ofMediaType(mediaType);
    if (type == null && name(mediaType).equals(FORM)) {
      return ContentType.UNSPECIFIED;
    }
    return type == null || mediaType.indexOf(';') < 0 || isUtf8(mediaType) ? type : null;
  }

  private static boolean isUtf8(String mediaType) {
    String charset = ContentType.charsetOf(mediaType);
    return charset == null || charset.equals("utf-8") || charset.equals("us-ascii");
  }
}
