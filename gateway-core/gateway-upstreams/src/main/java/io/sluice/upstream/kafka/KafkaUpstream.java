package io.sluice.upstream.kafka;

import io.sluice.api.ByteSink;
import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.api.upstream.Upstream;
import io.sluice.upstream.CloudEvents;
import io.sluice.upstream.RecordTemplate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.internals.LogContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records to Kafka: idempotent producer, {@code acks=all}, keyed by device, so that one
 * device's records keep their order. The producer is made anew at each {@link #open}; the record id
 * in the {@code id} header tells what was then sent twice.
 */
final class KafkaUpstream implements Upstream {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaUpstream.class);
  private static final Duration CLOSE = Duration.ofSeconds(1);
  private static final long AHEAD_MILLIS_MAX = 600_000;

  /** Beyond it each is asked for as it comes. */
  private static final int TOPICS_ASKED_MAX = 10_000;

  private final String gateway;
  private final String name;
  private final KafkaSettings settings;
  private final RecordTemplate topic;
  private final ByteSink sink = new ByteSink(1 << 12);
  private final LongAdder confirmations = new LongAdder();
  private final FrameGuard guard = new FrameGuard();
  private final Set<String> topicsAsked = new HashSet<>();

  /** Topics that were not there when last written to, and what is said of each. */
  private final Map<String, String> topicsMissing = new ConcurrentHashMap<>();

  private IdleCheck idle = new IdleCheck();
  private volatile Producers.@Nullable Made producer;

  /** What the cluster last said no to since something was confirmed. */
  private volatile @Nullable String trouble;

  KafkaUpstream(String gateway, String name, KafkaSettings settings) {
    this.gateway = gateway;
    this.name = name;
    this.settings = settings;
    this.topic = RecordTemplate.of(settings.topic(), gateway, KafkaUpstream::isTopicCharacter);
  }

  private static boolean isTopicCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '-';
  }

  @Override
  public void open() throws IOException, InterruptedException {
    GuardedClient.Parts parts =
        new GuardedClient.Parts(new ApiVersions(), new LogContext(), guard, this::troubled);
    try {
      ProducerConfig config = settings.producerConfig("sluice-" + gateway + '-' + name);
      ClusterCheck.run(config, guard, settings.connectTimeout().toMillis());
      guard.forget();
      trouble = null;
      producer = Producers.make(config, parts);
      topicsAsked.clear();
      topicsMissing.clear();
      idle = new IdleCheck();
    } catch (IOException e) {
      throw new IOException("Kafka: " + KafkaFaults.text(e), e);
    } catch (KafkaException | IllegalArgumentException | SecurityException e) {
      // of the settings: what they name cannot be loaded, or a login cannot be made of them
      throw new IOException("Kafka: " + KafkaFaults.text(e), e);
    }
  }

  /** By the network thread: what the cluster says no to, and the client tries again by itself. */
  private void troubled(String text) {
    if (!text.equals(trouble)) {
      LOG.warn("upstream {}: Kafka answers {}; it is tried again", name, text);
    }
    trouble = text;
  }

  @Override
  public CompletableFuture<Delivery> send(OutboundBatch batch) {
    Producers.Made to = producer;
    if (to == null) {
      return CompletableFuture.completedFuture(new Delivery.Retry(0, "not connected"));
    }
    String[] topics = topics(batch, to);
    BatchVerdict verdict = new BatchVerdict(batch.count());
    for (int i = 0; i < batch.count() && !hasFailed(verdict); i++) {
      int index = i;
      String of = topics[i];
      if (isMissing(of, to)) {
        verdict.withoutTopic(i, String.valueOf(topicsMissing.get(of)));
        continue;
      }
      try {
        var _ =
            to.producer()
                .send(
                    record(batch, i, of),
                    (metadata, fault) -> {
                      if (fault == null) {
                        confirmed();
                        verdict.arrived(index);
                      } else if (BatchVerdict.isOfTopic(fault)) {
                        verdict.withoutTopic(index, missing(of, fault));
                      } else {
                        verdict.failed(index, explained(fault));
                      }
                    });
      } catch (KafkaException e) {
        // A producer that is fenced or closed refuses at once, without calling back.
        verdict.failed(i, e);
      }
    }
    return verdict.future();
  }

  /** A topic that was not there is asked for again, without waiting for the answer. */
  private boolean isMissing(String of, Producers.Made to) {
    if (topicsMissing.isEmpty() || !topicsMissing.containsKey(of)) {
      return false;
    }
    if (to.metadata().fetch().partitionCountForTopic(of) != null) {
      topicsMissing.remove(of);
      return false;
    }
    to.metadata().add(of, System.currentTimeMillis());
    var _ = to.metadata().requestUpdateForTopic(of);
    return true;
  }

  private String missing(String of, Exception fault) {
    String cause =
        fault instanceof TopicAuthorizationException
            ? "topic " + of + " is not for this client: " + KafkaFaults.text(fault)
            : "topic " + of + " is not there; make it, or let the cluster make topics";
    if (topicsMissing.size() < TOPICS_ASKED_MAX) {
      topicsMissing.put(of, cause);
    }
    return cause;
  }

  private void confirmed() {
    confirmations.increment();
    if (trouble != null) {
      trouble = null;
    }
  }

  /** That time ran out is said by the client; why it did, by what came back meanwhile. */
  private Exception explained(Exception fault) {
    String found = guard.finding();
    String why = found == null ? trouble : found;
    return why != null && fault instanceof TimeoutException
        ? new TimeoutException(why + " (" + fault.getMessage() + ")")
        : fault;
  }

  /**
   * All topics that are new are asked for together: each may be made by asking, which takes time.
   */
  private String[] topics(OutboundBatch batch, Producers.Made to) {
    String[] topics = new String[batch.count()];
    String last = "";
    for (int i = 0; i < topics.length; i++) {
      topics[i] = topic.expand(batch, i);
      boolean isOther = !topics[i].equals(last);
      last = topics[i];
      if (isOther && topicsAsked.size() < TOPICS_ASKED_MAX && topicsAsked.add(last)) {
        to.metadata().add(last, System.currentTimeMillis());
      }
    }
    return topics;
  }

  /** Each record of a batch that is lost anyway would block for the whole of max.block.ms. */
  private static boolean hasFailed(BatchVerdict verdict) {
    return verdict.future().isDone();
  }

  private ProducerRecord<byte[], byte[]> record(OutboundBatch batch, int index, String to) {
    sink.clear();
    batch.encode(index, sink);
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            to, null, timestamp(batch, index), utf8(batch.device(index)), sink.toByteArray());
    Headers headers = record.headers();
    headers.add("id", utf8(batch.id(index)));
    headers.add("class", utf8(batch.messageClass(index).jsonName()));
    if (settings.cloudEvents()) {
      addCloudEvent(headers, CloudEvents.of(gateway, batch, index));
      headers.add("content-type", utf8(batch.contentType()));
    }
    return record;
  }

  /**
   * When it was observed, where Kafka takes that; null: when it is sent. A broker refuses what is
   * more than an hour ahead of its own clock ({@code message.timestamp.after.max.ms}).
   */
  private @Nullable Long timestamp(OutboundBatch batch, int index) {
    if (settings.timestamp() == KafkaSettings.Timestamp.SENT) {
      return null;
    }
    long observed = Math.floorDiv(batch.timeMicros(index), 1_000L);
    return observed < 0 || observed > System.currentTimeMillis() + AHEAD_MILLIS_MAX
        ? null
        : observed;
  }

  /** CloudEvents 1.0, Kafka protocol binding, section 3.2 (binary mode). */
  private static void addCloudEvent(Headers headers, CloudEvents event) {
    headers.add("ce_specversion", utf8(CloudEvents.SPEC_VERSION));
    headers.add("ce_id", utf8(event.id()));
    headers.add("ce_source", utf8(event.source()));
    headers.add("ce_type", utf8(event.type()));
    headers.add("ce_time", utf8(event.time()));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String destination(OutboundBatch batch, int index) {
    return topic.expand(batch, index);
  }

  @Override
  public @Nullable String ended() {
    Producers.Made of = producer;
    return of == null
        ? null
        : idle.ended(of.metadata(), confirmations.sum(), System.currentTimeMillis());
  }

  @Override
  public long confirmations() {
    return confirmations.sum();
  }

  @Override
  public void close() {
    Producers.Made from = producer;
    producer = null;
    if (from != null) {
      from.producer().close(CLOSE);
    }
  }
}
