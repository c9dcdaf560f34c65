package io.sluice.upstream.mqtt;

import io.netty.handler.codec.mqtt.MqttProperties;
import io.sluice.api.tls.ClientTls;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What went wrong, in words for the operator. */
final class BrokerFaults {
  /** What a broker writes is shown to the operator: a bound for it. */
  private static final int TEXT_CHARS_MAX = 200;

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
  static String connect(int code, MqttProperties properties) {
    String reason =
        switch (code) {
          case 0x01, 0x84 -> "it does not speak this version; write another in version";
          case 0x02, 0x85 -> "client id not valid; write another in client-id";
          case 0x03, 0x88 -> "server unavailable";
          case 0x04, 0x86 -> "bad user name or password; not authorized";
          case 0x05, 0x87 -> "not authorized; check username and password";
          default -> word(code);
        };
    return "refused with 0x%02x%s%s"
        .formatted(code, reason.isEmpty() ? "" : ": " + reason, told(properties));
  }

  /** Why the broker ended the connection: section 3.14.2.1 of MQTT 5. */
  static String disconnect(int code, MqttProperties properties) {
    String reason =
        switch (code) {
          case 0x00 -> "normal disconnection";
          default -> word(code);
        };
    return "the broker ended the connection with 0x%02x%s%s"
        .formatted(code, reason.isEmpty() ? "" : ": " + reason, told(properties));
  }

  /** How it refuses a publication: section 3.4.2.1 of MQTT 5. */
  static String publication(int code, MqttProperties properties) {
    String reason = word(code);
    return "the broker refused it with 0x%02x%s%s"
        .formatted(code, reason.isEmpty() ? "" : ": " + reason, told(properties));
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

  /** Reason String and Server Reference: sections 3.2.2.3.9 and 3.2.2.3.16 of MQTT 5. */
  private static String told(MqttProperties properties) {
    String told = "";
    String server = text(properties, MqttProperties.SERVER_REFERENCE);
    if (server != null) {
      told += " (it names " + server + ')';
    }
    String reason = text(properties, MqttProperties.REASON_STRING);
    return reason == null ? told : told + " (it says: " + reason + ')';
  }

  private static @Nullable String text(MqttProperties properties, int which) {
    MqttProperties.MqttProperty<?> property = properties.getProperty(which);
    if (property == null || !(property.value() instanceof String text) || text.isBlank()) {
      return null;
    }
    String line = text.replaceAll("\\p{Cntrl}", " ").strip();
    return line.length() <= TEXT_CHARS_MAX ? line : line.substring(0, TEXT_CHARS_MAX) + "...";
  }

  /** A time limit as it is written: {@code 10s}, {@code 500ms}. */
  static String time(long millis) {
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : String.format(Locale.ROOT, "%dms", millis);
  }
}
