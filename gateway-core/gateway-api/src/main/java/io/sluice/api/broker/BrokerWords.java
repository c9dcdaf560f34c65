package io.sluice.api.broker;

import io.sluice.api.tls.ClientTls;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a broker answers, in words for the operator. */
public final class BrokerWords {
  /** What a broker writes is shown to the operator: a bound for it. */
  private static final int TEXT_CHARS_MAX = 200;

  private BrokerWords() {}

  /** Why a connection was lost or did not come about; the innermost cause says it best. */
  public static String text(@Nullable Throwable fault) {
    if (fault == null || fault instanceof ClosedChannelException) {
      return "closed by the broker";
    }
    String certificates = ClientTls.fault(fault);
    if (certificates != null) {
      return certificates;
    }
    Throwable root = fault;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }

  /**
   * Why CONNECT was refused: section 3.2.2.3 of MQTT 3.1.1, 3.2.2.2 of 5.
   *
   * @param told what the broker says of it ({@link #told}), or empty
   */
  public static String connect(int code, String told) {
    String reason =
        switch (code) {
          case 0x01, 0x84 -> "it does not speak this version; write another in version";
          case 0x02, 0x85 -> "client id not valid; write another in client-id";
          case 0x03, 0x88 -> "server unavailable";
          case 0x04, 0x86 -> "bad user name or password; not authorized";
          case 0x05, 0x87 -> "not authorized; check username and password";
          default -> word(code);
        };
    return "refused with 0x%02x%s%s".formatted(code, reason.isEmpty() ? "" : ": " + reason, told);
  }

  /** Why the broker ended the connection: section 3.14.2.1 of MQTT 5. */
  public static String disconnect(int code, String told) {
    String reason = code == 0 ? "normal disconnection" : word(code);
    return "the broker ended the connection with 0x%02x%s%s"
        .formatted(code, reason.isEmpty() ? "" : ": " + reason, told);
  }

  /** How it refuses a publication: section 3.4.2.1 of MQTT 5. */
  public static String publication(int code, String told) {
    String reason = word(code);
    return "the broker refused it with 0x%02x%s%s"
        .formatted(code, reason.isEmpty() ? "" : ": " + reason, told);
  }

  /** How it refuses a subscription: section 3.9.3 of MQTT 3.1.1 and 5. */
  public static String subscription(String filter, int code, String told) {
    String reason = word(code);
    return "the broker refuses the subscription %s with 0x%02x%s%s; allow it there"
        .formatted(filter, code, reason.isEmpty() ? "" : ": " + reason, told);
  }

  /** Section 2.4 of MQTT 5; empty where the code is none of its. */
  private static String word(int code) {
    return switch (code) {
      case 0x80 -> "unspecified error";
      case 0x81 -> "malformed packet";
      case 0x82 -> "protocol error";
      case 0x83 -> "implementation specific error";
      case 0x87 -> "not authorized";
      case 0x89 -> "server busy";
      case 0x8A -> "banned";
      case 0x8B -> "server shutting down";
      case 0x8C -> "bad authentication method";
      case 0x8D -> "keep-alive timeout";
      case 0x8E -> "another client took over the client id";
      case 0x90 -> "topic name not valid";
      case 0x8F -> "topic filter not valid";
      case 0x92 -> "packet identifier not found";
      case 0x9E, 0xA1, 0xA2 -> "it does not take this kind of subscription";
      case 0x91 -> "packet identifier in use";
      case 0x93 -> "receive maximum exceeded; lower in-flight";
      case 0x94 -> "topic alias not valid";
      case 0x95 -> "packet too large";
      case 0x96 -> "message rate too high";
      case 0x97 -> "quota exceeded";
      case 0x98 -> "administrative action";
      case 0x99 -> "payload format not valid";
      case 0x9A -> "it keeps no retained messages";
      case 0x9B -> "it does not take this qos; write a lower one in qos";
      case 0x9C -> "use another server for now";
      case 0x9D -> "the server has moved; write the new one in uri";
      case 0x9F -> "too many connections a second";
      case 0xA0 -> "maximum connect time is over";
      default -> "";
    };
  }

  /**
   * What the broker says of its own accord: sections 3.2.2.3.9 and 3.2.2.3.16 of MQTT 5.
   *
   * @param server its Server Reference, or null
   * @param reason its Reason String, or null
   * @return empty where it says nothing
   */
  public static String told(@Nullable String server, @Nullable String reason) {
    String line = line(server);
    String told = line == null ? "" : " (it names " + line + ')';
    line = line(reason);
    return line == null ? told : told + " (it says: " + line + ')';
  }

  private static @Nullable String line(@Nullable String text) {
    if (text == null || text.isBlank()) {
      return null;
    }
    String line = text.replaceAll("\\p{Cntrl}", " ").strip();
    return line.length() <= TEXT_CHARS_MAX ? line : line.substring(0, TEXT_CHARS_MAX) + "...";
  }

  /** A time limit as it is written: {@code 10s}, {@code 500ms}. */
  public static String time(long millis) {
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : String.format(Locale.ROOT, "%dms", millis);
  }
}
