package io.sluice.fleet.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.engine.coverage.slot.Calendar;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What is told of instances that do not answer. */
class PeerTroublesTest {
  private static final String PEER = "fleet-2:8080";
  private long now;
  private final PeerTroubles troubles = new PeerTroubles(() -> now);

  @Test
  void oneLineAMinuteAtMostAndOneOnceItAnswersAgain() {
    assertThat(troubles.answers(PEER)).isNull();
    assertThat(troubles.fails(PEER, "slow"))
        .isEqualTo("instance fleet-2:8080 does not answer: slow; what it has is missing");
    assertThat(troubles.fails(PEER, "slow")).isNull();
    now = 30_000;
    assertThat(troubles.fails(PEER, "refused")).isNull();
    now = 90_000;
    assertThat(troubles.fails(PEER, "slow")).as("known already").isNull();
    assertThat(troubles.fails(PEER, "refused"))
        .contains("refused")
        .endsWith("(3 times more since the last such line)");
    now = 95_000;
    assertThat(troubles.answers(PEER)).isEqualTo("instance fleet-2:8080 answers again, after 95 s");
    assertThat(troubles.answers(PEER)).isNull();

    // it comes and goes
    assertThat(troubles.fails(PEER, "slow")).isNull();
    assertThat(troubles.answers(PEER)).as("nobody was told that it is away").isNull();
    now = 160_000;
    assertThat(troubles.fails(PEER, "slow")).endsWith("(1 times more since the last such line)");
    troubles.retain(Set.of());
    assertThat(troubles.fails(PEER, "slow")).isNotNull();
  }

  @Test
  void oneThatTakesAQuestionAndSaysNothingIsGivenUpWithinTheTime() throws Exception {
    try (ServerSocket deaf = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Peers peers = new Peers(PeerAccess.plain(null), Duration.ofMillis(200))) {
      PartQuestion question = PartQuestion.registered(0, "d");
      String text = new PartAnswers(Calendar.UTC).asked(question);
      assertThat(peers.ask("127.0.0.1:" + deaf.getLocalPort(), text))
          .failsWithin(Duration.ofSeconds(60))
          .withThrowableThat()
          .havingRootCause()
          .isInstanceOfAny(TimeoutException.class, HttpTimeoutException.class);
    }
  }
}
