package io.sluice.upstream.mqtt;

import io.sluice.api.tls.ClientTls;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/** What went wrong, in words for the operator. */
final class BrokerFaults {
  private BrokerFaults() {}

  /** The innermost cause says it best. */
  static String text(@Nullable Throwable fault) {
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

  /** Why CONNECT was refused: section 3.2.2.3 of MQTT 3.1.1, 3.2.2.2 of 5. */
  static String connect(int code) {
    String reason =
        switch (code) {
          case 0x01, 0x84 -> "it does not speak this version; write another in version";
          case 0x02, 0x85 -> "client id not valid; write another in client-id";
          case 0x03, 0x88 -> "server unavailable";
          case 0x04, 0x86 -> "bad user name or password; not authorized";
          case 0x05, 0x87 -> "not authorized; check username and password";
          case 0x89 -> "server busy";
          case 0x8A -> "banned";
          case 0x97 -> "quota exceeded";
          case 0x9F -> "too many connections a second";
          default -> "";
        };
    return "refused with 0x%02x%s".formatted(code, reason.isEmpty() ? "" : ": " + reason);
  }

  /** Why the broker ended the connection: section 3.14.2.1 of MQTT 5. */
  static String disconnect(int code) {
    String reason =
        switch (code) {
          case 0x87 -> "not authorized";
          case 0x89 -> "server busy";
          case 0x8B -> "server shutting down";
          case 0x8D -> "keep-alive timeout";
          case 0x8E -> "another client took over the client id";
          case 0x93 -> "receive maximum exceeded; lower in-flight";
          case 0x95 -> "packet too large";
          case 0x97 -> "quota exceeded";
          default -> "";
        };
    return "the broker ended the connection with 0x%02x%s"
        .formatted(code, reason.isEmpty() ? "" : ": " + reason);
  }
}
