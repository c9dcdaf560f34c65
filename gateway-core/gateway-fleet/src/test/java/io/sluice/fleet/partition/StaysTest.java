package io.sluice.fleet.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.engine.coverage.slot.GroupKey;
import io.sluice.engine.coverage.slot.Intervals.Interval;
import io.sluice.fleet.gateway.GatewayBook;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Times are minutes; gateway {@code a} is away all the time, so what is excluded is when it was
 * there.
 */
class StaysTest {
  private static final long MINUTE = 60_000_000;
  private static final int END = 1_000;
  private static final GroupKey GROUP = new GroupKey("factory", "plant", "meter");

  private final GatewayBook book = new GatewayBook(Clock.systemUTC());
  private Stays stays = new Stays();

  @BeforeEach
  void aIsAway() throws Exception {
    String json =
        """
        {"v":1,"kind":"downtime","gateway":"a","outages":[[%d,%d]],"stops":[]}\
        """
            .formatted(Scene.START, Scene.START + END * MINUTE);
    book.take(utf8("a#downtime"), utf8(json), Scene.START / 1_000);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void heard(String gateway, int minute) {
    stays.heard(gateway, Scene.START + minute * MINUTE, MINUTE);
  }

  private List<String> atA() {
    List<String> all = new ArrayList<>();
    for (Interval each : stays.excluded(book, "d", GROUP).list()) {
      all.add((each.from() - Scene.START) / MINUTE + "-" + (each.to() - Scene.START) / MINUTE);
    }
    return all;
  }

  @Test
  void aDeviceThatRoamsAllTheTimeIsExcusedForEachStay() {
    List<String> expected = new ArrayList<>();
    for (int turn = 0; turn < 30; turn++) {
      heard("a", 10 + 10 * turn);
      heard("b", 14 + 10 * turn);
      expected.add((turn == 0 ? 0 : 10 + 10 * turn) + "-" + (14 + 10 * turn));
    }
    assertThat(atA()).isEqualTo(expected);
  }

  @Test
  void aRecordThatLayAtAGatewayThatWasAwayPartsAStay() {
    heard("a", 10);
    heard("b", 40);
    for (int minute = 41; minute < 100; minute++) {
      heard("b", minute);
    }
    assertThat(atA()).containsExactly("0-40");

    heard("a", 39); // was there until then; the gateway was killed before it could send it on
    assertThat(atA()).containsExactly("0-40");
    heard("a", 20);
    heard("c", 30); // c was killed too
    assertThat(atA()).containsExactly("0-30", "39-40");
  }

  @Test
  void whatIsHeardAgainWhereItWasIsThereFromThatTime() {
    heard("b", 10);
    heard("b", 35);
    for (int minute = 36; minute < 60; minute++) {
      heard("b", minute);
    }
    heard("a", 20); // late: all of b's were there before
    assertThat(atA()).containsExactly("20-35");
  }

  @Test
  void whereItWasBeforeItsFirstRecordFollowsALateOne() {
    heard("b", 30);
    heard("b", 31);
    heard("a", 20);
    assertThat(atA()).containsExactly("0-30");
  }

  @Test
  void theOrderOfArrivalOfTwoGatewaysChangesNothing() throws IOException {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      List<String> gateways = new ArrayList<>();
      String now = "a";
      for (int minute = 0; minute < 60; minute++) {
        // goes to another one now and then, as few times as are kept
        if (random.nextInt(12) == 0) {
          now = List.of("a", "b", "c").get(random.nextInt(3));
        }
        gateways.add(now);
      }
      stays = new Stays();
      for (int minute = 0; minute < 60; minute++) {
        heard(gateways.get(minute), minute);
      }
      List<String> inOrder = atA();

      stays = new Stays();
      int[] next = new int[3];
      for (int left = 60; left > 0; ) {
        int which = random.nextInt(3); // each gateway sends its own in their order
        int minute = next[which];
        while (minute < 60 && !gateways.get(minute).equals(List.of("a", "b", "c").get(which))) {
          minute++;
        }
        if (minute < 60) {
          heard(gateways.get(minute), minute);
          left--;
        }
        next[which] = Math.min(60, minute + 1);
        stays = readAgain();
      }
      assertThat(atA()).as("seed %d: %s", seed, gateways).isEqualTo(inOrder);
    }
  }

  private Stays readAgain() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    stays.write(new DataOutputStream(bytes));
    return Stays.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
  }
}
