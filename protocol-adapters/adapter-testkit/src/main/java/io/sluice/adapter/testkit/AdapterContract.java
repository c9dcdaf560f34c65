package io.sluice.adapter.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.RecordingGateway.Misconduct;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/**
 * What every adapter must pass: seventeen cases, and those of {@link HandOverContract} where its
 * devices take commands as they come. A test class implements it and says how its protocol sends.
 */
public interface AdapterContract extends HandOverContract {
  byte[] PAYLOAD = "{\"temperature\":21.5}".getBytes(UTF_8);

  /** Beyond what any adapter takes. */
  int OVERSIZE_BYTES = 2 << 20;

  int PATIENCE_SECONDS = 45;

  /** A client with these credentials. May throw where the adapter refuses them at once. */
  Sender sender(Adapter adapter, String device, String password) throws Exception;

  /**
   * Sends {@link #PAYLOAD} to {@code telemetry} once, and the very same message again, as a device
   * does that missed the acknowledgement; also while the first is in hand, where the protocol lets
   * it. Returns when both are acknowledged.
   */
  void sendTwice(Adapter adapter, String device, String password) throws Exception;

  /** A client that sends also what the adapter has told it to be too large. */
  default Sender carelessSender(Adapter adapter, String device, String password) throws Exception {
    return sender(adapter, device, password);
  }

  /** Messages that a sender may have on the way and whose order the protocol still keeps. */
  default int orderedOnTheWay() {
    return 1;
  }

  private static Answer answer(CompletableFuture<Answer> sent) throws Exception {
    return sent.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static boolean isTaken(CompletableFuture<Answer> sent) throws Exception {
    return answer(sent).positive();
  }

  /** Whether the sender was not told that it is kept, be it by a refusal, an end or by silence. */
  private static boolean isNotTaken(CompletableFuture<Answer> sent) throws Exception {
    try {
      return !sent.get(5, TimeUnit.SECONDS).positive();
    } catch (ExecutionException | TimeoutException refused) {
      return true;
    }
  }

  private static void awaitOffers(RecordingGateway gateway, int offers) {
    await()
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .untilAsserted(() -> assertThat(gateway.offers()).isEqualTo(offers));
  }

  private static CompletableFuture<Void> closing(Adapter adapter) {
    return CompletableFuture.runAsync(
        adapter::close, task -> Thread.ofPlatform().daemon().start(task));
  }

  /** The port that a started adapter listens on. */
  static int port(Adapter adapter) {
    String address = adapter.endpoints().getFirst().address();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  @Test
  default void storedUplinkIsAcknowledgedWithItsBytesUnchanged() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
        Adapter adapter = adapter(0)) {
      adapter.start(gateway);
      try (Sender sender = sender(adapter, "d1", "pw")) {
        assertThat(
                sender
                    .send("telemetry", PAYLOAD)
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .positive())
            .isTrue();
      }
      assertThat(gateway.stored())
          .singleElement()
          .satisfies(uplink -> {
            assertThat(uplink.device().value()).isEqualTo("d1");
            assertThat(uplink.topic()).isEqualTo("telemetry");
            assertThat(uplink.payload()).isEqualTo(PAYLOAD);
          });
    }
  }

  @Test
  default void reasonOfARejectionReachesTheSender() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
        Adapter adapter = adapter(0)) {
      gateway.answer(
          _ -> new Receipt.Rejected(RejectReason.PAYLOAD_INVALID, "byte 3: no comma", true));
      adapter.start(gateway);
      try (Sender sender = sender(adapter, "d1", "pw")) {
        Answer answer = sender.send("telemetry", PAYLOAD).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(answer.positive()).isFalse();
        assertThat(answer.detail()).contains("byte 3: no comma");
      }
    }
  }

  @Test
  default void busyGatewayIsNotAcknowledgedUntilItHasStored() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
        Adapter adapter = adapter(0)) {
      gateway.answer(_ -> new Receipt.Busy(20));
      adapter.start(gateway);
      try (Sender sender = sender(adapter, "d1", "pw")) {
        CompletableFuture<Answer> first = sender.send("telemetry", PAYLOAD);
        await().until(() -> gateway.offers() > 0);
        assertThat(first.isDone() && first.get().positive()).isFalse();
        gateway.store();
        if (!first.get(PATIENCE_SECONDS, TimeUnit.SECONDS).positive()) {
          assertThat(
                  sender
                      .send("telemetry", PAYLOAD)
                      .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                      .positive())
              .isTrue();
        }
        assertThat(gateway.stored()).hasSize(1);
      }
    }
  }

  @Test
  default void gatewayThatThrowsAnswersAndReleases() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
        Adapter adapter = adapter(0)) {
      adapter.start(gateway);
      for (Misconduct how : List.of(Misconduct.THROWS, Misconduct.THROWS_AND_ANSWERS)) {
        gateway.misbehave(how);
        try (Sender sender = sender(adapter, "d1", "pw")) {
          Answer first = sender.send("telemetry", PAYLOAD).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
          if (how == Misconduct.THROWS) {
            assertThat(first.positive()).isFalse();
            assertThat(first.detail()).contains("failed");
          }
          gateway.misbehave(Misconduct.NONE);
          assertThat(
                  sender
                      .send("telemetry", PAYLOAD)
                      .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                      .positive())
              .as("the same session goes on after %s", how)
              .isTrue();
        }
      }
      try (Sender sender = sender(adapter, "d1", "pw")) {
        assertThat(
                sender
                    .send("telemetry", PAYLOAD)
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .positive())
            .isTrue();
      }
    }
  }

  @Test
  default void receiptThatIsGivenTwiceIsAnsweredOnce() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
        Adapter adapter = adapter(0)) {
      adapter.start(gateway);
      gateway.misbehave(Misconduct.ANSWERS_TWICE);
      try (Sender sender = sender(adapter, "d1", "pw")) {
        for (int i = 0; i < 3; i++) {
          assertThat(
                  sender
                      .send("telemetry", PAYLOAD)
                      .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                      .positive())
              .isTrue();
        }
      }
    }
  }

  @Test
  default void gatewayThatThrowsAtAdmissionRefusesAndReleases() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
        Adapter adapter = adapter(0)) {
      adapter.start(gateway);
      gateway.misbehave(Misconduct.THROWS_AT_ADMISSION);
      assertThatThrownBy(
              () -> {
                try (Sender sender = sender(adapter, "d1", "pw")) {
                  Answer answer =
                      sender.send("telemetry", PAYLOAD).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                  if (!answer.positive()) {
                    throw new IllegalStateException("refused: " + answer.detail());
                  }
                }
              })
          .isInstanceOf(Exception.class)
          .isNotInstanceOf(TimeoutException.class);
      gateway.misbehave(Misconduct.NONE);
      try (Sender sender = sender(adapter, "d1", "pw")) {
        assertThat(
                sender
                    .send("telemetry", PAYLOAD)
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .positive())
            .isTrue();
      }
    }
  }

  @Test
  default void unknownCredentialsAreRefusedAndNothingIsTaken() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
        Adapter adapter = adapter(0)) {
      adapter.start(gateway);
      assertThatThrownBy(
              () -> {
                try (Sender sender = sender(adapter, "d1", "wrong")) {
                  Answer answer =
                      sender.send("telemetry", PAYLOAD).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                  if (!answer.positive()) {
                    throw new IllegalStateException("refused: " + answer.detail());
                  }
                }
              })
          .isInstanceOf(Exception.class);
      assertThat(gateway.offers()).isZero();
    }
  }

  @Test
  default void closeReleasesThePort() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway()) {
      Adapter first = adapter(0);
      first.start(gateway);
      int port = port(first);
      first.close();
      try (Adapter second = adapter(port)) {
        second.start(gateway);
        assertThat(port(second)).isEqualTo(port);
      }
    }
  }

  @Test
  default void limitAndItsRemedyReachTheSenderWhoGoesOnLater() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
        Adapter adapter = adapter(0)) {
      adapter.start(gateway);
      gateway.answer(
          _ -> new Receipt.Limited(Limit.MESSAGE_RATE_PER_DEVICE, "100 a second; wait 1 s", 1000));
      try (Sender sender = sender(adapter, "d1", "pw")) {
        Answer limited = answer(sender.send("telemetry", PAYLOAD));
        assertThat(limited.positive()).isFalse();
        assertThat(limited.detail()).contains("100 a second; wait 1 s");
        gateway.store();
        assertThat(isTaken(sender.send("telemetry", PAYLOAD))).isTrue();
      }
      assertThat(gateway.stored()).hasSize(1);
    }
  }

  @Test
  default void receiptThatIsLateIsAnsweredOnce() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
        Adapter adapter = adapter(0)) {
      adapter.start(gateway);
      gateway.misbehave(Misconduct.SILENT);
      try (Sender sender = sender(adapter, "d1", "pw")) {
        CompletableFuture<Answer> late = sender.send("telemetry", PAYLOAD);
        awaitOffers(gateway, 1);
        // longer than the time after which CoAP acknowledges without an answer
        CompletableFuture.delayedExecutor(1500, TimeUnit.MILLISECONDS)
            .execute(gateway::giveReceipts);
        assertThat(answer(late).positive()).isTrue();
        assertThat(isTaken(sender.send("telemetry", PAYLOAD))).isTrue();
      }
      assertThat(gateway.stored()).hasSize(2);
    }
  }

  @Test
  default void receiptThatNeverComesHoldsUpNoOtherDeviceAndNoClose() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw").device("d2", "pw");
        Adapter adapter = adapter(0)) {
      adapter.start(gateway);
      gateway.misbehave(Misconduct.SILENT);
      try (Sender waiting = sender(adapter, "d1", "pw");
          Sender other = sender(adapter, "d2", "pw")) {
        CompletableFuture<Answer> never = waiting.send("telemetry", PAYLOAD);
        awaitOffers(gateway, 1);
        gateway.misbehave(Misconduct.NONE);
        assertThat(isTaken(other.send("telemetry", PAYLOAD))).isTrue();
        assertThat(never).isNotDone();
        closing(adapter).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  default void deviceThatVanishesWithAMessageInHandComesBack() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
        Adapter adapter = adapter(0)) {
      adapter.start(gateway);
      gateway.misbehave(Misconduct.SILENT);
      try (Sender sender = sender(adapter, "d1", "pw")) {
        var _ = sender.send("telemetry", PAYLOAD);
        awaitOffers(gateway, 1);
        sender.vanish();
        await()
            .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
            .untilAsserted(() -> assertThat(gateway.link("d1")).isNull());
        gateway.giveReceipts();
      }
      try (Sender again = sender(adapter, "d1", "pw")) {
        assertThat(isTaken(again.send("telemetry", PAYLOAD))).isTrue();
      }
      assertThat(gateway.stored()).hasSize(2);
    }
  }

  @Test
  default void deviceThatIsRemovedInFlightIsNotServedAnyMore() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw").device("d2", "pw");
        Adapter adapter = adapter(0)) {
      adapter.start(gateway);
      gateway.misbehave(Misconduct.SILENT);
      try (Sender sender = sender(adapter, "d1", "pw")) {
        var _ = sender.send("telemetry", PAYLOAD);
        awaitOffers(gateway, 1);
        gateway.remove("d1");
        gateway.giveReceipts();
        await()
            .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
            .untilAsserted(() -> assertThat(gateway.link("d1")).isNull());
        assertThat(isNotTaken(sender.send("telemetry", PAYLOAD))).isTrue();
      }
      assertThat(gateway.offers()).isEqualTo(1);
      try (Sender other = sender(adapter, "d2", "pw")) {
        assertThat(isTaken(other.send("telemetry", PAYLOAD))).isTrue();
      }
    }
  }

  @Test
  default void messagesOfADeviceAreStoredAndAnsweredInTheirOrder() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
        Adapter adapter = adapter(0)) {
      adapter.start(gateway);
      List<String> sent = new ArrayList<>();
      List<String> answered = Collections.synchronizedList(new ArrayList<>());
      try (Sender sender = sender(adapter, "d1", "pw")) {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
          if (i >= orderedOnTheWay()) {
            assertThat(answer(answers.get(i - orderedOnTheWay())).positive()).isTrue();
          }
          String payload = "{\"n\":" + i + "}";
          sent.add(payload);
          answers.add(
              sender
                  .send("telemetry", payload.getBytes(UTF_8))
                  .whenComplete((_, _) -> answered.add(payload)));
        }
        for (CompletableFuture<Answer> each : answers) {
          assertThat(answer(each).positive()).isTrue();
        }
      }
      assertThat(gateway.stored())
          .extracting(uplink -> new String(uplink.payload(), UTF_8))
          .isEqualTo(sent);
      assertThat(answered).isEqualTo(sent);
    }
  }

  @Test
  default void messageThatIsRepeatedIsStoredOnce() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
        Adapter adapter = adapter(0)) {
      adapter.start(gateway);
      sendTwice(adapter, "d1", "pw");
      assertThat(gateway.stored()).hasSize(1);
      assertThat(gateway.offers()).isEqualTo(1);
    }
  }

  @Test
  default void payloadThatIsTooLargeIsRefusedAndNothingIsTaken() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
        Adapter adapter = adapter(0)) {
      adapter.start(gateway);
      try (Sender sender = carelessSender(adapter, "d1", "pw")) {
        assertThat(isNotTaken(sender.send("telemetry", new byte[OVERSIZE_BYTES]))).isTrue();
      }
      assertThat(gateway.offers()).isZero();
      try (Sender sender = sender(adapter, "d1", "pw")) {
        assertThat(isTaken(sender.send("telemetry", PAYLOAD))).isTrue();
      }
    }
  }

  @Test
  default void closeAnswersWhatIsInHand() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
        Adapter adapter = adapter(0)) {
      adapter.start(gateway);
      gateway.misbehave(Misconduct.SILENT);
      try (Sender sender = sender(adapter, "d1", "pw")) {
        CompletableFuture<Answer> inHand = sender.send("telemetry", PAYLOAD);
        awaitOffers(gateway, 1);
        CompletableFuture<Void> closed = closing(adapter);
        CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS)
            .execute(gateway::giveReceipts);
        assertThat(answer(inHand).positive()).isTrue();
        closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    }
  }
}
