package io.sluice.adapter.coap.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BoundedDeduplicatorTest {
  @Test
  void smallHeapRemembersWhatItHasRoomFor() {
    assertThat(BoundedDeduplicator.bound(100_000, 1L << 30)).isEqualTo(100_000);
    assertThat(BoundedDeduplicator.bound(100_000, 102L << 20)).isEqualTo(13_056);
    assertThat(BoundedDeduplicator.bound(500, 102L << 20)).isEqualTo(500);
  }
}
