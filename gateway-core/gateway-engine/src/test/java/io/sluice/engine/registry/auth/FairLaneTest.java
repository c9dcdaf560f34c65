package io.sluice.engine.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.AddressKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairLaneTest {
  private final List<String> done = new ArrayList<>();
  private final List<String> givenUp = new ArrayList<>();
  private final FairLane lane = new FairLane(6);

  private void offer(String from, String name) {
    FairLane.Work refused =
        lane.offer(
            AddressKey.of(from),
            new FairLane.Work() {
              @Override
              public void run() {
                done.add(name);
              }

              @Override
              public void givenUp() {
                givenUp.add(name);
              }
            });
    if (refused != null) {
      refused.givenUp();
    }
  }

  private List<String> order() {
    for (FairLane.Work next = lane.take(); next != null; next = lane.take()) {
      next.run();
    }
    assertThat(lane.isEmpty()).isTrue();
    return done;
  }

  @Test
  void eachAddressHasItsTurn() {
    for (int i = 0; i < 4; i++) {
      offer("192.0.2.1", "flood-" + i);
    }
    offer("192.0.2.2", "honest");
    offer("2001:db8::1", "other");
    assertThat(order())
        .containsExactly("flood-0", "honest", "other", "flood-1", "flood-2", "flood-3");
  }

  @Test
  void aFullLaneGivesUpTheLatestOfWhomHasMost() {
    for (int i = 0; i < 4; i++) {
      offer("192.0.2.1", "flood-" + i);
      offer("2001:db8::" + i, "less-" + i); // one host
    }
    assertThat(lane.size()).isEqualTo(6);
    offer("192.0.2.9", "honest");
    assertThat(lane.size()).isEqualTo(6);
    assertThat(givenUp).hasSize(3).doesNotContain("honest", "flood-0", "less-0");
    assertThat(order()).startsWith("flood-0", "less-0").contains("honest");
  }

  @Test
  void whereAllHaveOneNobodyIsPushedOut() {
    for (int i = 0; i < 6; i++) {
      offer("192.0.2." + i, "one-" + i);
    }
    offer("192.0.2.100", "late");
    assertThat(givenUp).containsExactly("late");
    assertThat(order()).hasSize(6);
  }
}
