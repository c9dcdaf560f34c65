package io.sluice.engine.alarm;

import io.sluice.api.Cap;
import io.sluice.api.Lane;
import io.sluice.engine.ingest.AlarmWatch;
import io.sluice.engine.normalize.profile.AlarmFields.Word;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.record.CorruptRecordException;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.spool.Terms;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which alarms of devices are open, by the book; and those devices of which records of class alarm
 * are on their way into it, so that nobody knows yet. As many devices as have open alarms, and
 * records on their way.
 */
final class OpenAlarms implements AlarmWatch {
  private static final Logger LOG = LoggerFactory.getLogger(OpenAlarms.class);
  private static final Cap UNKNOWN = new Cap("Unknown", "Unknown", "Unknown", "Actual");

  /**
   * A device.
   *
   * @param underWay records that are not on disk yet
   * @param lastSequence of the alarm lane, -1 for none
   * @param keys of the alarms that are open by the book
   */
  private record Watched(int underWay, long lastSequence, Set<String> keys) {
    static final Watched NOTHING = new Watched(0, -1, Set.of());

    boolean isPending(long takenUpTo) {
      return underWay > 0 || lastSequence > takenUpTo;
    }
  }

  private final ConcurrentHashMap<String, Watched> devices = new ConcurrentHashMap<>();
  private volatile Profiles profiles = Profiles.NONE;
  private volatile Terms terms = Terms.NONE;
  private volatile long takenUpTo = -1;

  /**
   * Has records judged by these.
   *
   * @param ofThisRun what records of this run name by number
   */
  void judgeBy(Profiles loaded, Terms ofThisRun) {
    terms = ofThisRun;
    profiles = loaded;
  }

  @Override
  public boolean isOpen(String device) {
    Watched watched = devices.get(device);
    return watched != null && (!watched.keys().isEmpty() || watched.isPending(takenUpTo));
  }

  @Override
  public @Nullable Cap ending(String device, byte[] body) {
    EncodedRecord view = new EncodedRecord();
    try {
      view.wrap(body, 0, body.length, Lane.TELEMETRY, 0, "", terms);
    } catch (CorruptRecordException e) {
      LOG.error("a record of {} cannot be read back: {}", device, e.getMessage());
      return null;
    }
    Profile profile = profiles.find(view.model());
    if (profile == null || profile.alarmGrades().isEmpty()) {
      return null;
    }
    Watched watched = devices.get(device);
    if (watched == null) {
      return null;
    }
    boolean isAny = watched.isPending(takenUpTo);
    for (Signal signal : AlarmReading.byRules(view, profile)) {
      if (signal.says() == Word.ENDED && (isAny || watched.keys().contains(signal.key()))) {
        return signal.said().over(UNKNOWN);
      }
    }
    return null;
  }

  @Override
  public void underWay(String device) {
    devices.compute(
        device,
        (id, known) -> {
          Watched now = known == null ? Watched.NOTHING : known;
          return new Watched(now.underWay() + 1, now.lastSequence(), now.keys());
        });
  }

  @Override
  public void stored(String device, long sequence) {
    devices.compute(
        device,
        (id, known) -> {
          Watched now = known == null ? Watched.NOTHING : known;
          return new Watched(Math.max(0, now.underWay() - 1), sequence, now.keys());
        });
  }

  @Override
  public void lost(String device) {
    devices.computeIfPresent(
        device,
        (id, now) ->
            kept(new Watched(Math.max(0, now.underWay() - 1), now.lastSequence(), now.keys())));
  }

  private @Nullable Watched kept(Watched now) {
    return kept(now, takenUpTo);
  }

  private static @Nullable Watched kept(Watched now, long takenUpTo) {
    return now.keys().isEmpty() && !now.isPending(takenUpTo) ? null : now;
  }

  /** What is open of a device, when the book has taken all records up to a sequence. */
  void publish(String device, Set<String> keys, long sequence) {
    devices.compute(
        device,
        (id, known) -> {
          Watched now = known == null ? Watched.NOTHING : known;
          Set<String> open = Set.copyOf(keys);
          return kept(new Watched(now.underWay(), now.lastSequence(), open), sequence);
        });
  }

  /** The book has taken all records up to there, and all that became of them is published. */
  void takenUpTo(long sequence) {
    takenUpTo = sequence;
  }

  long takenUpTo() {
    return takenUpTo;
  }

  /** Forgets the devices of which nothing is open. */
  void sweep() {
    devices.forEach((id, now) -> devices.computeIfPresent(id, (same, latest) -> kept(latest)));
  }

  /** What is open of all devices by the book. */
  void begin(Map<String, Set<String>> keys) {
    devices.replaceAll((id, now) -> new Watched(now.underWay(), now.lastSequence(), Set.of()));
    keys.forEach((device, open) -> publish(device, open, takenUpTo));
    sweep();
  }
}
