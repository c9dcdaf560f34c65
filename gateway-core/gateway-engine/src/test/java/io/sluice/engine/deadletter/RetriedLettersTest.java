package io.sluice.engine.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.operator.DeadLetterRetryService.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetriedLettersTest {
  @TempDir Path directory;

  private RetriedLetters open(String epoch, long oldest) throws Exception {
    return RetriedLetters.open(directory.resolve("retried"), epoch, oldest);
  }

  @Test
  void marksEqualAPlainModelAcrossRestartsAndTornLines() throws Exception {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    Map<Long, State> model = new HashMap<>();
    RetriedLetters marks = open("e", 0);
    for (int i = 0; i < 400; i++) {
      long sequence = random.nextLong(20);
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          marks.begin(sequence, 0);
          model.put(sequence, State.UNSETTLED);
        }
        case 2 -> {
          marks.done(sequence);
          model.put(sequence, State.RETRIED);
        }
        case 3 -> {
          marks.free(sequence);
          model.remove(sequence);
        }
        default -> {
          marks.close();
          Files.writeString(directory.resolve("retried"), "don", StandardOpenOption.APPEND);
          marks = open("e", 0);
        }
      }
      for (long s = 0; s < 20; s++) {
        assertThat(marks.state(s))
            .as("seed %d", seed)
            .isEqualTo(model.getOrDefault(s, State.REFUSED));
      }
    }
    marks.close();
  }

  @Test
  void marksOfAnotherSpoolAndOfLettersThatAreGoneCountForNothing() throws Exception {
    try (RetriedLetters marks = open("e", 0)) {
      marks.done(4);
      marks.done(5);
    }
    try (RetriedLetters marks = open("e", 5)) {
      assertThat(marks.state(4)).isEqualTo(State.REFUSED);
      assertThat(marks.state(5)).isEqualTo(State.RETRIED);
    }
    try (RetriedLetters marks = open("f", 0)) {
      assertThat(marks.state(5)).isEqualTo(State.REFUSED);
    }
  }
}
