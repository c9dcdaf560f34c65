package io.sluice.engine.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ContentType;
import org.junit.jupiter.api.Test;

/** Far more topics than are remembered, in turns: each means what it says. */
class TopicsFoundLatelyTest {
  @Test
  void topicMeansTheSameEachTimeWhateverCameBetween() {
    Topics topics = ShippedDialects.usual();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 5_000; i++) {
        String device = "dev-" + i;
        RoutedTopic plain = topics.route("any", "devices/" + device + "/messages/events/");
        assertThat(plain).isNotNull();
        assertThat(plain.device()).isEqualTo(device);
        RoutedTopic typed =
            topics.route("any", "devices/" + device + "/messages/events/$.ct=application%2Fcbor");
        assertThat(typed).isNotNull();
        assertThat(typed.device()).isEqualTo(device);
        assertThat(typed.contentType(ContentType.UNSPECIFIED)).isEqualTo(ContentType.CBOR);
        assertThat(topics.route("any", "no/such/" + device + "/at/all")).isNull();
      }
    }
  }
}
