package io.sluice.adapter.http.message;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One answer. Immutable.
 *
 * @param status of three digits
 * @param contentType of the body; null where there is none
 * @param body not to be changed
 * @param fields further header fields: name, value, name, value
 * @param isLast whether the connection ends behind it, as what follows cannot be trusted
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Response(
    int status, @Nullable String contentType, byte[] body, List<String> fields, boolean isLast) {
  public static final int OK = 200;
  public static final int NO_CONTENT = 204;
  public static final int BAD_REQUEST = 400;
  public static final int UNAUTHORIZED = 401;
  public static final int FORBIDDEN = 403;
  public static final int NOT_FOUND = 404;
  public static final int METHOD_NOT_ALLOWED = 405;
  public static final int REQUEST_TIMEOUT = 408;
  public static final int CONFLICT = 409;
  public static final int TOO_LARGE = 413;
  public static final int UNSUPPORTED_TYPE = 415;
  public static final int UNPROCESSABLE = 422;
  public static final int TOO_MANY = 429;
  public static final int INTERNAL = 500;
  public static final int NOT_IMPLEMENTED = 501;
  public static final int UNAVAILABLE = 503;

  private static final byte[] NOTHING = {};

  public Response {
    fields = List.copyOf(fields);
  }

  /** With no body. */
  public static Response of(int status) {
    return new Response(status, null, NOTHING, List.of(), false);
  }

  /** With a body. */
  public static Response of(int status, String contentType, byte[] body) {
    return new Response(status, contentType, body, List.of(), false);
  }

  /** The same with one more header field. */
  public Response with(String name, String value) {
    List<String> more = new ArrayList<>(fields);
    more.add(name);
    more.add(value);
    return new Response(status, contentType, body, more, isLast);
  }

  /** The same with Retry-After. */
  public Response retryAfterMillis(long millis) {
    return with("retry-after", Long.toString(Math.max(1, Math.ceilDiv(millis, 1000L))));
  }

  /** The same as the last of its connection. */
  public Response last() {
    return new Response(status, contentType, body, fields, true);
  }

  /** Whether the request was served. */
  public boolean isSuccess() {
    return status / 100 == 2;
  }

  /** The words of a status (RFC 9110 section 15). */
  public static String phrase(int status) {
    return switch (status) {
      case 100 -> "Continue";
      case OK -> "OK";
      case 202 -> "Accepted";
      case NO_CONTENT -> "No Content";
      case BAD_REQUEST -> "Bad Request";
      case UNAUTHORIZED -> "Unauthorized";
      case FORBIDDEN -> "Forbidden";
      case NOT_FOUND -> "Not Found";
      case METHOD_NOT_ALLOWED -> "Method Not Allowed";
      case REQUEST_TIMEOUT -> "Request Timeout";
      case CONFLICT -> "Conflict";
      case TOO_LARGE -> "Content Too Large";
      case 414 -> "URI Too Long";
      case UNSUPPORTED_TYPE -> "Unsupported Media Type";
      case 417 -> "Expectation Failed";
      case UNPROCESSABLE -> "Unprocessable Content";
      case TOO_MANY -> "Too Many Requests";
      case 431 -> "Request Header Fields Too Large";
      case INTERNAL -> "Internal Server Error";
      case NOT_IMPLEMENTED -> "Not Implemented";
      case UNAVAILABLE -> "Service Unavailable";
      case 505 -> "HTTP Version Not Supported";
      default -> "Status " + status;
    };
  }
}
