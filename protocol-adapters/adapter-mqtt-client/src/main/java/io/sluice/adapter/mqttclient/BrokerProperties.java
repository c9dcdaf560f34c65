package io.sluice.adapter.mqttclient;

import io.netty.buffer.ByteBuf;
import io.sluice.api.broker.BrokerUse;
import io.sluice.api.broker.BrokerWords;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The properties of one packet of the broker (MQTT 5, section 2.2.2), as far as they mean something
 * here. What means nothing is passed over. Confined to the event loop.
 */
final class BrokerProperties {
  static final BrokerProperties NONE = new BrokerProperties();

  static final int NOT_SAID = -1;

  private static final int PAYLOAD_FORMAT_INDICATOR = 0x01;
  private static final int MESSAGE_EXPIRY_INTERVAL = 0x02;
  private static final int CONTENT_TYPE = 0x03;
  private static final int RESPONSE_TOPIC = 0x08;
  private static final int CORRELATION_DATA = 0x09;
  private static final int SUBSCRIPTION_IDENTIFIER = 0x0B;
  private static final int SESSION_EXPIRY_INTERVAL = 0x11;
  private static final int ASSIGNED_CLIENT_IDENTIFIER = 0x12;
  private static final int SERVER_KEEP_ALIVE = 0x13;
  private static final int AUTHENTICATION_METHOD = 0x15;
  private static final int AUTHENTICATION_DATA = 0x16;
  private static final int RESPONSE_INFORMATION = 0x1A;
  private static final int SERVER_REFERENCE = 0x1C;
  private static final int REASON_STRING = 0x1F;
  private static final int RECEIVE_MAXIMUM = 0x21;
  private static final int TOPIC_ALIAS_MAXIMUM = 0x22;
  private static final int TOPIC_ALIAS = 0x23;
  private static final int MAXIMUM_QOS = 0x24;
  private static final int RETAIN_AVAILABLE = 0x25;
  private static final int USER_PROPERTY = 0x26;
  private static final int MAXIMUM_PACKET_SIZE = 0x27;
  private static final int WILDCARD_SUBSCRIPTION_AVAILABLE = 0x28;
  private static final int SUBSCRIPTION_IDENTIFIER_AVAILABLE = 0x29;
  private static final int SHARED_SUBSCRIPTION_AVAILABLE = 0x2A;

  @Nullable String contentType;
  @Nullable String serverReference;
  @Nullable String reason;

  /** The gateway that has published it, or null. */
  @Nullable String mark;

  int receiveMaximum = NOT_SAID;
  int maximumQos = NOT_SAID;
  int serverKeepAlive = NOT_SAID;
  long maximumPacketSize = NOT_SAID;
  long sessionExpiry = NOT_SAID;
  boolean isSharedAvailable = true;
  boolean isWildcardAvailable = true;

  private BrokerProperties() {}

  /** What the broker says of its own accord, for the operator; empty where it says nothing. */
  String told() {
    return BrokerWords.told(serverReference, reason);
  }

  /**
   * Reads them, with their length before them.
   *
   * @throws MalformedAnswer where they are not as MQTT has them
   */
  static BrokerProperties read(ByteBuf in) {
    int length = variable(in);
    if (length == 0) {
      return NONE;
    }
    if (length > in.readableBytes()) {
      throw new MalformedAnswer("properties run past the end of their packet");
    }
    ByteBuf own = in.readSlice(length);
    BrokerProperties properties = new BrokerProperties();
    while (own.isReadable()) {
      properties.readNext(own);
    }
    return properties;
  }

  private void readNext(ByteBuf in) {
    int id = variable(in);
    switch (id) {
      case PAYLOAD_FORMAT_INDICATOR, RETAIN_AVAILABLE, SUBSCRIPTION_IDENTIFIER_AVAILABLE ->
          in.skipBytes(1);
      case MESSAGE_EXPIRY_INTERVAL -> in.skipBytes(4);
      case CONTENT_TYPE -> contentType = text(in);
      case RESPONSE_TOPIC,
          CORRELATION_DATA,
          ASSIGNED_CLIENT_IDENTIFIER,
          AUTHENTICATION_METHOD,
          AUTHENTICATION_DATA,
          RESPONSE_INFORMATION ->
          in.skipBytes(in.readUnsignedShort());
      case SUBSCRIPTION_IDENTIFIER -> variable(in);
      case SESSION_EXPIRY_INTERVAL -> sessionExpiry = in.readUnsignedInt();
      case SERVER_KEEP_ALIVE -> serverKeepAlive = in.readUnsignedShort();
      case SERVER_REFERENCE -> serverReference = text(in);
      case REASON_STRING -> reason = text(in);
      case RECEIVE_MAXIMUM -> receiveMaximum = in.readUnsignedShort();
      case TOPIC_ALIAS_MAXIMUM -> in.skipBytes(2);
      case TOPIC_ALIAS -> throw new MalformedAnswer("a topic alias, which was not asked for");
      case MAXIMUM_QOS -> maximumQos = in.readUnsignedByte();
      case USER_PROPERTY -> userProperty(in);
      case MAXIMUM_PACKET_SIZE -> maximumPacketSize = in.readUnsignedInt();
      case WILDCARD_SUBSCRIPTION_AVAILABLE -> isWildcardAvailable = in.readByte() != 0;
      case SHARED_SUBSCRIPTION_AVAILABLE -> isSharedAvailable = in.readByte() != 0;
      default -> throw new MalformedAnswer("property 0x%02X is unknown".formatted(id));
    }
  }

  private void userProperty(ByteBuf in) {
    String name = text(in);
    if (name.equals(BrokerUse.MARK)) {
      mark = text(in);
    } else {
      in.skipBytes(in.readUnsignedShort());
    }
  }

  static String text(ByteBuf in) {
    int length = in.readUnsignedShort();
    if (length > in.readableBytes()) {
      throw new MalformedAnswer("a text runs past the end of its packet");
    }
    String text = in.toString(in.readerIndex(), length, StandardCharsets.UTF_8);
    in.skipBytes(length);
    return text;
  }

  /** Variable byte integer: section 1.5.5. */
  private static int variable(ByteBuf in) {
    int value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      int next = in.readUnsignedByte();
      value |= (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new MalformedAnswer("an integer of five bytes");
  }
}
