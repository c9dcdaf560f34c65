package io.sluice.engine.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Command;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.LinkEnd;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import io.sluice.engine.normalize.SessionCodecs;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages that hang together in a session, by a vendor that counts them. */
class VendorSessionsTest {
  private static final DeviceId BRIDGE = new DeviceId("bridge");
  private static final long NOW = ChronoUnit.MICROS.between(Instant.EPOCH, VendorRig.NOW);

  /** What the link was given to send. */
  private final List<String> sent = new ArrayList<>();

  private int known;

  private final DeviceLink link =
      new DeviceLink() {
        @Override
        public boolean send(Command command) {
          return false;
        }

        @Override
        public boolean tell(Downlink message) {
          return sent.add(message.topic() + " " + new String(message.payload(), UTF_8));
        }

        @Override
        public void knownAnew() {
          known++;
        }

        @Override
        public void close(LinkEnd reason) {}
      };

  private @Nullable Object session = link;
  private final SessionCodecs sessions = new SessionCodecs(device -> session);

  @TempDir private Path own;
  private VendorRig rig;

  @BeforeEach
  void start() throws IOException {
    Files.writeString(
        own.resolve("counts.yaml"),
        "title: counts\nhint: n\nup: [ { topic: n, class: telemetry, unpack: counted } ]\n");
    rig = new VendorRig(own, sessions, "counts").child("m1", "any").child("m2", "any");
  }

  private void end() {
    session = null;
    sessions.ended(BRIDGE, link);
  }

  @Test
  void messageThatRunsAheadWaitsForThoseBeforeItAndHasItsReceiptThen() {
    assertThat(rig.take("n", "0")).containsExactly("telemetry bridge; n=0");
    rig.receipts.clear();
    assertThat(rig.take("n", "2")).isEmpty();
    assertThat(rig.take("n", "3")).isEmpty();
    assertThat(rig.receipts).isEmpty();
    assertThat(rig.take("n", "1"))
        .containsExactly("telemetry bridge; n=1", "telemetry bridge; n=2", "telemetry bridge; n=3");
    assertThat(rig.receipts).hasSize(3).allMatch(Receipt.Stored.class::isInstance);
    assertThat(sent).isEmpty();
  }

  @Test
  void whatDoesNotComeInTimeIsAskedForByTheLinkAndTheOthersAreStored() {
    assertThat(rig.take("n", "4")).isEmpty();
    rig.pipeline().vendorSessions().sweep(NOW + CountedVendor.PATIENCE_MICROS - 1);
    assertThat(rig.store()).isEmpty();
    rig.pipeline().vendorSessions().sweep(NOW + CountedVendor.PATIENCE_MICROS);
    assertThat(rig.store()).containsExactly("telemetry bridge; n=4");
    assertThat(sent).containsExactly("ask 0");
    assertThat(rig.receipt()).isInstanceOf(Receipt.Stored.class);
  }

  @Test
  void ruleMaySayHowLongAMessageWaits() throws IOException {
    Files.writeString(
        own.resolve("counts.yaml"),
        """
        title: counts
        hint: n
        up: [ { topic: n, class: telemetry, unpack: counted, patience: 5s } ]
        """);
    rig = new VendorRig(own, sessions, "counts");
    assertThat(rig.take("n", "4")).isEmpty();
    rig.pipeline().vendorSessions().sweep(NOW + 4_999_999);
    assertThat(rig.store()).isEmpty();
    rig.pipeline().vendorSessions().sweep(NOW + 5_000_000);
    assertThat(rig.store()).containsExactly("telemetry bridge; n=4");
  }

  @Test
  void asManyWaitAsThereIsRoomForAndTheOldestIsTakenAsItIs() {
    IntStream.rangeClosed(1, 64).forEach(n -> assertThat(rig.take("n", n + "")).isEmpty());
    List<String> taken = rig.take("n", "65");
    assertThat(taken).hasSize(65).startsWith("telemetry bridge; n=1");
    assertThat(sent).containsExactly("ask 0");
  }

  @Test
  void endOfTheSessionLosesNothingThatWaits() {
    assertThat(rig.take("n", "7")).isEmpty();
    end();
    assertThat(rig.store()).containsExactly("telemetry bridge; n=7");
    session = new Object();
    assertThat(rig.take("n", "0")).as("another session").containsExactly("telemetry bridge; n=0");
  }

  /** As a will: it is offered again when the session has gone. */
  @Test
  void messageThatFindsNoRoomBeforeTheEndIsWhatItWasWhenItIsOfferedAgain() {
    assertThat(rig.take("n", "0")).hasSize(1);
    Uplink waits = rig.uplink("bridge", "n", "9".getBytes(UTF_8), null);
    Uplink last = rig.uplink("bridge", "n", "count".getBytes(UTF_8), null);
    rig.offer(waits);
    rig.room(0);
    rig.offer(last);
    assertThat(rig.receipts).last().isInstanceOf(Receipt.Busy.class);
    end();
    assertThat(rig.receipts).filteredOn(Receipt.Busy.class::isInstance).hasSize(2);
    rig.offer(last);
    rig.room(Integer.MAX_VALUE);
    rig.offer(last);
    rig.offer(waits);
    assertThat(rig.store())
        .as("1 was the next when it came")
        .containsExactly("telemetry bridge; n=1", "telemetry bridge; n=9");
    assertThat(rig.letters).isEmpty();
    rig.offer(rig.uplink("bridge", "n", "count".getBytes(UTF_8), null));
    assertThat(rig.store())
        .as("nothing is known any more")
        .containsExactly("telemetry bridge; n=0");
  }

  @Test
  void messageThatIsNoneIsALetterAndTheSessionGoesOn() {
    assertThat(rig.take("n", "0")).hasSize(1);
    assertThat(rig.take("n", "what")).isEmpty();
    assertThat(rig.letters).hasSize(1);
    assertThat(rig.take("n", "1")).hasSize(1);
  }

  @Test
  void devicesBehindTheSessionComeAndGoByWhatItSaysAndAreUnknownBehindIt() {
    rig.take("n", "come m1");
    rig.take("n", "come m2");
    rig.take("n", "go m1");
    assertThat(known).as("commands are tried anew with each birth").isEqualTo(2);
    end();
    assertThat(rig.told).containsExactly("m1 true", "m2 true", "m1 false", "m2 null");
  }

  @Test
  void withoutASessionEachMessageStandsAlone() {
    session = null;
    assertThat(rig.take("n", "5")).containsExactly("telemetry bridge; n=5");
    assertThat(rig.take("n", "5")).containsExactly("telemetry bridge; n=5");
  }

  @Test
  void connectionOfASourceIsASessionAndItsNextOneIsAnother() {
    session = null;
    Object first = new Object();
    rig.offer(ofSource("1", first));
    assertThat(rig.store()).as("it waits").isEmpty();
    rig.offer(ofSource("0", first));
    assertThat(rig.store()).containsExactly("telemetry bridge; n=0", "telemetry bridge; n=1");
    rig.offer(ofSource("3", first));
    rig.offer(ofSource("0", link));
    assertThat(rig.store())
        .as("what waited goes with its connection, and nothing is lost")
        .containsExactlyInAnyOrder("telemetry bridge; n=3", "telemetry bridge; n=0");
    sessions.ended(BRIDGE, link);
    assertThat(sessions.size()).isZero();
  }

  private Uplink ofSource(String text, Object connection) {
    Uplink plain = rig.uplink("bridge", "n", text.getBytes(UTF_8), null);
    return (Uplink)
        Proxy.newProxyInstance(
            Uplink.class.getClassLoader(),
            new Class<?>[] {Uplink.class},
            (_, method, arguments) ->
                switch (method.getName()) {
                  case "isOfSource" -> true;
                  case "connection" -> connection;
                  default -> method.invoke(plain, arguments);
                });
  }
}
