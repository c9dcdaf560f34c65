package io.sluice.engine.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.api.Following;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveFeedTest {
  private final LiveFeed feed = new LiveFeed((lane, sequence) -> "");
  private final List<Following> all = new ArrayList<>();

  private void consumers(String name, int count) {
    for (int i = 0; i < count; i++) {
      all.add(feed.follow(name, event -> {}));
    }
  }

  @Test
  void oneConsumerTakesNoMoreThanItsShareAndOperatorsFindAPlace() {
    consumers("display", LiveFeed.PER_CONSUMER);
    assertThatThrownBy(() -> consumers("display", 1)).hasMessageContaining("display follows");
    consumers("historian", LiveFeed.PER_CONSUMER);
    consumers("third", LiveFeed.PER_CONSUMER);
    assertThatThrownBy(() -> consumers("fourth", 1)).hasMessageContaining("followers already");
    for (int i = 0; i < LiveFeed.OPERATORS; i++) {
      all.add(feed.follow(event -> {}));
    }
    assertThatThrownBy(() -> feed.follow(event -> {})).isInstanceOf(IllegalStateException.class);
    all.getFirst().close();
    assertThat(feed.follow("display", event -> {})).isNotNull();
    all.forEach(Following::close);
  }
}
