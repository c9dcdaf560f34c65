package io.sluice.adapter.mqtt.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TopicFilterTest {
  private static boolean matches(String filter, String topic) {
    return new TopicFilter(filter).matches(TopicFilter.levels(topic));
  }

  private static boolean covers(String wide, String narrow) {
    return new TopicFilter(wide).covers(new TopicFilter(narrow));
  }

  @Test
  void examplesOfTheSpecification() {
    assertThat(matches("sport/tennis/player1/#", "sport/tennis/player1")).isTrue();
    assertThat(matches("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon")).isTrue();
    assertThat(matches("sport/tennis/+", "sport/tennis/player1")).isTrue();
    assertThat(matches("sport/tennis/+", "sport/tennis/player1/ranking")).isFalse();
    assertThat(matches("sport/+", "sport")).isFalse();
    assertThat(matches("sport/+", "sport/")).isTrue();
    assertThat(new TopicFilter("sport/tennis#").isValid()).isFalse();
    assertThat(new TopicFilter("sport/tennis/#/ranking").isValid()).isFalse();
    assertThat(new TopicFilter("sport+").isValid()).isFalse();
    assertThat(new TopicFilter("+/tennis/#").isValid()).isTrue();
  }

  @Test
  void widerFilterCoversTheNarrower() {
    assertThat(covers("a/#", "a/+/c")).isTrue();
    assertThat(covers("a/#", "a/#")).isTrue();
    assertThat(covers("a/#", "a")).isTrue();
    assertThat(covers("a/+", "a/#")).isFalse();
    assertThat(covers("a/b", "a/+")).isFalse();
    assertThat(covers("a/+/c", "a/b/#")).isFalse();
    assertThat(covers("a/+", "#")).isFalse();
  }

  @Test
  void whatIsCoveredNeverMatchesMore() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String[] levels = {"a", "b", "+", "#"};
    for (int i = 0; i < 200_000; i++) {
      String wide = text(random, levels);
      String narrow = text(random, levels);
      String topic = text(random, new String[] {"a", "b"});
      if (covers(wide, narrow) && new TopicFilter(narrow).isValid() && matches(narrow, topic)) {
        assertThat(matches(wide, topic))
            .as("seed %d: %s covers %s, topic %s", seed, wide, narrow, topic)
            .isTrue();
      }
    }
  }

  private static String text(Random random, String[] levels) {
    StringBuilder text = new StringBuilder();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : "/").append(levels[random.nextInt(levels.length)]);
    }
    return text.toString();
  }
}
