package io.sluice.fleet.partition;

import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.PoisonRecordException;
import io.sluice.engine.record.RecordDecoder;
import io.sluice.fleet.gateway.GatewayBook;
import io.sluice.fleet.topic.Refusals;
import io.sluice.fleet.topic.TopicJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;
import org.jspecify.annotations.Nullable;

/**
 * One partition's task: takes records, the registry's changes and the sessions of its devices, in
 * the order in which Kafka gives them. What cannot be read is counted, told once a minute and left
 * out: it never stops the task. Of the task's thread.
 */
final class CoverageProcessor implements Processor<byte[], byte[], Void, Void> {
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration UPKEEP = Duration.ofMinutes(5);
  private static final byte[] SEEN = {1};

  private final Topics topics;
  private final GatewayBook gateways;
  private final LivePartitions live;
  private final Calendar calendar;
  private final Refusals refusals;
  private final int partitions;
  private final RecordDecoder decoding = new RecordDecoder();
  private @Nullable ProcessorContext<Void, Void> context;
  private @Nullable PartitionBook book;
  private @Nullable PartitionAlarms alarms;
  private @Nullable WaitingRecords waiting;
  private @Nullable WindowStore<Bytes, byte[]> seen;

  /**
   * @param partitions of each topic by device
   */
  CoverageProcessor(
      Topics topics,
      GatewayBook gateways,
      LivePartitions live,
      Calendar calendar,
      Refusals refusals,
      int partitions) {
    this.partitions = partitions;
    this.refusals = refusals;
    this.topics = topics;
    this.gateways = gateways;
    this.live = live;
    this.calendar = calendar;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    this.context = context;
    KeyValueStore<Bytes, byte[]> kept = context.getStateStore(FleetTopology.COVERAGE);
    PartitionStore store = new PartitionStore(kept);
    seen = context.getStateStore(FleetTopology.SEEN);
    try {
      store.requireVersion();
      waiting = WaitingRecords.open(store);
      PartitionAlarms ofAlarms = PartitionAlarms.open(store);
      alarms = ofAlarms;
      PartitionBook opened =
          PartitionBook.open(context.taskId().partition(), store, gateways, calendar, ofAlarms);
      book = opened;
      live.add(opened);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the state of partition " + context.taskId().partition() + " cannot be read", e);
    }
    context.schedule(LOOK, PunctuationType.WALL_CLOCK_TIME, millis -> look(millis * 1_000));
    context.schedule(UPKEEP, PunctuationType.WALL_CLOCK_TIME, millis -> upkeep(millis * 1_000));
  }

  private ProcessorContext<Void, Void> context() {
    ProcessorContext<Void, Void> known = context;
    if (known == null) {
      throw new IllegalStateException("the task has not begun");
    }
    return known;
  }

  private PartitionBook book() {
    PartitionBook known = book;
    if (known == null) {
      throw new IllegalStateException("the task has not begun");
    }
    return known;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    String topic = context().recordMetadata().map(each -> each.topic()).orElse("");
    byte[] key = record.key();
    if (key != null && key.length > 0 && key[0] == '#') {
      return; // the writer's own mark
    }
    try {
      if (topic.equals(topics.devices())) {
        device(record);
      } else if (topic.equals(topics.presence())) {
        session(record);
      } else {
        record(key, record.value());
      }
    } catch (PoisonRecordException e) {
      refusals.refuse(topic, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long nowMicros() {
    return context().currentSystemTimeMs() * 1_000;
  }

  private void record(byte @Nullable [] key, byte @Nullable [] value) throws IOException {
    EncodedRecord view = decoding.decode(key, value);
    TopicJson.requireTime(view.receivedMicros(), "rx", nowMicros());
    requireHere(view.device());
    live.count("records", 1);
    if (isRepeated(view)) {
      live.count("duplicates", 1);
      return;
    }
    if (alarms != null && view.isOfGateway()) {
      alarms.take(view, book().heard(view.device()));
    }
    String device = view.device();
    if (book().isKnown(device)) {
      view.rewind();
      book().count(view);
    } else if (value != null && !view.isOfGateway() && waiting != null) {
      boolean isKept = waiting.add(device, value, nowMicros());
      live.count(isKept ? "waited" : "unknown", 1);
    }
  }

  /**
   * What is of a device lies where its key says, by the partitioner that Kafka's Java clients have:
   * else the device would be a second one here.
   *
   * @throws PoisonRecordException where the device is not known here, and belongs to another part
   */
  private void requireHere(String device) throws PoisonRecordException {
    int here = context().taskId().partition();
    byte[] key = device.getBytes(StandardCharsets.UTF_8);
    int place = Utils.toPositive(Utils.murmur2(key)) % partitions;
    if (place != here && !book().isKnown(device)) {
      throw new PoisonRecordException(
          PoisonRecordException.Kind.ELSEWHERE,
          "is of device "
              + device
              + ", which belongs to partition "
              + place
              + ", and lies on partition "
              + here
              + ": whoever wrote it has another partitioner than Kafka's Java clients"
              + " (librdkafka: partitioner=murmur2_random)");
    }
  }

  /** Whether a record of that id came before; from now on one did. */
  private boolean isRepeated(EncodedRecord view) {
    WindowStore<Bytes, byte[]> ids = seen;
    if (ids == null) {
      return false;
    }
    Bytes id = Bytes.wrap(view.id().getBytes(StandardCharsets.UTF_8));
    long now = context().currentSystemTimeMs();
    try (WindowStoreIterator<byte[]> before =
        ids.fetch(id, now - FleetTopology.SEEN_KEPT.toMillis(), now)) {
      if (before.hasNext()) {
        return true;
      }
    }
    ids.put(id, SEEN, now);
    return false;
  }

  private void device(Record<byte[], byte[]> record) throws IOException {
    String id = TopicJson.key(record.key());
    byte[] value = record.value();
    if (value == null) {
      book().remove(id, removed(record));
      return;
    }
    boolean isNew = book().register(id, RegisteredWord.of(id, value, nowMicros()));
    if (isNew && waiting != null) {
      for (byte[] kept : waiting.take(id)) {
        book().count(decoding.decode(record.key(), kept));
      }
    }
  }

  /** When the registry let it go. */
  private static long removed(Record<byte[], byte[]> record) throws PoisonRecordException {
    Header at = record.headers().lastHeader("at");
    if (at == null || at.value() == null) {
      return record.timestamp() * 1_000;
    }
    try {
      return Long.parseLong(PartitionBook.text(at.value()));
    } catch (NumberFormatException e) {
      throw TopicJson.invalid("its header \"at\" is no whole number");
    }
  }

  private void session(Record<byte[], byte[]> record) throws IOException {
    String id = TopicJson.key(record.key());
    byte[] value = record.value();
    if (value != null) {
      SessionWord said = SessionWord.of(id, value, nowMicros());
      requireHere(id);
      live.count("sessions.unknown", book().session(id, said, nowMicros()) ? 0 : 1);
    }
  }

  private void look(long nowMicros) {
    try {
      book().lookAgain(nowMicros, live.all().size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void upkeep(long nowMicros) {
    try {
      book().forgetPages(nowMicros);
      live.count("sessions.unknown", book().forgetUnregistered(nowMicros));
      if (waiting != null) {
        live.count("unknown", waiting.expire(nowMicros));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    PartitionBook known = book;
    if (known != null) {
      live.remove(known);
      known.close();
    }
  }
}
