package io.sluice.engine.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import io.sluice.engine.normalize.SessionCodecs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Messages of one session are stored in the order in which they came, though some find no room at
 * first: offered by the rule of adapters, that nothing passes what is to be offered again.
 */
class OrderOfRecordsTest {
  private final DeviceLink link =
      (DeviceLink)
          java.lang.reflect.Proxy.newProxyInstance(
              DeviceLink.class.getClassLoader(),
              new Class<?>[] {DeviceLink.class},
              (_, method, _) -> method.getReturnType() == boolean.class ? true : null);

  private final Queue<Uplink> inHand = new ArrayDeque<>();
  private final List<String> records = new ArrayList<>();

  @TempDir private Path own;
  private VendorRig rig;

  @BeforeEach
  void start() throws IOException {
    Files.writeString(
        own.resolve("counts.yaml"),
        """
        title: counts
        hint: n
        up:
          - { topic: n, class: telemetry, unpack: counted }
          - { topic: list, class: telemetry, children: list, child-from: id, child-payload: v }
        """);
    rig = new VendorRig(own, new SessionCodecs(_ -> link), "counts").child("m1", "any");
    rig.pipeline().bring((_, _) -> Newcomers.Verdict.UNDER_WAY);
    CountedVendor.unpacked.clear();
  }

  private void arrive(String topic, String... payloads) {
    for (String payload : payloads) {
      inHand.add(rig.uplink("bridge", topic, payload.getBytes(UTF_8), null));
    }
    offer();
  }

  /** Offers what is in hand up to the first for which there is no room. */
  private void offer() {
    boolean isHeldUp = false;
    while (!isHeldUp && !inHand.isEmpty()) {
      int receipts = rig.receipts.size();
      rig.offer(inHand.element());
      isHeldUp =
          rig.receipts.size() > receipts && rig.receipts.get(receipts) instanceof Receipt.Busy;
      if (!isHeldUp) {
        inHand.remove();
      }
    }
    records.addAll(rig.store());
  }

  @Test
  void birthOfADeviceThatIsBeingRegisteredIsUnpackedOnceAndStoredFirst() {
    arrive("n", "0", "of new", "1", "2");
    offer();
    assertThat(records).containsExactly("telemetry bridge; n=0");
    rig.child("new", "any");
    offer();
    assertThat(records)
        .containsExactly(
            "telemetry bridge; n=0",
            "telemetry new; n=-1",
            "telemetry new; n=-2",
            "telemetry bridge; n=1",
            "telemetry bridge; n=2");
    assertThat(CountedVendor.unpacked).containsExactly("0", "of new", "1", "2");
  }

  @Test
  void whatRanAheadIsNotStoredBeforeWhatIsOfferedAgain() {
    arrive("n", "2", "3", "0");
    assertThat(records).containsExactly("telemetry bridge; n=0");
    arrive("n", "1 of new");
    offer();
    assertThat(records).hasSize(1);
    rig.child("new", "any");
    offer();
    assertThat(records)
        .containsExactly(
            "telemetry bridge; n=0",
            "telemetry new; n=1",
            "telemetry bridge; n=2",
            "telemetry bridge; n=3");
  }

  @Test
  void messageForWhichTheSpoolHasNoRoomIsUnpackedOnce() {
    rig.room(1);
    arrive("n", "0", "1", "2");
    assertThat(records).containsExactly("telemetry bridge; n=0");
    rig.room(9);
    offer();
    assertThat(records)
        .containsExactly("telemetry bridge; n=0", "telemetry bridge; n=1", "telemetry bridge; n=2");
    assertThat(CountedVendor.unpacked).containsExactly("0", "1", "2");
  }

  @Test
  void partsOfOneDeviceKeepTheirOrderAndTheAnswerDoesNotWaitForTheDiskWhereSomeAreLeft() {
    Uplink message =
        rig.uplink(
            "bridge",
            "list",
            ("[{\"id\":\"m1\",\"v\":{\"x\":1}},{\"id\":\"new\",\"v\":{\"x\":2}},"
                    + "{\"id\":\"new\",\"v\":{\"x\":3}},{\"id\":\"m1\",\"v\":{\"x\":4}}]")
                .getBytes(UTF_8),
            null);
    rig.pipeline()
        .bring((_, child) -> {
          rig.child(child, "any"); // is there before the next part is looked at
          return Newcomers.Verdict.UNDER_WAY;
        });
    rig.offer(message);
    assertThat(rig.receipt()).as("at once").isInstanceOf(Receipt.Busy.class);
    rig.offer(message); // while two of its parts are on their way to the disk
    assertThat(rig.receipts).isEmpty();
    assertThat(rig.store())
        .containsExactly(
            "telemetry m1; x=1", "telemetry m1; x=4", "telemetry new; x=2", "telemetry new; x=3");
    assertThat(rig.receipt()).isInstanceOf(Receipt.Stored.class);
  }
}
