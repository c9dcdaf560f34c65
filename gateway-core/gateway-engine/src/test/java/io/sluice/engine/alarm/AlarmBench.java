package io.sluice.engine.alarm;

import io.sluice.api.Cap;
import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Filter;
import io.sluice.api.operator.AlarmService.State;
import io.sluice.api.operator.LatestValues;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.normalize.sample.Normalized;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.RecordWriter;
import io.sluice.spool.Terms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way of a payload into the alarm book, without spool and threads: as the pipeline and the
 * alarm thread go it.
 */
final class AlarmBench implements AutoCloseable {
  final SteppedClock clock = new SteppedClock();
  final AlarmBook book;
  private final Profiles profiles;
  private final Normalizer normalizer;
  private String device = "dev-1";
  private String profile;
  private long sequence;
  private final Latest latest = new Latest();
  private MessageClass lastClass = MessageClass.TELEMETRY;

  AlarmBench(Path data, Profiles profiles, String profile) {
    this.profiles = profiles;
    this.profile = profile;
    this.normalizer = new Normalizer("edge-01", profiles);
    try {
      book = AlarmBook.open(data, AlarmSettings.DEFAULTS, "edge-01", clock);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    book.openAlarms().judgeBy(profiles, Terms.NONE);
    book.publishOpen();
  }

  static AlarmBench shipped(Path data, String profile) {
    return new AlarmBench(data, load(shippedDirectory()), profile);
  }

  static AlarmBench of(Path data, String... lines) throws IOException {
    Path file = Files.writeString(data.resolve("own.yaml"), String.join("\n", lines) + "\n");
    return new AlarmBench(data, load(file), "own");
  }

  private static Profiles load(Path file) {
    Profiles.Loaded loaded = Profiles.load(List.of(file));
    if (!loaded.faults().isEmpty()) {
      throw new AssertionError(String.join("\n", loaded.faults()));
    }
    return loaded.profiles();
  }

  private static Path shippedDirectory() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(here.resolve("config/profiles"))) {
      here = here.getParent();
    }
    return here.resolve("config/profiles");
  }

  /** From now on messages are of this device. */
  AlarmBench device(String id, String ofProfile) {
    device = id;
    profile = ofProfile;
    return this;
  }

  long now() {
    return clock.millis() * 1_000;
  }

  /** The time so many seconds from now, as payloads write it. */
  long at(long seconds) {
    return clock.millis() / 1_000 + seconds;
  }

  AlarmBench telemetry(String payload) {
    return send(MessageClass.TELEMETRY, payload);
  }

  AlarmBench alarm(String payload) {
    return send(MessageClass.ALARM, payload);
  }

  private AlarmBench send(MessageClass published, String payload) {
    byte[] bytes = payload.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    Device from =
        new Device(
            new DeviceId(device), profile, "emergency", "depot", null, null, true, true, false);
    try {
      Normalized normalized =
          normalizer.normalize(from, published, ContentType.UNSPECIFIED, "mqtt", "x", bytes, now());
      lastClass = normalized.messageClass();
      byte[] body = normalized.body();
      latest.take(body);
      OpenAlarms watch = book.openAlarms();
      Cap end =
          lastClass != MessageClass.ALARM && watch.isOpen(device)
              ? watch.ending(device, body)
              : null;
      if (end != null) {
        lastClass = MessageClass.ALARM;
        body = RecordWriter.asRuledAlarm(body, end);
      }
      if (lastClass == MessageClass.ALARM) {
        watch.underWay(device);
        watch.stored(device, sequence);
        take(body);
      }
    } catch (PayloadException e) {
      throw new AssertionError(payload, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  private void take(byte[] body) throws IOException {
    EncodedRecord view = new EncodedRecord();
    view.wrap(body, 0, body.length, Lane.ALARM, sequence, "e");
    Profile judgedBy = profiles.find(view.model());
    List<Signal> said = new ArrayList<>(AlarmReading.of(view, judgedBy));
    said.removeIf(
        signal -> judgedBy != null && new LiveReadings(latest).contradict(signal, judgedBy));
    book.take(said, "e", sequence);
    book.openAlarms().takenUpTo(sequence++);
  }

  /** The last values of all devices of the bench as if they were one. */
  private static final class Latest implements LatestValues {
    private final Map<String, MetricView> values = new HashMap<>();

    void take(byte[] body) throws IOException {
      EncodedRecord view = new EncodedRecord().wrap(body, 0, body.length, Lane.TELEMETRY, 0, "e");
      while (view.next()) {
        MetricView now =
            new MetricView(
                view.measurementName(),
                null,
                view.measurementQuality(),
                view.toMeasurement().value(),
                view.measurementMicros(),
                List.of());
        values.merge(now.name(), now, (a, b) -> b.tMicros() < a.tMicros() ? a : b);
      }
    }

    @Override
    public List<MetricView> metrics(DeviceId device) {
      return List.copyOf(values.values());
    }

    @Override
    public List<RefusalView> refusals(DeviceId device) {
      return List.of();
    }

    @Override
    public long missedRecords() {
      return 0;
    }
  }

  /** The class of the record that the last message became. */
  MessageClass lastClass() {
    return lastClass;
  }

  /** The open alarms of all devices, oldest first. */
  List<AlarmView> open() {
    List<AlarmView> open = new ArrayList<>(list(List.of(State.ACTIVE, State.ACKNOWLEDGED)));
    return open.reversed();
  }

  /** The alarms that were ever open, oldest first. */
  List<AlarmView> all() {
    return new ArrayList<>(list(List.of(State.values()))).reversed();
  }

  private List<AlarmView> list(List<State> states) {
    return book.list(new Filter(states, null, null, null, 1_000));
  }

  /** What is open, as {@code name/point Severity}, in order of name. */
  List<String> names() {
    return open().stream()
        .map(each ->
            each.name()
                + (each.point().isEmpty() ? "" : '/' + each.point())
                + ' '
                + each.severity())
        .sorted()
        .toList();
  }

  /** The only open alarm, null where there is none. */
  @Nullable AlarmView only() {
    List<AlarmView> open = open();
    if (open.size() > 1) {
      throw new AssertionError(names());
    }
    return open.isEmpty() ? null : open.getFirst();
  }

  @Override
  public void close() {
    book.close();
  }
}
