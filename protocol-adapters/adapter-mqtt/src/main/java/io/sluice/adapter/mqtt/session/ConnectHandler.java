package io.sluice.adapter.mqtt.session;

import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.sluice.adapter.mqtt.packet.PacketSizeLimit;
import io.sluice.adapter.mqtt.packet.Packets;
import io.sluice.adapter.mqtt.packet.TopicFilter;
import io.sluice.adapter.netty.TlsHandlers;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.Limit;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Credentials;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** CONNECT: asks for admission, takes the session over, answers. */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class ConnectHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectHandler.class);
  private static final int COMMAND_WINDOW = 16;
  private static final String CHANGED = "the credentials of this device changed while it signed in";
  private static final String TOO_SMALL =
      "CONNECT: Maximum Packet Size is less than CONNACK needs; ask for 64 bytes at least";

  private final Connection connection;
  private final MqttProperties answer = new MqttProperties();
  private String clientId = "";
  private boolean isAssigned;

  ConnectHandler(Connection connection) {
    this.connection = connection;
  }

  void connect(MqttConnectMessage packet) {
    MqttConnectVariableHeader header = packet.variableHeader();
    MqttConnectPayload payload = packet.payload();
    if (header.properties().getProperty(MqttProperties.MAXIMUM_PACKET_SIZE) != null) {
      connection.maxPacketBytes = maxPacketBytes(header);
      PacketSizeLimit.addTo(connection.channel.pipeline(), connection);
    }
    connection.problemInformation =
        Packets.number(header.properties(), MqttProperties.REQUEST_PROBLEM_INFORMATION, 1) == 1;
    clientId = payload.clientIdentifier();
    if (clientId == null || clientId.isEmpty()) {
      if (!connection.v5 && !header.isCleanSession()) {
        refuse(0x85, 2, "empty client id with clean session 0"); // [MQTT-3.1.3-8]
        return;
      }
      clientId = UUID.randomUUID().toString();
      isAssigned = true;
      string(MqttProperties.ASSIGNED_CLIENT_IDENTIFIER, clientId);
    }
    if (header.isWillFlag() && !isTopicName(payload.willTopic())) {
      refuse(0x90, 3, "will topic must be a topic name");
      return;
    }
    if (connection.v5 && header.isWillRetain() && !isOfBroker(payload.willTopic())) {
      refuse(PublishHandler.RETAIN_NOT_SUPPORTED, 5, "will: " + PublishHandler.NO_RETAIN);
      return; // [MQTT-3.2.2-13]
    }
    if (header.properties().getProperty(MqttProperties.AUTHENTICATION_METHOD) != null) {
      refuse(0x8C, 5, "extended authentication is not offered");
      return;
    }
    if (connection.refusedBy != null) {
      connection.gateway.meters().refused(connection.peer, RejectReason.QUOTA);
      boolean isRate =
          connection.refusedBy == Limit.CONNECTION_RATE
              || connection.refusedBy == Limit.CONNECTION_RATE_PER_ADDRESS;
      answerRefused(
          isRate ? 0x9F : 0x97,
          3,
          "limit of " + connection.refusedBy.label() + " reached; try again later");
      return;
    }
    MqttConnectVariableHeader keptHeader = kept(header);
    MqttConnectPayload keptPayload = kept(payload);
    connection.connecting = this;
    var _ =
        admission(header, payload)
            .whenComplete((verdict, fault) ->
                connection.sink().execute(() -> judged(verdict, fault, keptHeader, keptPayload)));
  }

  private static boolean isTopicName(String topic) {
    return TopicFilter.faultOfName(topic) == null;
  }

  private static boolean isOfBroker(String topic) {
    return topic.startsWith(PublishHandler.BROKERS_OWN);
  }

  /** What is needed behind the verdict: the rest of CONNECT is not held while it is waited for. */
  private static MqttConnectVariableHeader kept(MqttConnectVariableHeader header) {
    return new MqttConnectVariableHeader(
        header.name(),
        header.version(),
        header.hasUserName(),
        header.hasPassword(),
        header.isWillRetain(),
        header.willQos(),
        header.isWillFlag(),
        header.isCleanSession(),
        header.keepAliveTimeSeconds(),
        only(
            header.properties(),
            MqttProperties.SESSION_EXPIRY_INTERVAL,
            MqttProperties.RECEIVE_MAXIMUM,
            MqttProperties.MAXIMUM_PACKET_SIZE));
  }

  private static MqttConnectPayload kept(MqttConnectPayload payload) {
    return new MqttConnectPayload(
        payload.clientIdentifier(),
        only(
            payload.willProperties(),
            MqttProperties.WILL_DELAY_INTERVAL,
            MqttProperties.CONTENT_TYPE),
        payload.willTopic(),
        payload.willMessageInBytes(),
        null,
        (byte[]) null);
  }

  private static MqttProperties only(MqttProperties properties, int... identifiers) {
    MqttProperties some = new MqttProperties();
    for (int identifier : identifiers) {
      MqttProperties.MqttProperty<?> property = properties.getProperty(identifier);
      if (property != null) {
        some.add(property);
      }
    }
    return some;
  }

  /** The gateway gave no verdict in time. */
  void notJudged() {
    connection.gateway.meters().refused(connection.peer, RejectReason.OVERLOAD);
    answerRefused(0x88, 3, "the gateway gave no verdict on the credentials; try again");
  }

  /**
   * By certificate where the client has shown one; where that names no device, by what stands in
   * CONNECT: then the certificate only let it as far as this.
   */
  private CompletionStage<Admission> admission(
      MqttConnectVariableHeader header, MqttConnectPayload payload) {
    List<X509Certificate> chain = TlsHandlers.clientChain(connection.channel.pipeline());
    if (chain.isEmpty()) {
      return connection.gateway.access().admit(connection.peer, credentials(header, payload));
    }
    return connection
        .gateway
        .access()
        .admit(connection.peer, new Credentials.Certificate(chain))
        .thenCompose(verdict -> {
          if (verdict instanceof Admission.Refused && header.hasPassword()) {
            return connection.gateway.access().admit(connection.peer, credentials(header, payload));
          }
          return sameName(verdict, header, payload);
        });
  }

  /**
   * What is shown beside the certificate must be of the same one: the user name where there is one,
   * else the token.
   */
  private CompletionStage<Admission> sameName(
      Admission verdict, MqttConnectVariableHeader header, MqttConnectPayload payload) {
    String owner = owner(verdict);
    if (owner == null) {
      return CompletableFuture.completedStage(verdict);
    }
    if (header.hasUserName()) {
      boolean isSame = payload.userName().isEmpty() || payload.userName().equals(owner);
      return CompletableFuture.completedStage(isSame ? verdict : anothers(owner));
    }
    return header.hasPassword()
        ? connection
            .gateway
            .access()
            .admit(connection.peer, credentials(header, payload))
            .thenApply(shown ->
                shown instanceof Admission.Busy
                    ? shown
                    : owner.equals(owner(shown)) ? verdict : anothers(owner))
        : CompletableFuture.completedStage(verdict);
  }

  /** The name of the device or consumer that is let in; null where nobody is. */
  private static @Nullable String owner(Admission verdict) {
    return switch (verdict) {
      case Admission.Admitted admitted -> admitted.device().id().value();
      case Admission.Consumer consumer -> consumer.name();
      case Admission.Refused _, Admission.Busy _ -> null;
    };
  }

  private Admission anothers(String owner) {
    connection.gateway.meters().refused(connection.peer, RejectReason.NOT_AUTHORIZED);
    return new Admission.Refused(
        RejectReason.NOT_AUTHORIZED,
        "the certificate is that of " + owner + "; use that as the user name, or none");
  }

  private Credentials credentials(MqttConnectVariableHeader header, MqttConnectPayload payload) {
    if (header.hasUserName()) {
      return new Credentials.Password(payload.userName(), payload.passwordInBytes());
    }
    if (header.hasPassword()) {
      return new Credentials.Token(
          null, new String(payload.passwordInBytes(), StandardCharsets.UTF_8));
    }
    // an assigned id names no device: each connection would be another one
    return new Credentials.Anonymous(isAssigned ? null : clientId);
  }

  private void judged(
      @Nullable Admission verdict,
      @Nullable Throwable fault,
      MqttConnectVariableHeader header,
      MqttConnectPayload payload) {
    if (connection.failed()) {
      return;
    }
    if (verdict instanceof Admission.Refused) {
      connection.discardHeld();
    }
    switch (verdict) {
      case null -> {
        LOG.error("admission failed", fault);
        connection.gateway.meters().refused(connection.peer, RejectReason.OVERLOAD);
        answerRefused(0x80, 3, "the gateway could not check the credentials; try again");
      }
      case Admission.Refused refused when refused.reason() == RejectReason.NOT_AUTHORIZED ->
          answerRefused(0x87, 5, refused.detail());
      case Admission.Refused refused when refused.isForItsName() && !header.hasUserName() ->
          answerRefused(0x85, 2, refused.detail()); // [MQTT-3.1.3-8], [MQTT-3.1.3-9] of 3.1.1
      case Admission.Refused refused -> answerRefused(0x86, 4, refused.detail());
      case Admission.Busy _ -> {
        connection.gateway.meters().refused(connection.peer, RejectReason.OVERLOAD);
        answerRefused(0x89, 3, "too many connect at once; try again");
      }
      case Admission.Consumer _ when header.isWillFlag() -> {
        connection.gateway.meters().refused(connection.peer, RejectReason.NOT_AUTHORIZED);
        answerRefused(0x87, 5, "a consumer may not publish, and so has no will");
      }
      case Admission.Consumer consumer -> accept(consumer, header);
      case Admission.Admitted admitted -> {
        DeviceId device = admitted.device().id();
        if (connection.inactive()) {
          judgedBehindTheEnd(admitted, header, payload);
          return;
        }
        Connection previous = connection.sessions.claim(device, connection);
        if (previous == null) {
          accept(admitted, header, payload);
        } else {
          takeOver(previous, () -> accept(admitted, header, payload));
        }
      }
    }
  }

  /**
   * The peer has sent its messages, closed, and is let in only now. It takes over from nobody:
   * where its device is connected again, what it sent is stored beside that session.
   */
  private void judgedBehindTheEnd(
      Admission.Admitted admitted, MqttConnectVariableHeader header, MqttConnectPayload payload) {
    DeviceId device = admitted.device().id();
    if (connection.sessions.claimFree(device, connection)) {
      accept(admitted, header, payload);
      return;
    }
    if (!connection.gateway.access().isCurrent(admitted)) {
      connection.gateway.meters().refused(connection.peer, RejectReason.NOT_AUTHENTICATED);
      answerRefused(0x86, 4, CHANGED);
      return;
    }
    connection.gateway.sessions().seen(device, connection.peer);
    Session own = new Session(device, admitted.grant().registration(), clientId);
    connection.session = own;
    connection.pass(expirySeconds(header) > 0);
    connection.will = will(admitted, header, payload);
    connection.admitted();
  }

  private void takeOver(Connection previous, Runnable then) {
    previous.sink().loop().execute(previous::takenOver);
    connection.predecessor = previous.ended;
    var _ = previous.ended.whenComplete((_, _) -> connection.sink().loop().execute(then));
  }

  private void accept(
      Admission.Admitted admitted, MqttConnectVariableHeader header, MqttConnectPayload payload) {
    DeviceId device = admitted.device().id();
    if (connection.failed()) {
      connection.sessions.release(device, connection);
      return;
    }
    long expirySeconds = expirySeconds(header);
    keepAlive(header.keepAliveTimeSeconds());
    limits();
    if (isTooLarge(connAck(MqttConnectReturnCode.CONNECTION_ACCEPTED, false))) {
      connection.sessions.release(device, connection);
      connection.refuse(null, TOO_SMALL);
      return;
    }
    Session old = connection.sessions.wake(device);
    long registration = admitted.grant().registration();
    boolean present =
        old != null && !header.isCleanSession() && old.mayResume(clientId, registration);
    Session session = present ? old : new Session(device, registration, clientId);
    CommandLink link = new CommandLink(connection, session, window(header));
    if (!connection.gateway.sessions().attach(admitted, connection.peer, link)) {
      connection.sessions.release(device, connection);
      connection.gateway.meters().refused(connection.peer, RejectReason.NOT_AUTHENTICATED);
      answerRefused(0x86, 4, CHANGED);
      return;
    }
    Will delayed = old == null ? null : old.delayedWill;
    if (delayed != null && present) {
      delayed.cancel(); // [MQTT-3.1.3-9]
    } else if (delayed != null) {
      delayed.publish(); // the session ends here
    }
    session.expirySeconds = expirySeconds;
    connection.session = session;
    connection.commands = link;
    connection.will = will(admitted, header, payload);
    connection.send(connAck(MqttConnectReturnCode.CONNECTION_ACCEPTED, present));
    connection.admitted();
    link.subscribed();
  }

  /** A consumer has no session: what it missed while it was away is not kept for it. */
  private void accept(Admission.Consumer consumer, MqttConnectVariableHeader header) {
    keepAlive(header.keepAliveTimeSeconds());
    integer(MqttProperties.SESSION_EXPIRY_INTERVAL, 0);
    limits();
    if (isTooLarge(connAck(MqttConnectReturnCode.CONNECTION_ACCEPTED, false))) {
      connection.refuse(null, TOO_SMALL);
      return;
    }
    try {
      connection.consumer = new ConsumerLink(connection, consumer);
    } catch (IllegalStateException e) {
      connection.gateway.meters().refused(connection.peer, RejectReason.QUOTA);
      answerRefused(0x97, 3, String.valueOf(e.getMessage()));
      return;
    }
    connection.send(connAck(MqttConnectReturnCode.CONNECTION_ACCEPTED, false));
    connection.admitted();
  }

  private static long maxPacketBytes(MqttConnectVariableHeader header) {
    return Packets.number(header.properties(), MqttProperties.MAXIMUM_PACKET_SIZE, -1)
        & 0xFFFFFFFFL;
  }

  private static int window(MqttConnectVariableHeader header) {
    return (int)
        Math.min(
            COMMAND_WINDOW,
            Packets.number(header.properties(), MqttProperties.RECEIVE_MAXIMUM, COMMAND_WINDOW));
  }

  private @Nullable Will will(
      Admission.Admitted admitted, MqttConnectVariableHeader header, MqttConnectPayload payload) {
    String topic = payload.willTopic();
    byte[] message = payload.willMessageInBytes();
    boolean isNothing =
        !header.isWillFlag()
            || isOfBroker(topic)
            || (header.isWillRetain() && message.length == 0); // as of PUBLISH: section 3.3.1.3
    if (isNothing) {
      return null;
    }
    MessageClass messageClass =
        switch (topic.split("/", 2)[0]) {
          case "alarm" -> MessageClass.ALARM;
          case "state" -> MessageClass.STATE;
          default -> MessageClass.EVENT;
        };
    MqttProperties properties = payload.willProperties();
    ContentType contentType = PublishHandler.contentType(properties);
    Publication publication =
        new Publication(
            connection,
            admitted.device().id(),
            0,
            0,
            topic,
            contentType == null ? ContentType.UNSPECIFIED : contentType,
            message,
            messageClass,
            true,
            contentType == null ? PublishHandler.UNKNOWN_CONTENT_TYPE : null);
    return new Will(
        publication,
        admitted,
        Packets.number(properties, MqttProperties.WILL_DELAY_INTERVAL, 0) & 0xFFFFFFFFL);
  }

  private long expirySeconds(MqttConnectVariableHeader header) {
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

  private void keepAlive(int asked) {
    int max = (int) connection.settings.maxKeepAlive().toSeconds();
    int seconds = asked;
    if (connection.v5 && (asked == 0 || asked > max)) {
      seconds = max;
      integer(MqttProperties.SERVER_KEEP_ALIVE, max); // [MQTT-3.2.2-21]
    }
    connection.keepAliveNanos = seconds * 1_500_000_000L;
  }

  private void limits() {
    integer(MqttProperties.RECEIVE_MAXIMUM, connection.settings.receiveMaximum());
    integer(MqttProperties.MAXIMUM_PACKET_SIZE, connection.settings.packetBytes());
    integer(MqttProperties.TOPIC_ALIAS_MAXIMUM, PublishHandler.TOPIC_ALIAS_MAXIMUM);
    integer(MqttProperties.RETAIN_AVAILABLE, 0);
    integer(MqttProperties.SHARED_SUBSCRIPTION_AVAILABLE, 0);
    integer(MqttProperties.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 0);
  }

  /** Refuses a CONNECT that breaks the protocol. */
  private void refuse(int reason, int reasonOf311, String detail) {
    connection.refuse(refusal(reason, reasonOf311, detail), detail);
  }

  /** Refuses by a verdict that is counted already. */
  private void answerRefused(int reason, int reasonOf311, String detail) {
    connection.end(refusal(reason, reasonOf311, detail), true);
  }

  /** Null where the client takes not even the shortest CONNACK. */
  private @Nullable Object refusal(int reason, int reasonOf311, String detail) {
    if (!connection.v5) {
      return connAck(MqttConnectReturnCode.valueOf((byte) reasonOf311), false);
    }
    MqttConnAckMessage shortest = Packets.connAck((byte) reason, MqttProperties.NO_PROPERTIES);
    MqttConnAckMessage longer =
        Packets.connAck((byte) reason, Packets.reasonString(detail, connection.maxPacketBytes));
    return !isTooLarge(longer) ? longer : isTooLarge(shortest) ? null : shortest;
  }

  /** Whether the client does not take such a packet [MQTT-3.1.2-24]. */
  private boolean isTooLarge(MqttConnAckMessage packet) {
    return connection.v5 && Packets.bytes(packet) > connection.maxPacketBytes;
  }

  private MqttConnAckMessage connAck(MqttConnectReturnCode code, boolean present) {
    return MqttMessageBuilders.connAck()
        .returnCode(code)
        .sessionPresent(present)
        .properties(connection.v5 ? answer : MqttProperties.NO_PROPERTIES)
        .build();
  }

  private void string(int id, String value) {
    answer.add(new MqttProperties.StringProperty(id, value));
  }

  private void integer(int id, int value) {
    answer.add(new MqttProperties.IntegerProperty(id, value));
  }
}
