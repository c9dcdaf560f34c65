package io.sluice.engine.alarm.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SupervisionTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long AWAY = Long.MIN_VALUE;
  private static final long START = -5_000_000_000L; // nanoTime may be negative

  private final List<String> told = new ArrayList<>();
  private final Supervision.Verdicts verdicts =
      new Supervision.Verdicts() {
        @Override
        public void lost(String device, long intervalNanos) {
          told.add("lost " + device);
        }

        @Override
        public void returned(String device) {
          told.add("returned " + device);
        }
      };

  private void ticks(Supervision supervision, long fromSecond, long toSecond) {
    for (long second = fromSecond; second <= toSecond; second++) {
      supervision.tick(START + second * SECOND, verdicts);
    }
  }

  @Test
  void silenceIsReportedOnceAndReturnOnce() {
    Supervision supervision = new Supervision(START);
    supervision.watch("a", 20 * SECOND, START, false);
    ticks(supervision, 1, 19);
    assertThat(told).isEmpty();
    ticks(supervision, 20, 200);
    assertThat(told).containsExactly("lost a");
    supervision.heard("a", START + 200 * SECOND);
    ticks(supervision, 201, 219);
    assertThat(told).containsExactly("lost a", "returned a");
    ticks(supervision, 220, 220);
    assertThat(told).containsExactly("lost a", "returned a", "lost a");
  }

  @Test
  void intervalLongerThanTheWheelIsKept() {
    Supervision supervision = new Supervision(START);
    supervision.watch("a", 86_400 * SECOND, START, false);
    ticks(supervision, 1, 86_399);
    assertThat(told).isEmpty();
    ticks(supervision, 86_400, 86_401);
    assertThat(told).containsExactly("lost a");
  }

  @Test
  void openFaultStaysOpenUntilTheDeviceReturns() {
    Supervision supervision = new Supervision(START);
    supervision.watch("a", 20 * SECOND, START, true);
    ticks(supervision, 1, 100);
    assertThat(told).isEmpty();
    supervision.heard("a", START + 100 * SECOND);
    ticks(supervision, 101, 101);
    assertThat(told).containsExactly("returned a");
  }

  @Test
  void ticksThatDidNotComeAreMadeUpFor() {
    Supervision supervision = new Supervision(START);
    supervision.watch("a", 20 * SECOND, START, false);
    supervision.watch("b", 4_000 * SECOND, START, false);
    supervision.tick(START + 10_000 * SECOND, verdicts);
    assertThat(told).containsExactlyInAnyOrder("lost a", "lost b");
  }

  @Test
  void forgottenDeviceIsNotReported() {
    Supervision supervision = new Supervision(START);
    supervision.watch("a", 20 * SECOND, START, false);
    assertThat(supervision.forget("a")).isFalse();
    ticks(supervision, 1, 100);
    assertThat(told).isEmpty();
  }

  /** What the wheel has to equal: every device looked at, every second. */
  private static final class Model {
    final Map<String, Long> heard = new HashMap<>();
    final Map<String, Long> interval = new HashMap<>();
    final Map<String, Boolean> lost = new HashMap<>();
  }

  @Test
  void randomFleetsAreJudgedAsByLookingAtEveryDeviceEverySecond() {
    for (long seed = 1; seed <= 200; seed++) {
      run(seed);
    }
  }

  private void run(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Supervision supervision = new Supervision(START);
    Model model = new Model();
    int fleet = random.nextInt(1, 40);
    for (long second = 1; second <= 600; second++) {
      long now = START + second * SECOND;
      List<String> expected = new ArrayList<>();
      for (int act = random.nextInt(6); act > 0; act--) {
        // within the second that ends with this tick
        act(random, supervision, model, "d" + random.nextInt(fleet), now - random.nextLong(SECOND));
      }
      for (String device : model.interval.keySet()) {
        judge(model, device, now, expected);
      }
      told.clear();
      supervision.tick(now, verdicts);
      assertThat(told)
          .as("seed %d, second %d", seed, second)
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private static void act(
      SplittableRandom random, Supervision supervision, Model model, String device, long at) {
    switch (random.nextInt(8)) {
      case 0 -> {
        long interval = random.nextLong(20, 120) * SECOND;
        supervision.watch(device, interval, at, false);
        model.interval.put(device, interval);
        boolean isAway = model.lost.getOrDefault(device, false) && model.heard.get(device) == AWAY;
        model.lost.putIfAbsent(device, false);
        model.heard.put(device, isAway ? AWAY : at);
      }
      case 1 -> {
        supervision.forget(device);
        model.interval.remove(device);
        model.lost.remove(device);
        model.heard.remove(device);
      }
      default -> {
        supervision.heard(device, at);
        if (model.interval.containsKey(device)) {
          model.heard.put(device, at);
        }
      }
    }
  }

  private static void judge(Model model, String device, long now, List<String> expected) {
    long heard = model.heard.get(device);
    if (model.lost.get(device)) {
      if (heard != AWAY) {
        expected.add("returned " + device);
        model.lost.put(device, false);
      }
    } else if (now - heard >= model.interval.get(device)) {
      expected.add("lost " + device);
      model.lost.put(device, true);
      model.heard.put(device, AWAY);
    }
  }
}
