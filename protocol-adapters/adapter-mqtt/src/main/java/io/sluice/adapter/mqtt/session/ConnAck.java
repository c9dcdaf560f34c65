package io.sluice.adapter.mqtt.session;

import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.sluice.adapter.mqtt.packet.Packets;
import io.sluice.api.adapter.Drain;
import org.jspecify.annotations.Nullable;

/** The answer to one CONNECT as it comes about: what the client is granted, or why it is not. */
final class ConnAck {
  private final Connection connection;
  private final MqttProperties properties = new MqttProperties();

  ConnAck(Connection connection) {
    this.connection = connection;
  }

  /** The client gave no identifier and has this one: section 3.2.2.3.7. */
  void assign(String clientId) {
    properties.add(
        new MqttProperties.StringProperty(MqttProperties.ASSIGNED_CLIENT_IDENTIFIER, clientId));
  }

  /** How long the session outlives its connection, seconds; told where it is less than asked. */
  long grantExpiry(MqttConnectVariableHeader header) {
    long max = connection.settings.sessionExpiryMax().toSeconds();
    if (!connection.v5) {
      return header.isCleanSession() ? 0 : max;
    }
    long asked =
        Packets.number(header.properties(), MqttProperties.SESSION_EXPIRY_INTERVAL, 0)
            & 0xFFFFFFFFL;
    if (asked > max) {
      integer(MqttProperties.SESSION_EXPIRY_INTERVAL, (int) max);
    }
    return Math.min(asked, max);
  }

  /** The session ends with the connection, whatever was asked. */
  void grantNoExpiry() {
    integer(MqttProperties.SESSION_EXPIRY_INTERVAL, 0);
  }

  /**
   * How long the client may be silent, nanoseconds; 0 for ever. Told where it is not what was
   * asked.
   *
   * @param asked seconds
   */
  long grantKeepAlive(int asked) {
    int max = (int) connection.settings.maxKeepAlive().toSeconds();
    int seconds = asked;
    if (connection.v5 && (asked == 0 || asked > max)) {
      seconds = max;
      integer(MqttProperties.SERVER_KEEP_ALIVE, max); // [MQTT-3.2.2-21]
    }
    return seconds * 1_500_000_000L;
  }

  /** What holds of every connection. */
  void limits() {
    integer(MqttProperties.RECEIVE_MAXIMUM, connection.settings.receiveMaximum());
    integer(MqttProperties.MAXIMUM_PACKET_SIZE, connection.settings.packetBytes());
    integer(MqttProperties.TOPIC_ALIAS_MAXIMUM, PublishHandler.TOPIC_ALIAS_MAXIMUM);
    integer(MqttProperties.SHARED_SUBSCRIPTION_AVAILABLE, 0);
    integer(MqttProperties.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 0);
  }

  /** Whether the client does not take the acceptance as it stands [MQTT-3.1.2-24]. */
  boolean isTooLarge() {
    return isTooLarge(accepted(false));
  }

  private boolean isTooLarge(MqttConnAckMessage packet) {
    return connection.v5 && Packets.bytes(packet) > connection.maxPacketBytes;
  }

  /**
   * The client is let in.
   *
   * @param isPresent whether its session goes on
   */
  MqttConnAckMessage accepted(boolean isPresent) {
    return packet(MqttConnectReturnCode.CONNECTION_ACCEPTED, isPresent);
  }

  /**
   * The client is refused; null where it takes not even the shortest CONNACK.
   *
   * @param reason of MQTT 5
   * @param reasonOf311 of MQTT 3.1.1
   */
  @Nullable MqttConnAckMessage refusal(int reason, int reasonOf311, String detail) {
    if (!connection.v5) {
      return packet(MqttConnectReturnCode.valueOf((byte) reasonOf311), false);
    }
    MqttConnAckMessage shortest = Packets.connAck((byte) reason, MqttProperties.NO_PROPERTIES);
    MqttConnAckMessage longer =
        Packets.connAck((byte) reason, Packets.reasonString(detail, connection.maxPacketBytes));
    return !isTooLarge(longer) ? longer : isTooLarge(shortest) ? null : shortest;
  }

  /** The client is sent away, as the gateway is drained; null as of {@link #refusal}. */
  @Nullable MqttConnAckMessage redirection(Drain drain) {
    if (!connection.v5) {
      return packet(MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE, false);
    }
    byte reason = ConnectionEnd.reasonOf(drain);
    MqttConnAckMessage longer =
        Packets.connAck(
            reason,
            Packets.redirection(
                drain.serverReference(), Drain.SENTENCE, connection.maxPacketBytes));
    MqttConnAckMessage shortest = Packets.connAck(reason, MqttProperties.NO_PROPERTIES);
    return !isTooLarge(longer) ? longer : isTooLarge(shortest) ? null : shortest;
  }

  private MqttConnAckMessage packet(MqttConnectReturnCode code, boolean isPresent) {
    return MqttMessageBuilders.connAck()
        .returnCode(code)
        .sessionPresent(isPresent)
        .properties(connection.v5 ? properties : MqttProperties.NO_PROPERTIES)
        .build();
  }

  private void integer(int id, int value) {
    properties.add(new MqttProperties.IntegerProperty(id, value));
  }
}
