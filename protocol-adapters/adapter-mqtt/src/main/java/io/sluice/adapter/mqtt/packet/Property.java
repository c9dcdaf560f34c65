package io.sluice.adapter.mqtt.packet;

import org.jspecify.annotations.Nullable;

/**
 * The properties of MQTT 5 (table 2-4 of section 2.2.2.2): what each is, where a client may send
 * it, and its range. Each but the user property comes once at the most in its place.
 */
enum Property {
  PAYLOAD_FORMAT_INDICATOR(0x01, "Payload Format Indicator", Form.BYTE, 0, 1, Place.PUBLISHED),
  MESSAGE_EXPIRY_INTERVAL(0x02, "Message Expiry Interval", Form.FOUR, Place.PUBLISHED),
  CONTENT_TYPE(0x03, "Content Type", Form.TEXT, Place.PUBLISHED),
  RESPONSE_TOPIC(0x08, "Response Topic", Form.TOPIC, Place.PUBLISHED),
  CORRELATION_DATA(0x09, "Correlation Data", Form.BINARY, Place.PUBLISHED),
  SUBSCRIPTION_IDENTIFIER(
      0x0B, "Subscription Identifier", Form.VARIABLE, 1, 268_435_455, Place.SUBSCRIBE.bit) {
    @Override
    int fromServerOnly() {
      return Place.PUBLISH.bit; // [MQTT-3.3.4-6]
    }
  },
  SESSION_EXPIRY_INTERVAL(
      0x11, "Session Expiry Interval", Form.FOUR, Place.CONNECT.bit | Place.DISCONNECT.bit),
  ASSIGNED_CLIENT_IDENTIFIER(0x12, "Assigned Client Identifier", Form.TEXT, Place.NOWHERE),
  SERVER_KEEP_ALIVE(0x13, "Server Keep Alive", Form.TWO, Place.NOWHERE),
  AUTHENTICATION_METHOD(
      0x15, "Authentication Method", Form.TEXT, Place.CONNECT.bit | Place.AUTH.bit),
  AUTHENTICATION_DATA(0x16, "Authentication Data", Form.BINARY, Place.CONNECT.bit | Place.AUTH.bit),
  REQUEST_PROBLEM_INFORMATION(
      0x17, "Request Problem Information", Form.BYTE, 0, 1, Place.CONNECT.bit),
  WILL_DELAY_INTERVAL(0x18, "Will Delay Interval", Form.FOUR, Place.WILL.bit),
  REQUEST_RESPONSE_INFORMATION(
      0x19, "Request Response Information", Form.BYTE, 0, 1, Place.CONNECT.bit),
  RESPONSE_INFORMATION(0x1A, "Response Information", Form.TEXT, Place.NOWHERE),
  SERVER_REFERENCE(0x1C, "Server Reference", Form.TEXT, Place.NOWHERE) {
    @Override
    int fromServerOnly() {
      return Place.DISCONNECT.bit; // section 3.14.2.2.5
    }
  },
  REASON_STRING(0x1F, "Reason String", Form.TEXT, Place.WITH_REASON),
  RECEIVE_MAXIMUM(0x21, "Receive Maximum", Form.TWO, 1, 65_535, Place.CONNECT.bit),
  TOPIC_ALIAS_MAXIMUM(0x22, "Topic Alias Maximum", Form.TWO, Place.CONNECT.bit),
  TOPIC_ALIAS(
      0x23, "Topic Alias", Form.TWO, Place.PUBLISH.bit), // its range has a reason of its own
  MAXIMUM_QOS(0x24, "Maximum QoS", Form.BYTE, Place.NOWHERE),
  RETAIN_AVAILABLE(0x25, "Retain Available", Form.BYTE, Place.NOWHERE),
  USER_PROPERTY(0x26, "User Property", Form.PAIR, Place.EVERYWHERE),
  MAXIMUM_PACKET_SIZE(
      0x27, "Maximum Packet Size", Form.FOUR, 1, Limits.FOUR_BYTES, Place.CONNECT.bit),
  WILDCARD_SUBSCRIPTION_AVAILABLE(
      0x28, "Wildcard Subscription Available", Form.BYTE, Place.NOWHERE),
  SUBSCRIPTION_IDENTIFIER_AVAILABLE(
      0x29, "Subscription Identifier Available", Form.BYTE, Place.NOWHERE),
  SHARED_SUBSCRIPTION_AVAILABLE(0x2A, "Shared Subscription Available", Form.BYTE, Place.NOWHERE);

  /** What a value is made of: section 1.5. */
  enum Form {
    BYTE,
    TWO,
    FOUR,
    VARIABLE,
    TEXT,
    /** A text that is a topic name: not empty, without wildcards. */
    TOPIC,
    BINARY,
    PAIR
  }

  /** The packets of a client that have properties; CONNECT has two places. */
  enum Place {
    CONNECT,
    WILL,
    PUBLISH,
    PUBACK,
    PUBREC,
    PUBREL,
    PUBCOMP,
    SUBSCRIBE,
    UNSUBSCRIBE,
    DISCONNECT,
    AUTH;

    static final int NOWHERE = 0;
    static final int EVERYWHERE = -1;
    static final int PUBLISHED = PUBLISH.bit | WILL.bit;
    static final int WITH_REASON =
        PUBACK.bit | PUBREC.bit | PUBREL.bit | PUBCOMP.bit | DISCONNECT.bit | AUTH.bit;

    final int bit = 1 << ordinal();
  }

  private static final class Limits {
    static final long FOUR_BYTES = 0xFFFF_FFFFL;
  }

  private static final Property[] BY_ID = new Property[0x2B];

  static {
    for (Property property : values()) {
      BY_ID[property.id] = property;
    }
  }

  final int id;
  final String title;
  final Form form;
  final long least;
  final long greatest;
  private final int places;

  Property(int id, String title, Form form, int places) {
    this(id, title, form, 0, Limits.FOUR_BYTES, places);
  }

  Property(int id, String title, Form form, long least, long greatest, int places) {
    this.id = id;
    this.title = title;
    this.form = form;
    this.least = least;
    this.greatest = greatest;
    this.places = places;
  }

  /** The property of this identifier; null where there is none. */
  static @Nullable Property of(int id) {
    return id < BY_ID.length ? BY_ID[id] : null;
  }

  /** Whether a client may send it there. */
  boolean belongsTo(Place place) {
    return (places & place.bit) != 0;
  }

  /** Whether it belongs there, but is a server's to send. */
  boolean isServers(Place place) {
    return (fromServerOnly() & place.bit) != 0;
  }

  /** The places where it belongs, but only a server may put it. */
  int fromServerOnly() {
    return 0;
  }
}
