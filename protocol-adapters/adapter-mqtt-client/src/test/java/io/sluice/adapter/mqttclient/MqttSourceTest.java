package io.sluice.adapter.mqttclient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.mqttclient.ScriptedBroker.Conversation;
import io.sluice.adapter.testkit.RecordingGateway.Misconduct;
import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Exchange;
import io.sluice.api.adapter.Receipt;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A source and a broker that does what the test says: what is taken, and when it is answered. */
@Timeout(60)
class MqttSourceTest extends AtScriptedBroker {
  private void start() {
    start(new TestSettings());
  }

  private void awaitStored(int count) {
    await().until(() -> gateway.stored().size() == count);
  }

  private List<String> payloads() {
    return gateway.stored().stream().map(each -> new String(each.payload(), UTF_8)).toList();
  }

  @Test
  void sessionIsAskedToOutliveTheConnection() throws Exception {
    start();
    try (Conversation met = broker.accept()) {
      byte[] connect = met.read(1);
      // section 3.1: name, level 5, no Clean Start, 20 s, Session Expiry of 7 days, Receive Maximum
      assertThat(connect)
          .startsWith(0, 4, 'M', 'Q', 'T', 'T', 5, 0, 0, 20)
          .containsSequence(8, 0x11, 0, 0x09, 0x3A, 0x80, 0x21, 0x03, 0xE8);
      met.connack(false, 0);
      // section 3.8: QoS 1, No Local, retained ones where the subscription is new
      assertThat(new String(met.read(8), UTF_8)).endsWith("plant/#\u0015");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "3.1.1"})
  void stateOfTheSourceIsRetainedAtTheBrokerAndItsWill(String version) throws Exception {
    start(
        new TestSettings()
            .version(version)
            .announce(
                new Announcement(
                    "spBv1.0/STATE/host-a",
                    "{\"online\":true,\"timestamp\":{timestamp}}",
                    "{\"online\":false,\"timestamp\":{timestamp}}")));
    try (Conversation met = broker.accept()) {
      byte[] connect = met.read(1);
      assertThat(connect[7]).isEqualTo((byte) 0x2C); // will, its QoS 1, its retain; section 3.1.2
      String will = new String(connect, UTF_8);
      assertThat(will).containsPattern("STATE/host-a..\\{\"online\":false,\"timestamp\":\\d{13}}$");
      String timestamp = will.substring(will.length() - 14, will.length() - 1);
      met.connack(false, 0);
      met.read(8);
      met.suback(1);
      byte[] online = met.read();
      assertThat(online[0]).isEqualTo((byte) 0x33); // QoS 1, retained
      assertThat(new String(online, UTF_8))
          .contains("spBv1.0/STATE/host-a")
          .endsWith("{\"online\":true,\"timestamp\":" + timestamp + "}");
      Thread closing = Thread.ofVirtual().start(source::close);
      byte[] offline = met.read();
      assertThat(offline[0]).isEqualTo((byte) 0x33);
      assertThat(new String(offline, UTF_8)).contains("{\"online\":false,");
      met.read(14);
      closing.join();
    }
  }

  @Test
  void topicsToWhichNothingCanBeSaidAreFaults() {
    assertThat(new Announcement("STATE/+", "ONLINE", "OFFLINE").problems())
        .singleElement()
        .hasToString(
            "Problem[key=topic, message=\"STATE/+\" is no topic to publish to; write it without + and"
                + " #]");
    assertThat(new Announcement("STATE/a", "ONLINE", "x".repeat(65_530)).problems()).hasSize(1);
    assertThat(new Announcement("STATE/a", "ONLINE", "OFFLINE").problems()).isEmpty();
  }

  @Test
  void messageIsAcknowledgedOnceItIsStored() throws Exception {
    start();
    try (Conversation met = broker.welcome(false)) {
      gateway.misbehave(Misconduct.SILENT);
      met.publish(7, "plant/pump-1", "{\"t\":1}");
      await().until(() -> gateway.offers() == 1);
      assertThat(met.isSilent(200)).isTrue();
      gateway.giveReceipts();
      assertThat(met.puback()).isEqualTo(7);
      assertThat(gateway.stored())
          .singleElement()
          .satisfies(uplink -> {
            assertThat(uplink.isOfSource()).isTrue();
            assertThat(uplink.device().value()).isEqualTo("plant");
            assertThat(uplink.topic()).isEqualTo("plant/pump-1");
            assertThat(uplink.payload()).isEqualTo("{\"t\":1}".getBytes(UTF_8));
          });
      await().until(() -> source.endpoints().getFirst().isUp());
      assertThat(source.endpoints().getFirst().address())
          .isEqualTo("tcp://127.0.0.1:" + broker.port());
    }
  }

  @Test
  void whatFindsNoRoomIsOfferedAgainAndAllIsAnsweredInItsOrder() throws Exception {
    gateway.answer(uplink ->
        switch (gateway.offers()) {
          case 1 -> new Receipt.Busy(30);
          case 2 -> new Receipt.Limited(Limit.MESSAGE_RATE, "wait 30 ms", 30);
          default -> gateway.storedReceipt(uplink);
        });
    start();
    try (Conversation met = broker.welcome(false)) {
      for (int id = 1; id <= 20; id++) {
        met.publish(id, "plant/pump-1", "{\"n\":" + id + "}");
      }
      for (int id = 1; id <= 20; id++) {
        assertThat(met.puback()).isEqualTo(id);
      }
      assertThat(payloads()).hasSize(20).doesNotHaveDuplicates();
    }
  }

  @Test
  void nothingIsStoredBeforeAMessageThatFoundNoRoomAtOnce() throws Exception {
    AtomicInteger refused = new AtomicInteger();
    gateway.answerAtOnce(uplink -> {
      boolean isFirst = new String(uplink.payload(), UTF_8).endsWith("1}");
      return isFirst && refused.getAndIncrement() % 3 < 2 ? new Receipt.Busy(1) : null;
    });
    start();
    try (Conversation met = broker.welcome(false)) {
      for (int id = 1; id <= 12; id++) {
        met.publish(id, "plant/pump-1", "{\"n\":" + id + "}");
      }
      for (int id = 1; id <= 12; id++) {
        assertThat(met.puback()).isEqualTo(id);
      }
      assertThat(payloads())
          .isEqualTo(IntStream.rangeClosed(1, 12).mapToObj(n -> "{\"n\":" + n + "}").toList());
    }
  }

  @Test
  void refusedMessageIsAcknowledgedAndTold() throws Exception {
    gateway.answer(
        _ -> new Receipt.Rejected(RejectReason.PAYLOAD_INVALID, "byte 3: no comma", true));
    start();
    try (Conversation met = broker.welcome(false)) {
      met.publish(1, "plant/pump-1", "{");
      assertThat(met.puback()).isEqualTo(1);
    }
  }

  @Test
  void gatewayThatThrowsCostsOneMessageAlone() throws Exception {
    start();
    try (Conversation met = broker.welcome(false)) {
      gateway.misbehave(Misconduct.THROWS);
      met.publish(1, "plant/pump-1", "{}");
      assertThat(met.puback()).isEqualTo(1);
      gateway.misbehave(Misconduct.ANSWERS_TWICE);
      met.publish(2, "plant/pump-1", "{}");
      assertThat(met.puback()).isEqualTo(2);
      met.publish(3, "plant/pump-1", "{}");
      assertThat(met.puback()).isEqualTo(3);
      awaitStored(2);
    }
  }

  @Test
  void whatComesAgainAfterABreakIsStoredOnce() throws Exception {
    start();
    gateway.misbehave(Misconduct.SILENT);
    try (Conversation met = broker.welcome(false)) {
      met.publish(1, "plant/pump-1", "{\"n\":1}");
      met.publish(2, "plant/pump-1", "{\"n\":2}");
      await().until(() -> gateway.offers() == 2);
    }
    gateway.giveReceipts();
    awaitStored(2);
    try (Conversation met = broker.welcome(true)) {
      met.publish(0x3A, 1, "plant/pump-1", "{\"n\":1}".getBytes(UTF_8));
      met.publish(0x3A, 2, "plant/pump-1", "{\"n\":2}".getBytes(UTF_8));
      met.publish(0x3A, 3, "plant/pump-1", "{\"n\":3}".getBytes(UTF_8));
      assertThat(List.of(met.puback(), met.puback(), met.puback())).containsExactly(1, 2, 3);
    }
    // the acknowledgements did not reach the broker; id 1 has been another message's since
    try (Conversation met = broker.welcome(true)) {
      met.publish(0x3A, 3, "plant/pump-1", "{\"n\":3}".getBytes(UTF_8));
      met.publish(0x3A, 1, "plant/pump-1", "{\"n\":4}".getBytes(UTF_8));
      assertThat(List.of(met.puback(), met.puback())).containsExactly(3, 1);
    }
    assertThat(payloads()).containsExactly("{\"n\":1}", "{\"n\":2}", "{\"n\":3}", "{\"n\":4}");
  }

  /** A broker that is killed comes back as it saved itself some seconds before. */
  @Test
  void whatWasAcknowledgedLongBeforeTheBreakIsStoredOnceToo() throws Exception {
    start(new TestSettings().inFlight(10));
    try (Conversation met = broker.welcome(false)) {
      for (int n = 1; n <= 100; n++) {
        met.publish(n, "plant/pump-1", ("{\"n\":" + n + "}"));
        assertThat(met.puback()).isEqualTo(n);
      }
    }
    try (Conversation met = broker.welcome(true)) {
      for (int n = 1; n <= 10; n++) {
        met.publish(0x3A, n, "plant/pump-1", ("{\"n\":" + n + "}").getBytes(UTF_8));
        assertThat(met.puback()).isEqualTo(n);
      }
      met.publish(11, "plant/pump-1", "{\"n\":101}");
      assertThat(met.puback()).isEqualTo(11);
    }
    assertThat(payloads()).hasSize(101).doesNotHaveDuplicates();
  }

  @Test
  void brokerThatHasForgottenTheSessionSendsNothingAgain() throws Exception {
    start();
    try (Conversation met = broker.welcome(false)) {
      met.publish(1, "plant/pump-1", "{\"n\":1}");
      assertThat(met.puback()).isEqualTo(1);
    }
    try (Conversation met = broker.welcome(false)) {
      met.publish(0x3A, 1, "plant/pump-1", "{\"n\":1}".getBytes(UTF_8));
      assertThat(met.puback()).isEqualTo(1);
    }
    assertThat(payloads()).hasSize(2);
  }

  @Test
  void floodIsReadAsFarAsThereIsRoomAndNothingOfItIsLost() throws Exception {
    gateway.answerAtOnce(_ -> new Receipt.Busy(20)); // as the real one, on the thread that offers
    start(new TestSettings().inFlight(10));
    try (Conversation met = broker.welcome(false)) {
      Thread flood =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int n = 0; n < 2_000; n++) {
                    met.publish(0x30, 0, "plant/pump-1", ("{\"n\":" + n + "}").getBytes(UTF_8));
                  }
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      await().until(() -> gateway.offers() > 3);
      gateway.answerAtOnce(_ -> null);
      flood.join();
      awaitStored(2_000);
      assertThat(payloads())
          .isEqualTo(IntStream.range(0, 2_000).mapToObj(n -> "{\"n\":" + n + "}").toList());
    }
  }

  @Test
  void oversizedMessageIsPassedOver() throws Exception {
    start();
    try (Conversation met = broker.welcome(false)) {
      met.publish(0x32, 1, "plant/pump-1", new byte[3 << 20]);
      met.publish(2, "plant/pump-1", "{}");
      assertThat(met.puback()).isEqualTo(1);
      assertThat(met.puback()).isEqualTo(2);
      assertThat(payloads()).containsExactly("{}");
      assertThat(gateway.refusals()).containsExactly(RejectReason.TOO_LARGE);
    }
  }

  @Test
  void retainedStateIsTakenOnce() throws Exception {
    start(new TestSettings().version("3.1.1"));
    try (Conversation met = broker.welcome(false)) {
      met.publish(0x33, 1, "plant/lamp", "{\"on\":true}".getBytes(UTF_8));
      assertThat(met.puback()).isEqualTo(1);
    }
    // without a session the broker sends it again, and what has changed since
    try (Conversation met = broker.welcome(false)) {
      met.publish(0x33, 1, "plant/lamp", "{\"on\":true}".getBytes(UTF_8));
      met.publish(0x33, 2, "plant/door", "{\"open\":1}".getBytes(UTF_8));
      met.publish(3, "plant/lamp", "{\"on\":false}");
      assertThat(List.of(met.puback(), met.puback(), met.puback())).containsExactly(1, 2, 3);
    }
    try (Conversation met = broker.welcome(false)) {
      met.publish(0x33, 1, "plant/lamp", "{\"on\":false}".getBytes(UTF_8));
      assertThat(met.puback()).isEqualTo(1);
    }
    // 3.1.1 with a session: what has changed comes by the session
    try (Conversation met = broker.welcome(true)) {
      met.publish(0x33, 1, "plant/door", "{\"open\":0}".getBytes(UTF_8));
      assertThat(met.puback()).isEqualTo(1);
    }
    assertThat(payloads()).containsExactly("{\"on\":true}", "{\"open\":1}", "{\"on\":false}");
  }

  @Test
  void whatTheGatewayPublishedItselfIsNotTakenIn() throws Exception {
    start();
    try (Conversation met = broker.welcome(false)) {
      byte[] mark = "&\0\u000esluice-gateway\0\u0003gw1".getBytes(UTF_8);
      int[] properties = new int[mark.length];
      for (int i = 0; i < mark.length; i++) {
        properties[i] = mark[i];
      }
      met.publish(0x32, 1, "plant/back", "{}".getBytes(UTF_8), properties);
      assertThat(met.puback()).isEqualTo(1);
      met.publish(2, "other/topic", "{}"); // by a subscription of before
      assertThat(met.puback()).isEqualTo(2);
      assertThat(gateway.offers()).isZero();
    }
  }

  @Test
  void closeAcknowledgesWhatIsInHandAndTakesItsLeave() throws Exception {
    start();
    try (Conversation met = broker.welcome(false)) {
      gateway.misbehave(Misconduct.SILENT);
      met.publish(1, "plant/pump-1", "{}");
      await().until(() -> gateway.offers() == 1);
      Thread closing = Thread.ofVirtual().start(source::close);
      gateway.giveReceipts();
      assertThat(met.puback()).isEqualTo(1);
      met.read(14);
      closing.join();
    }
  }

  @Test
  void receiptThatNeverComesHoldsUpNoClose() throws Exception {
    start(new TestSettings().settlingSoon());
    try (Conversation met = broker.welcome(false)) {
      gateway.misbehave(Misconduct.SILENT);
      met.publish(1, "plant/pump-1", "{}");
      await().until(() -> gateway.offers() == 1);
      source.close();
      met.read(14); // and no acknowledgement before it
    }
  }

  /** The message is taken as if its device had sent it to us. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatTheVendorsCloudWouldAnswerIsPublishedWhereThatIsWanted(boolean isWanted)
      throws Exception {
    gateway.answer(uplink -> {
      uplink.followedBy((message, receipt, now) ->
          new Exchange.Outcome(
              List.of(new Downlink("vendor/pump-1/post_reply", "{\"code\":200}".getBytes(UTF_8))),
              null,
              0));
      return gateway.storedReceipt(uplink);
    });
    start(isWanted ? new TestSettings().replies() : new TestSettings());
    try (Conversation met = broker.welcome(false)) {
      met.publish(1, "plant/pump-1", "{}");
      if (isWanted) {
        byte[] reply = met.read();
        assertThat(reply[0]).as("QoS 0, not retained").isEqualTo((byte) 0x30);
        assertThat(new String(reply, UTF_8))
            .contains("vendor/pump-1/post_reply")
            .endsWith("{\"code\":200}");
      }
      assertThat(met.puback()).isEqualTo(1);
      assertThat(met.isSilent(200)).isTrue();
    }
  }

  @Test
  void commandOfADeviceThatWasHeardIsPublishedAndAcknowledged() throws Exception {
    gateway.answer(uplink -> {
      uplink.spokenFor(new DeviceId("pump-1"));
      return gateway.storedReceipt(uplink);
    });
    gateway.form(
        command -> new Downlink("plant/pump-1/set/" + command.name(), command.payload(), false));
    start();
    try (Conversation met = broker.welcome(false)) {
      gateway.submit(
          new Command(
              "c1",
              new DeviceId("pump-1"),
              "open",
              ContentType.JSON,
              "{\"v\":1}".getBytes(UTF_8),
              0,
              Long.MAX_VALUE));
      met.publish(1, "plant/pump-1", "{}");
      assertThat(met.puback()).isEqualTo(1);
      byte[] publish = met.read(3);
      // section 3.3: topic, packet id, Message Expiry Interval and Content Type, payload
      assertThat(new String(publish, UTF_8)).startsWith("\0\u0015plant/pump-1/set/open");
      assertThat(new String(publish, UTF_8)).endsWith("{\"v\":1}");
      met.raw(new byte[] {0x40, 2, publish[23], publish[24]});
      await().until(() -> gateway.acknowledgedCommands().contains("c1"));
      await().until(() -> source.endpoints().getFirst().links() == 1);
    }
  }
}
