package io.sluice.adapter.mqtt.session;

import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.sluice.adapter.mqtt.packet.PacketSizeLimit;
import io.sluice.adapter.mqtt.packet.Packets;
import io.sluice.adapter.mqtt.packet.TopicFilter;
import io.sluice.api.DeviceId;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Drain;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
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
  private final ConnAck answer;
  private String clientId = "";
  private boolean isAssigned;

  ConnectHandler(Connection connection) {
    this.connection = connection;
    this.answer = new ConnAck(connection);
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
      answer.assign(clientId);
    }
    if (header.isWillFlag() && !isTopicName(payload.willTopic())) {
      refuse(0x90, 3, "will topic must be a topic name");
      return;
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
    if (isDrained()) {
      return;
    }
    MqttConnectVariableHeader keptHeader = kept(header);
    MqttConnectPayload keptPayload = kept(payload);
    connection.judgedBy(this);
    var _ =
        new SignIn(connection, isAssigned ? null : clientId)
            .verdict(header, payload)
            .whenComplete((verdict, fault) ->
                connection.sink().execute(() -> judged(verdict, fault, keptHeader, keptPayload)));
  }

  /** Whether the gateway is drained; the client is sent away then. */
  private boolean isDrained() {
    Drain drain = connection.gateway.drain();
    if (drain != null) {
      connection.discardHeld();
      connection.gateway.meters().refused(connection.peer, RejectReason.OVERLOAD);
      connection.ending.with(answer.redirection(drain), true);
    }
    return drain != null;
  }

  private static boolean isTopicName(String topic) {
    return TopicFilter.faultOfName(topic) == null;
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
      case Admission.Consumer consumer -> {
        if (!isDrained()) {
          accept(consumer, header);
        }
      }
      case Admission.Admitted admitted -> {
        if (!connection.inactive() && isDrained()) {
          return;
        }
        DeviceId device = admitted.device().id();
        if (connection.inactive()) {
          judgedBehindTheEnd(admitted, header, payload);
          return;
        }
        CommandLink link =
            new CommandLink(
                connection, device, window(header), connection.gateway.dialogue(admitted));
        CompletableFuture<Void> turn =
            connection.gateway.sessions().claim(admitted, link).toCompletableFuture();
        if (turn.isDone()) {
          accept(admitted, header, payload, link);
        } else {
          var _ = turn.whenComplete((_, _) -> acceptLater(admitted, header, payload, link));
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
    CommandLink link =
        new CommandLink(connection, device, window(header), connection.gateway.dialogue(admitted));
    if (connection.gateway.sessions().claimFree(admitted, link)) {
      accept(admitted, header, payload, link);
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
    connection.pass(answer.grantExpiry(header) > 0);
    connection.will = Will.of(connection, admitted, header, payload);
    connection.admitted();
  }

  /** The link before has ended, on whatever thread. */
  private void acceptLater(
      Admission.Admitted admitted,
      MqttConnectVariableHeader header,
      MqttConnectPayload payload,
      CommandLink link) {
    if (!connection.sink().execute(() -> accept(admitted, header, payload, link))) {
      connection.gateway.sessions().detach(admitted.device().id(), link); // its loop has ended
    }
  }

  private void accept(
      Admission.Admitted admitted,
      MqttConnectVariableHeader header,
      MqttConnectPayload payload,
      CommandLink link) {
    DeviceId device = admitted.device().id();
    if (connection.failed()) {
      connection.gateway.sessions().detach(device, link);
      return;
    }
    long expirySeconds = answer.grantExpiry(header);
    connection.times.keepAlive(answer.grantKeepAlive(header.keepAliveTimeSeconds()));
    answer.limits();
    if (answer.isTooLarge()) {
      connection.gateway.sessions().detach(device, link);
      connection.ending.refuse(null, TOO_SMALL);
      return;
    }
    if (!connection.gateway.sessions().attach(admitted, connection.peer, link)) {
      connection.gateway.meters().refused(connection.peer, RejectReason.NOT_AUTHENTICATED);
      answerRefused(0x86, 4, CHANGED);
      return;
    }
    Session old = connection.sleeping.wake(device);
    long registration = admitted.grant().registration();
    Session resumed =
        old != null && !header.isCleanSession() && old.mayResume(clientId, registration)
            ? old
            : null;
    boolean present = resumed != null;
    Session session = resumed == null ? new Session(device, registration, clientId) : resumed;
    link.begin(session);
    Will delayed = old == null ? null : old.delayedWill;
    if (delayed != null && present) {
      delayed.cancel(); // [MQTT-3.1.3-9]
    } else if (delayed != null) {
      delayed.publish(); // the session ends here
    }
    session.expirySeconds = expirySeconds;
    connection.session = session;
    connection.commands = link;
    connection.will = Will.of(connection, admitted, header, payload);
    connection.send(answer.accepted(present));
    connection.admitted();
    link.subscribed();
  }

  /** A consumer has no session: what it missed while it was away is not kept for it. */
  private void accept(Admission.Consumer consumer, MqttConnectVariableHeader header) {
    connection.times.keepAlive(answer.grantKeepAlive(header.keepAliveTimeSeconds()));
    answer.grantNoExpiry();
    answer.limits();
    if (answer.isTooLarge()) {
      connection.ending.refuse(null, TOO_SMALL);
      return;
    }
    try {
      connection.consumer = new ConsumerLink(connection, consumer);
    } catch (IllegalStateException e) {
      connection.gateway.meters().refused(connection.peer, RejectReason.QUOTA);
      answerRefused(0x97, 3, String.valueOf(e.getMessage()));
      return;
    }
    connection.send(answer.accepted(false));
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

  /** Refuses a CONNECT that breaks the protocol. */
  private void refuse(int reason, int reasonOf311, String detail) {
    connection.ending.refuse(answer.refusal(reason, reasonOf311, detail), detail);
  }

  /** Refuses by a verdict that is counted already. */
  private void answerRefused(int reason, int reasonOf311, String detail) {
    connection.ending.with(answer.refusal(reason, reasonOf311, detail), true);
  }
}
