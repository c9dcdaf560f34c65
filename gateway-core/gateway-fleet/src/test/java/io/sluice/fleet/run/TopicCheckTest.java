package io.sluice.fleet.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.fleet.partition.Topics;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Kafka that takes connections and says nothing. */
@Timeout(120)
class TopicCheckTest {
  @Test
  void aStopDoesNotWaitForAnAnswer() throws Exception {
    CompletableFuture<String> ended = new CompletableFuture<>();
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + silent.getLocalPort();
      Thread asking =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try {
                  ended.complete(
                      TopicCheck.of(
                              Map.of("bootstrap.servers", address), new Topics("sluice"), "fleet")
                          .problem());
                } catch (InterruptedException e) {
                  ended.complete("interrupted");
                }
              });
      try (Socket asked = silent.accept()) {
        assertThat(asked.isConnected()).isTrue();
        asking.interrupt();
        // an answer is waited for for ten
        assertThat(asking.join(Duration.ofSeconds(5))).isTrue();
      }
    }
    assertThat(ended.join()).isEqualTo("interrupted");
  }
}
