package io.sluice.fleet.partition;

import io.sluice.api.Cap;
import io.sluice.api.MessageClass;
import io.sluice.api.ValueKind;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.api.operator.AlarmService.State;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.PoisonRecordException;
import io.sluice.fleet.topic.TopicJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The alarms of one partition's devices, as the gateways' books tell of them: each change of an
 * alarm is a record. Open ones are kept, {@value #OPEN_MAX} at most, and of the cleared ones the
 * last {@value #CLEARED_MAX}; what is more goes, the oldest first. The task's thread changes it;
 * any thread may look.
 */
public final class PartitionAlarms {
  private static final int OPEN_MAX = 50_000;
  private static final int CLEARED_MAX = 5_000;

  /** Who cleared what the gateway of it does not know to be over. */
  private static final String FLEET = "fleet";

  private static final JsonMapper JSON = JsonMapper.shared();

  /** What alarms are told apart by. */
  private record Key(String gateway, long alarm) {}

  private final PartitionStore store;
  private final Map<Key, AlarmView> alarms = new LinkedHashMap<>();
  private final Deque<Key> cleared = new ArrayDeque<>();

  /** The open ones of kind supervision, by device. */
  private final Map<String, Set<Key>> silences = new HashMap<>();

  /**
   * Where a device was heard last.
   *
   * @param micros when, microseconds since the epoch
   */
  record Heard(String gateway, long micros) {}

  private PartitionAlarms(PartitionStore store) {
    this.store = store;
  }

  static PartitionAlarms open(PartitionStore store) throws IOException {
    PartitionAlarms opened = new PartitionAlarms(store);
    store.forEach(
        StoreKeys.from(StoreKeys.ALARM),
        StoreKeys.to(StoreKeys.ALARM),
        (key, value) -> {
          long alarm = ByteBuffer.wrap(key, key.length - Long.BYTES, Long.BYTES).getLong();
          AlarmView view = JSON.readValue(value, AlarmView.class);
          Key known = new Key(StoreKeys.name(key), alarm);
          opened.alarms.put(known, view);
          if (view.state() == State.CLEARED) {
            opened.cleared.addLast(known);
          }
          opened.index(known, view);
        });
    return opened;
  }

  /**
   * The number by which an alarm of a gateway is known at the fleet: 52 bits of a hash, for a
   * browser's numbers have 53.
   */
  public static long idOf(String gateway, long alarm) {
    long hash = 0xcbf29ce484222325L;
    for (byte each : (gateway + '\0' + alarm).getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
    }
    hash ^= hash >>> 29;
    return hash & ((1L << 52) - 1);
  }

  /**
   * Takes what a gateway's book says of an alarm; anything else is none of it.
   *
   * @param heard where the device was heard last; null where it was not
   * @throws PoisonRecordException where it says what no alarm can be
   */
  synchronized void take(EncodedRecord record, @Nullable Heard heard) throws PoisonRecordException {
    if (record.messageClass() != MessageClass.ALARM) {
      return;
    }
    Map<String, Object> said = new LinkedHashMap<>();
    record.rewind();
    while (record.next()) {
      ValueKind kind = record.valueKind();
      if (kind == ValueKind.LONG) {
        said.put(record.measurementName(), record.longValue());
      } else if (kind == ValueKind.STRING) {
        said.put(record.measurementName(), record.stringValue());
      }
    }
    if (!(said.get("alarmId") instanceof Long alarm)
        || !(said.get("state") instanceof String state)
        || !(said.get("kind") instanceof String kind)) {
      return;
    }
    Key key = new Key(record.gateway(), alarm);
    AlarmView before = alarms.get(key);
    AlarmView now = view(record, key, before, said, state(state), kind(kind));
    if (isEnded(before, now)) {
      return;
    }
    if (heard != null && isHeardElsewhere(now, heard)) {
      now = heardAt(now, heard);
    }
    put(key, now);
    bound();
  }

  /**
   * A device was heard: what other gateways say of its silence since before then is over. It is
   * there that it is supervised now.
   */
  synchronized void heard(String device, Heard heard) {
    Set<Key> open = silences.get(device);
    if (open == null) {
      return;
    }
    for (Key key : List.copyOf(open)) {
      AlarmView alarm = alarms.get(key);
      if (alarm != null && isHeardElsewhere(alarm, heard)) {
        put(key, heardAt(alarm, heard));
      }
    }
    bound();
  }

  /** Whether the silence ended at the fleet, and its gateway, which does not know, goes on. */
  private static boolean isEnded(@Nullable AlarmView before, AlarmView now) {
    return before != null
        && FLEET.equals(before.clearedBy())
        && now.state() != State.CLEARED
        && now.raisedMicros() == before.raisedMicros();
  }

  private static boolean isHeardElsewhere(AlarmView alarm, Heard heard) {
    return alarm.kind() == Kind.SUPERVISION
        && alarm.state() != State.CLEARED
        && !heard.gateway.equals(alarm.gateway())
        && heard.micros > alarm.raisedMicros();
  }

  private void put(Key key, AlarmView now) {
    AlarmView before = alarms.put(key, now);
    store.put(StoreKeys.alarm(key.gateway, key.alarm), JSON.writeValueAsBytes(now));
    if (now.state() == State.CLEARED && (before == null || before.state() != State.CLEARED)) {
      cleared.addLast(key);
    }
    index(key, now);
  }

  private void index(Key key, AlarmView alarm) {
    String device = alarm.device();
    if (device == null || alarm.kind() != Kind.SUPERVISION) {
      return;
    }
    if (alarm.state() == State.CLEARED) {
      unindex(key, device);
    } else {
      silences.computeIfAbsent(device, any -> new HashSet<>(2)).add(key);
    }
  }

  private void unindex(Key key, @Nullable String device) {
    Set<Key> open = device == null ? null : silences.get(device);
    if (open != null && open.remove(key) && open.isEmpty()) {
      silences.remove(String.valueOf(device));
    }
  }

  private static State state(String label) throws PoisonRecordException {
    for (State each : State.values()) {
      if (each.label().equals(label)) {
        return each;
      }
    }
    throw TopicJson.invalid("its state is \"" + label + "\", which no alarm has");
  }

  private static Kind kind(String label) throws PoisonRecordException {
    for (Kind each : Kind.values()) {
      if (each.label().equals(label)) {
        return each;
      }
    }
    throw TopicJson.invalid("its kind is \"" + label + "\", which no alarm has");
  }

  private static AlarmView heardAt(AlarmView alarm, Heard heard) {
    return alarm.withHandling(
        State.CLEARED,
        alarm.acknowledgedMicros(),
        alarm.acknowledgedBy(),
        heard.micros,
        FLEET,
        "heard at " + heard.gateway);
  }

  private static AlarmView view(
      EncodedRecord record,
      Key key,
      @Nullable AlarmView before,
      Map<String, Object> said,
      State state,
      Kind kind) {
    long now = record.timeMicros();
    Cap cap = record.cap();
    boolean isSame = before != null && before.state() == state;
    boolean isAcknowledged = state == State.ACKNOWLEDGED;
    boolean isCleared = state == State.CLEARED;
    return new AlarmView(
        idOf(key.gateway, key.alarm),
        record.device().equals(key.gateway) ? null : record.device(),
        record.sector(),
        record.site(),
        record.model(),
        kind,
        text(said, "alarm"),
        text(said, "point"),
        cap == null ? "Unknown" : cap.severity(),
        cap == null ? "Unknown" : cap.urgency(),
        cap == null ? "Unknown" : cap.certainty(),
        cap == null ? "Actual" : cap.status(),
        state,
        said.get("raised") instanceof Long raised ? raised : now,
        isAcknowledged && !isSame
            ? (Long) now
            : before == null ? null : before.acknowledgedMicros(),
        said.get("acknowledgedBy") instanceof String by
            ? by
            : before == null ? null : before.acknowledgedBy(),
        clearedMicros(before, isCleared, now),
        isCleared && said.get("clearedBy") instanceof String by ? by : null,
        "escalated".equals(said.get("event"))
            ? (Long) now
            : before == null ? null : before.escalatedMicros(),
        null,
        null,
        text(said, "text"),
        before == null ? null : before.note(),
        key.gateway);
  }

  /** When it was cleared: as was told first. */
  private static @Nullable Long clearedMicros(
      @Nullable AlarmView before, boolean isCleared, long now) {
    if (!isCleared) {
      return null;
    }
    return before != null && before.state() == State.CLEARED ? before.clearedMicros() : (Long) now;
  }

  private static String text(Map<String, Object> said, String name) {
    return said.get(name) instanceof String text ? text : "";
  }

  private void bound() {
    while (cleared.size() > CLEARED_MAX) {
      forget(cleared.removeFirst());
    }
    if (alarms.size() - cleared.size() > OPEN_MAX) {
      Key oldest = alarms.keySet().iterator().next();
      cleared.remove(oldest);
      forget(oldest);
    }
  }

  private void forget(Key key) {
    AlarmView gone = alarms.remove(key);
    if (gone != null) {
      unindex(key, gone.device());
      store.delete(StoreKeys.alarm(key.gateway, key.alarm));
    }
  }

  /** All that are kept. */
  public synchronized List<AlarmView> all() {
    return new ArrayList<>(alarms.values());
  }
}
