package io.sluice.adapter.mqttclient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.mqttclient.ScriptedBroker.Conversation;
import io.sluice.api.adapter.Endpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A broker that refuses, hangs, moves or is none: what is told of it, and that it is found again.
 */
@Timeout(180)
class FarEndTest extends AtScriptedBroker {
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private void awaitWaiting(String reason) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          Endpoint endpoint = source.endpoints().getFirst();
          assertThat(endpoint.state()).isEqualTo(Endpoint.State.WAITING);
          assertThat(endpoint.reason()).contains(reason);
          assertThat(endpoint.nextAttempt()).isNotNull();
          assertThat(endpoint.lastError()).isEqualTo(endpoint.reason());
        });
  }

  private void awaitConnected() {
    await().atMost(PATIENCE).until(() -> source.endpoints().getFirst().isUp());
  }

  @Test
  void refusedSubscriptionIsToldAndAskedForAgainWhileTheOthersGoOn() throws Exception {
    start(new TestSettings().topics("plant/#", "secret/#"));
    try (Conversation met = broker.accept()) {
      met.read(1);
      met.connack(false, 0);
      met.read(8);
      met.suback(1, 0x87);
      awaitWaiting("refuses the subscription secret/# with 0x87: not authorized");
      met.publish(1, "plant/pump-1", "{}");
      // it asks again after half a second, which may be before or behind the acknowledgement
      Map<Integer, byte[]> answers = new HashMap<>();
      for (int i = 0; i < 2; i++) {
        byte[] packet = Objects.requireNonNull(met.read());
        answers.put((packet[0] & 0xFF) >> 4, packet);
      }
      assertThat(answers).containsOnlyKeys(4, 8);
      assertThat(answers.get(4)).endsWith(0, 1);
      assertThat(new String(answers.get(8), UTF_8)).contains("secret/#").doesNotContain("plant/#");
      met.suback(1);
      awaitConnected();
    }
  }

  @Test
  void refusalOfVersion311IsTold() throws Exception {
    start(new TestSettings().version("3.1.1"));
    try (Conversation met = broker.accept()) {
      met.read(1);
      met.connack(false, 0);
      met.read(8);
      met.suback(0x80);
      awaitWaiting("refuses the subscription plant/# with 0x80");
    }
  }

  @Test
  void brokerThatAnswersNothingIsLeftAndTriedAgain() throws Exception {
    start(new TestSettings().connectTimeout(Duration.ofSeconds(2)));
    awaitWaiting("no answer to CONNECT within 2s");
    broker.serve(ScriptedBroker::letIn);
    awaitWaiting("no answer to SUBSCRIBE within 2s");
    broker.serve(ScriptedBroker::letInAndSubscribe);
    awaitConnected();
  }

  @Test
  void brokerThatFallsSilentIsLeft() throws Exception {
    start(new TestSettings().impatient());
    try (Conversation _ = broker.welcome(false)) {
      awaitWaiting("the broker is silent: no answer to PINGREQ within 2s"); // nothing reads it
    }
    broker.serve(ScriptedBroker::letInAndSubscribe);
    awaitConnected();
  }

  @Test
  void quietBrokerThatAnswersPingsIsKept() throws Exception {
    start(new TestSettings().curious());
    try (Conversation met = broker.welcome(false)) {
      awaitConnected();
      met.answerPings(4); // none but the first comes while the one before has no answer
      assertThat(source.endpoints().getFirst().isUp()).isTrue();
    }
  }

  @Test
  void brokerThatMovesIsFoundByItsName() throws Exception {
    AtomicReference<String> place = new AtomicReference<>("127.0.0.1");
    start(new TestSettings().names(_ -> InetAddress.getAllByName(place.get())));
    try (Conversation met = broker.welcome(false);
        ScriptedBroker moved =
            new ScriptedBroker(InetAddress.getByName("127.0.0.2"), broker.port())) {
      awaitConnected();
      place.set("127.0.0.2");
      met.hangUp();
      try (Conversation _ = moved.welcome(true)) {
        awaitConnected();
      }
    }
  }

  @Test
  void eachAddressOfANameIsTried() throws Exception {
    start(
        new TestSettings()
            .names(_ ->
                new InetAddress[] {
                  InetAddress.ofLiteral("127.0.0.3"), InetAddress.ofLiteral("127.0.0.1")
                }));
    try (Conversation _ = broker.welcome(false)) {
      awaitConnected();
    }
  }

  @Test
  void nameServiceThatKnowsNothingOrHangsIsTold() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    AtomicReference<Approach.Names> names =
        new AtomicReference<>(host -> {
          throw new UnknownHostException(host);
        });
    start(
        new TestSettings()
            .connectTimeout(Duration.ofSeconds(2))
            .names(host -> names.get().of(host)));
    awaitWaiting("127.0.0.1 is not known; mend uri");
    names.set(host -> {
      try {
        never.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return InetAddress.getAllByName("127.0.0.1");
    });
    awaitWaiting("the name service does not answer within 2s");
    never.countDown();
    names.set(_ -> InetAddress.getAllByName("127.0.0.1"));
    broker.serve(ScriptedBroker::letInAndSubscribe);
    awaitConnected();
  }

  @Test
  void refusedSignInAndTakeOverAreTold() throws Exception {
    start(new TestSettings());
    try (Conversation met = broker.accept()) {
      met.read(1);
      met.connack(false, 0x87);
      awaitWaiting("refused with 0x87: not authorized; check username and password");
    }
    try (Conversation met = broker.welcome(false)) {
      awaitConnected();
      met.raw(new byte[] {(byte) 0xE0, 1, (byte) 0x8E});
      awaitWaiting("the broker ended the connection with 0x8e: another client took over");
    }
  }

  @Test
  void farEndThatIsNoBrokerIsTold() throws Exception {
    start(new TestSettings().impatient());
    try (Conversation met = broker.accept()) {
      met.raw("HTTP/1.1 400 Bad Request\r\n".repeat(9).getBytes(UTF_8));
      awaitWaiting("the far end does not speak MQTT 5");
    }
  }

  @Test
  void clientIdThatAnotherUsesIsSuspected() throws Exception {
    start(new TestSettings().version("3.1.1"));
    try (Conversation _ = broker.welcome(false)) {
      awaitConnected();
    }
    awaitWaiting("does another client use the client id sluice-gw1-source-plant?");
  }

  @Test
  void brokerWithoutSharedSubscriptionsIsTold() throws Exception {
    start(new TestSettings().shared("pair"));
    try (Conversation met = broker.accept()) {
      met.read(1);
      met.connack(false, 0, 0x2A, 0);
      awaitWaiting("the broker has no shared subscriptions; leave shared out");
    }
    try (Conversation met = broker.accept()) {
      met.read(1);
      met.connack(false, 0);
      assertThat(new String(met.read(8), UTF_8)).endsWith("$share/pair/plant/#\u0011");
    }
  }
}
