package io.sluice.adapter.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.RecordingGateway.Misconduct;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.Receipt;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What every adapter must pass. A test class implements it and says how its protocol sends. */
public interface AdapterContract {
  byte[] PAYLOAD = "{\"temperature\":21.5}".getBytes(UTF_8);

  /** An adapter on the loopback address; port 0 takes a free one. */
  Adapter adapter(int port);

  /** A client with these credentials. May throw where the adapter refuses them at once. */
  Sender sender(Adapter adapter, String device, String password) throws Exception;

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
        assertThat(sender.send("telemetry", PAYLOAD).get(10, TimeUnit.SECONDS).positive()).isTrue();
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
        Answer answer = sender.send("telemetry", PAYLOAD).get(10, TimeUnit.SECONDS);
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
        if (!first.get(10, TimeUnit.SECONDS).positive()) {
          assertThat(sender.send("telemetry", PAYLOAD).get(10, TimeUnit.SECONDS).positive())
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
          Answer first = sender.send("telemetry", PAYLOAD).get(10, TimeUnit.SECONDS);
          if (how == Misconduct.THROWS) {
            assertThat(first.positive()).isFalse();
            assertThat(first.detail()).contains("failed");
          }
          gateway.misbehave(Misconduct.NONE);
          assertThat(sender.send("telemetry", PAYLOAD).get(10, TimeUnit.SECONDS).positive())
              .as("the same session goes on after %s", how)
              .isTrue();
        }
      }
      try (Sender sender = sender(adapter, "d1", "pw")) {
        assertThat(sender.send("telemetry", PAYLOAD).get(10, TimeUnit.SECONDS).positive()).isTrue();
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
          assertThat(sender.send("telemetry", PAYLOAD).get(10, TimeUnit.SECONDS).positive())
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
                  Answer answer = sender.send("telemetry", PAYLOAD).get(10, TimeUnit.SECONDS);
                  if (!answer.positive()) {
                    throw new IllegalStateException("refused: " + answer.detail());
                  }
                }
              })
          .isInstanceOf(Exception.class)
          .isNotInstanceOf(TimeoutException.class);
      gateway.misbehave(Misconduct.NONE);
      try (Sender sender = sender(adapter, "d1", "pw")) {
        assertThat(sender.send("telemetry", PAYLOAD).get(10, TimeUnit.SECONDS).positive()).isTrue();
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
                  Answer answer = sender.send("telemetry", PAYLOAD).get(10, TimeUnit.SECONDS);
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
}
