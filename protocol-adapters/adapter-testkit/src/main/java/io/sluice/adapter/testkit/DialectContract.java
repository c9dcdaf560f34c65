package io.sluice.adapter.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.Lane;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Exchange;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.dialect.Dialect;
import io.sluice.api.dialect.Outgoing;
import io.sluice.api.dialect.Route;
import io.sluice.api.dialect.SignIn;
import io.sluice.api.dialect.SignIn.Proof.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every dialect in code must pass. A test class implements it and says what its vendor's
 * devices show, say and hear.
 */
@Timeout(120)
public interface DialectContract {
  long NOW_MILLIS = 1_795_802_400_000L;

  /** Texts that no vendor sends, as client ids, user names, topics and filters. */
  List<String> STRANGE =
      List.of(
          "",
          "/",
          "//",
          "#",
          "+",
          "$",
          "$SYS/x",
          " ",
          "{device}",
          "\u0000",
          "é",
          "a/".repeat(500),
          "&|;=,".repeat(200),
          "x".repeat(1_024));

  /**
   * A sign-in that is good.
   *
   * @param secret of the device; null where the claim wants none
   * @param device that it is of; null where its token names it
   */
  record Good(SignIn.Shown shown, @Nullable String secret, @Nullable String device) {}

  /** The dialect, made as the gateway makes it. */
  Dialect dialect();

  /** Topics that it knows, each with a payload. */
  Map<String, String> messages();

  /** Sign-ins that are good; none where its devices sign in by the gateway's own. */
  default List<Good> signIns() {
    return List.of();
  }

  /** Commands that it can write; none where its devices take those of the gateway's own form. */
  default List<Outgoing> commands() {
    return List.of();
  }

  private static Uplink uplink(String topic, byte[] payload) {
    ReceiptSink nobody =
        new ReceiptSink() {
          @Override
          public void receipt(Uplink uplink, Receipt receipt) {
            // nobody waits for it
          }

          @Override
          public void flush() {
            // nobody waits for it
          }
        };
    return new Uplink() {
      @Override
      public DeviceId device() {
        return new DeviceId("dev-1");
      }

      @Override
      public String protocol() {
        return "mqtt";
      }

      @Override
      public String topic() {
        return topic;
      }

      @Override
      public ContentType contentType() {
        return ContentType.UNSPECIFIED;
      }

      @Override
      public byte[] payload() {
        return payload;
      }

      @Override
      public long receivedMicros() {
        return NOW_MILLIS * 1_000;
      }

      @Override
      public long receivedNanos() {
        return 0;
      }

      @Override
      public ReceiptSink sink() {
        return nobody;
      }
    };
  }

  @Test
  default void nameIsOneThatAListMayHave() {
    assertThat(dialect().name()).matches("[a-z0-9][a-z0-9._-]{0,63}");
  }

  @Test
  default void strangeTopicsAreNotKnownAndThrowNothing() {
    for (String topic : STRANGE) {
      Route route = dialect().route(topic);
      String device = route == null ? null : route.device();
      assertThat(device == null || DeviceId.isValid(device))
          .as("the device of the topic \"%s\"", topic)
          .isTrue();
    }
  }

  @Test
  default void itsTopicsMeanTheSameOnEveryThread() throws Exception {
    Dialect dialect = dialect();
    assertThat(messages()).isNotEmpty();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (String topic : messages().keySet()) {
        Route first = Objects.requireNonNull(dialect.route(topic), topic);
        List<Future<@Nullable Route>> others = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          others.add(threads.submit(() -> dialect.route(topic)));
        }
        for (Future<@Nullable Route> other : others) {
          Route route = Objects.requireNonNull(other.get());
          assertThat(route.messageClass()).isEqualTo(first.messageClass());
          assertThat(route.device()).isEqualTo(first.device());
        }
      }
    }
  }

  /**
   * A payload that is cut short or of another kind is the profile's matter, and costs no answer.
   */
  @Test
  default void whatFollowsAMessageNeverThrows() {
    messages()
        .forEach((topic, text) -> {
          Exchange exchange = Objects.requireNonNull(dialect().route(topic)).exchange();
          if (exchange != null) {
            List<Receipt> receipts =
                List.of(
                    new Receipt.Stored(Lane.TELEMETRY, 1),
                    new Receipt.Rejected(RejectReason.PAYLOAD_INVALID, "no JSON", true));
            for (byte[] payload : spoilt(text.getBytes(UTF_8))) {
              for (Receipt receipt : receipts) {
                assertThatCode(() -> exchange.after(uplink(topic, payload), receipt, NOW_MILLIS))
                    .as(topic)
                    .doesNotThrowAnyException();
              }
            }
          }
        });
  }

  private static List<byte[]> spoilt(byte[] good) {
    List<byte[]> all = new ArrayList<>(List.of(good, new byte[0], new byte[] {(byte) 0xff}));
    for (int length = 1; length < good.length; length++) {
      all.add(Arrays.copyOf(good, length));
    }
    return all;
  }

  @Test
  default void strangersAreNoneOfItsDevices() {
    for (String field : STRANGE) {
      SignIn claim = dialect().signIn(new SignIn.Shown(field, field, field.getBytes(UTF_8)));
      if (claim instanceof SignIn.Signed signed) {
        assertThat(signed.proof().verdict("a secret", NOW_MILLIS)).isEqualTo(Verdict.WRONG);
      }
    }
    assertThatCode(() -> dialect().signIn(new SignIn.Shown(null, "x", new byte[2_048])))
        .doesNotThrowAnyException();
  }

  @Test
  default void signatureHoldsForTheDevicesSecretAlone() {
    for (Good good : signIns()) {
      SignIn claim = dialect().signIn(good.shown());
      switch (claim) {
        case SignIn.Signed signed -> {
          String secret = Objects.requireNonNull(good.secret());
          assertThat(signed.device()).isEqualTo(good.device());
          assertThat(signed.proof().verdict(secret, NOW_MILLIS)).isEqualTo(Verdict.GOOD);
          assertThat(signed.proof().verdict(secret + "x", NOW_MILLIS)).isEqualTo(Verdict.WRONG);
          assertThat(signed.proof().verdict("", NOW_MILLIS)).isEqualTo(Verdict.WRONG);
          assertThat(signed.toString()).doesNotContain(secret);
        }
        case SignIn.Named named -> assertThat(named.device()).isEqualTo(good.device());
        case SignIn.Tokened tokened -> assertThat(tokened.token()).isNotEmpty();
        case null -> throw new AssertionError("not claimed: " + good.shown());
      }
    }
  }

  @Test
  default void commandIsWrittenOnlyWhereItIsHeardAndIsNotChanged() {
    for (Outgoing outgoing : commands()) {
      Command command = outgoing.command();
      byte[] before = command.payload().clone();
      Downlink sent = Objects.requireNonNull(dialect().write(outgoing, _ -> true), command.name());
      assertThat(sent.topic()).isNotEmpty().doesNotContain("#", "+");
      assertThat(command.payload()).isEqualTo(before);
      assertThat(dialect().write(outgoing, _ -> false)).as("to nobody who hears it").isNull();
      assertThat(dialect().write(outgoing, sent.topic()::equals)).as("again").isNotNull();
    }
  }

  @Test
  default void nobodyMaySubscribeToEverything() {
    assertThat(dialect().maySubscribe("#", _ -> true)).isFalse();
    for (String filter : STRANGE) {
      assertThatCode(() -> dialect().maySubscribe(filter, _ -> false)).doesNotThrowAnyException();
    }
  }
}
