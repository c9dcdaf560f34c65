package io.sluice.upstream.kafka;

import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.internals.ProducerMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Asks a cluster to which nothing is sent whether it is there: Kafka's client does not say when its
 * connections end. The Forwarder's thread alone.
 */
final class IdleCheck {
  private static final long IDLE_MILLIS = TimeUnit.SECONDS.toMillis(30);

  /** The client looks at what it is asked for each 10 s at the latest, and waits 10 s for it. */
  private static final long ANSWER_MILLIS = TimeUnit.SECONDS.toMillis(25);

  private long confirmations = -1;
  private long quietSinceMillis;
  private long askedMillis;

  /**
   * Why the cluster counts as gone; null while it does not.
   *
   * @param confirmed how many records it has confirmed
   * @param nowMillis wall clock, as Kafka's metadata goes by
   */
  @Nullable String ended(ProducerMetadata metadata, long confirmed, long nowMillis) {
    if (confirmed != confirmations || nowMillis < quietSinceMillis) {
      confirmations = confirmed;
      quietSinceMillis = nowMillis;
      askedMillis = 0;
    } else if (askedMillis == 0 && nowMillis - quietSinceMillis >= IDLE_MILLIS) {
      askedMillis = nowMillis;
      var _ = metadata.requestUpdate(true);
    } else if (askedMillis != 0 && metadata.lastSuccessfulUpdate() >= askedMillis) {
      quietSinceMillis = nowMillis;
      askedMillis = 0;
    } else if (askedMillis != 0 && nowMillis - askedMillis >= ANSWER_MILLIS) {
      return "Kafka: the cluster does not answer any more";
    }
    return null;
  }
}
