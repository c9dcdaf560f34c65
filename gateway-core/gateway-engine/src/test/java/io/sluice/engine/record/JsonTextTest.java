package io.sluice.engine.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JsonTextTest {
  private final long seed = System.nanoTime();
  private final SplittableRandom random = new SplittableRandom(seed);
  private final byte[] to = new byte[64];

  @Test
  void numbersAreThoseOfTheSlowWay() {
    for (int i = 0; i < 500_000; i++) {
      double value = any(i);
      if (Double.isFinite(value)) {
        int likely = random.nextInt(10);
        int decimals = JsonText.decimals(value, likely);
        assertThat(decimals).as("seed %d: %s by %d", seed, value, likely).isEqualTo(slow(value));
        assertThat(text(JsonText.number(value, to, 0)))
            .as("seed %d", seed)
            .isEqualTo(decimals < 0 ? Double.toString(value) : slowText(value, decimals));
      }
    }
  }

  @Test
  void integersOfAllLengthsAreThoseOfLong() {
    for (int i = 0; i < 200_000; i++) {
      long value = random.nextLong() >> random.nextInt(64);
      assertThat(text(JsonText.number(value, to, 0))).isEqualTo(Long.toString(value));
    }
    for (long power = 1; power > 0 && power <= 1_000_000_000_000_000_000L; power *= 10) {
      for (long value = power - 1; value <= power + 1; value++) {
        assertThat(text(JsonText.number(value, to, 0))).isEqualTo(Long.toString(value));
        assertThat(text(JsonText.number(-value, to, 0))).isEqualTo(Long.toString(-value));
      }
      if (power == 1_000_000_000_000_000_000L) {
        break;
      }
    }
    for (int value = 0; value < 100_000_000; value += 1_234) {
      assertThat(JsonText.sixteen(JsonText.eightDigits(value), value, to, 0)).isEqualTo(16);
      String eight = "%08d".formatted(value);
      assertThat(text(16)).isEqualTo(eight + eight);
    }
  }

  private double any(int i) {
    double scaled = random.nextLong(-1L << 50, 1L << 50) / Math.pow(10, random.nextInt(12));
    return switch (i % 6) {
      case 0 -> Double.longBitsToDouble(random.nextLong());
      case 1 -> random.nextInt(-100_000, 100_000) / 100.0;
      case 2 -> random.nextDouble() * 1e6;
      case 3 -> random.nextLong(1L << 53) / 1e9;
      case 4 -> random.nextInt(-3, 3);
      default -> random.nextInt(3) == 0 ? Math.nextUp(scaled) : scaled;
    };
  }

  /** With each number of decimals in turn. */
  private static int slow(double value) {
    double magnitude = Math.abs(value);
    double power = 1;
    if (magnitude < 1e15 && (value != 0 || 1 / value > 0)) {
      for (int decimals = 0; decimals <= 9; decimals++) {
        double shifted = Math.rint(magnitude * power);
        if (shifted >= 1e15) {
          break;
        }
        if (shifted / power == magnitude) {
          return decimals;
        }
        power *= 10;
      }
    }
    return -1;
  }

  private static String slowText(double value, int decimals) {
    String digits = Long.toString((long) Math.rint(Math.abs(value) * Math.pow(10, decimals)));
    String padded = "0".repeat(Math.max(0, decimals + 1 - digits.length())) + digits;
    int point = padded.length() - decimals;
    String text = padded.substring(0, point) + (decimals == 0 ? "" : '.' + padded.substring(point));
    return value < 0 ? '-' + text : text;
  }

  private String text(int length) {
    return new String(to, 0, length, StandardCharsets.US_ASCII);
  }
}
