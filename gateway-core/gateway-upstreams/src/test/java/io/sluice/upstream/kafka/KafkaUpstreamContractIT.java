package io.sluice.upstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.adapter.testkit.UpstreamContract;
import io.sluice.api.upstream.Upstream;
import io.sluice.testkit.KafkaBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class KafkaUpstreamContractIT implements UpstreamContract {
  private static final AtomicInteger TOPICS = new AtomicInteger();
  private static KafkaBroker broker;

  @BeforeAll
  static void startBroker(@TempDir Path directory) throws Exception {
    broker = new KafkaBroker(directory);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  /** A topic of a broker that goes away and comes back. */
  private static final class Topic implements FarEnd {
    private final String name = "contract-" + TOPICS.incrementAndGet();
    private boolean isAway;

    Topic() throws Exception {
      broker.makeTopics(name);
    }

    @Override
    public List<String> ids() {
      return broker.read(name).stream()
          .map(each -> new String(each.headers().lastHeader("id").value(), UTF_8))
          .toList();
    }

    @Override
    public void goAway() {
      isAway = true;
      broker.stop();
    }

    @Override
    public void comeBack() {
      isAway = false;
      broker.startAgain();
    }

    @Override
    public void close() {
      if (isAway) {
        broker.startAgain();
      }
    }
  }

  @Override
  public FarEnd farEnd() throws Exception {
    return new Topic();
  }

  @Override
  public Upstream upstream(FarEnd farEnd) {
    KafkaSettings settings =
        new KafkaSettings(
            broker.address(),
            ((Topic) farEnd).name,
            KafkaSettings.Compression.LZ4,
            Duration.ofMillis(2),
            Duration.ofSeconds(20),
            false,
            KafkaSettings.Timestamp.OBSERVED,
            Map.of());
    return new KafkaUpstreamFactory().create("edge-01", "bus", settings);
  }
}
