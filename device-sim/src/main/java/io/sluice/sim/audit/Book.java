package io.sluice.sim.audit;

import io.sluice.sim.device.Kind;
import io.sluice.sim.device.PayloadForm;
import io.sluice.sim.device.Sample;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.fleet.SentLog;
import io.sluice.sim.scenario.DeviceGroup;
import io.sluice.sim.vendor.Firmware;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One device's side of an audit: which of its messages are at the far end, under which record, and
 * when they came there. 32 bytes a message.
 */
final class Book {
  private static final int NONE = -1;

  private final Played played;
  private final long startMillis;

  /** Hash of the record's id; 0: not there. */
  private final long[] ids;

  private final long[] sequences;

  /** Number of the record among all that arrived. */
  private final int[] arrivals;

  /** Number of the gateway that took it. */
  private final int[] gateways;

  /** Microseconds. */
  private final long[] lateness;

  /** Those that came as records of class alarm. */
  private final BitSet alarms = new BitSet();

  private long copies;

  /** Without a counter: from where on the next one of a kind is looked for. */
  private final Map<Kind, Integer> next = new EnumMap<>(Kind.class);

  Book(Played played, long startMillis) {
    this.played = played;
    this.startMillis = startMillis;
    this.ids = new long[log().size()];
    this.sequences = new long[log().size()];
    this.arrivals = new int[log().size()];
    this.gateways = new int[log().size()];
    this.lateness = new long[log().size()];
  }

  Played played() {
    return played;
  }

  String device() {
    return played.device().spec().id();
  }

  SentLog log() {
    return played.log();
  }

  PayloadForm form() {
    return played.device().spec().group().form();
  }

  boolean has(int index) {
    return index < ids.length && ids[index] != 0;
  }

  long found() {
    return Arrays.stream(ids).filter(id -> id != 0).count();
  }

  long id(int index) {
    return ids[index];
  }

  int arrival(int index) {
    return arrivals[index];
  }

  int gateway(int index) {
    return gateways[index];
  }

  /** The gateway that took it first, by a number that the audit has for each. */
  void at(int index, int gateway) {
    gateways[index] = gateway;
  }

  long sequence(int index) {
    return sequences[index];
  }

  /** The class under which it came. */
  String messageClass(int index) {
    return alarms.get(index) ? "alarm" : log().kindAt(index).address();
  }

  /** It came as a record of class alarm. */
  void isAlarm(int index) {
    alarms.set(index);
  }

  long lateness(int index) {
    return lateness[index];
  }

  long copies() {
    return copies;
  }

  /** One more record of a message. */
  void copy() {
    copies++;
  }

  void take(int index, long id, long sequence, int arrival, long receivedMicros) {
    long own = (startMillis + log().millisAt(index)) * 1000;
    boolean carriesTime = played.device().spec().group().carriesTime(log().kindAt(index));
    lateness[index] = carriesTime ? receivedMicros - own : 0;
    ids[index] = id;
    sequences[index] = sequence;
    arrivals[index] = arrival;
  }

  /** What a message had to say. */
  Sample sample(int index) {
    return played
        .device()
        .sample(
            log().nAt(index), (startMillis + log().millisAt(index)) * 1000, log().kindAt(index));
  }

  String name(int index) {
    return device() + " #" + log().nAt(index) + " (" + log().kindAt(index).address() + ")";
  }

  /** Which message came as a record with that id before, or -1. */
  int indexOfRecord(long id) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] == id) {
        return i;
      }
    }
    return NONE;
  }

  /**
   * Which message a record without counter is: the next one with these values that is not there
   * yet, else one that may come out of its turn.
   *
   * @return -1 where there is none
   */
  int indexOf(String messageClass, RecordedSample recorded) {
    for (Kind kind : Kind.values()) {
      if (!kind.address().equals(messageClass)) {
        continue;
      }
      int from = next.getOrDefault(kind, 0);
      for (int i = from; i < ids.length; i++) {
        if (fits(i, kind, recorded)) {
          next.put(kind, i + 1);
          return i;
        }
      }
    }
    return NONE;
  }

  /** The same, of those that were passed over or are there already. */
  int earlier(String messageClass, RecordedSample recorded) {
    int there = NONE;
    for (int i = 0; i < ids.length; i++) {
      if (log().kindAt(i).address().equals(messageClass) && fits(i, log().kindAt(i), recorded)) {
        if (ids[i] == 0) {
          return i;
        }
        there = there == NONE || log().resentAt(i) ? i : there;
      }
    }
    return there;
  }

  private boolean fits(int index, Kind kind, RecordedSample recorded) {
    if (log().kindAt(index) != kind) {
      return false;
    }
    if (kind.isAlarm()) {
      return true; // a lone value says nothing of an alarm
    }
    Sample sample = sample(index);
    if (kind == Kind.WRITTEN) {
      return isAnswer(sample, recorded);
    }
    if (form() == PayloadForm.TEXT) {
      Sample.Field first = sample.fields().getFirst();
      return recorded.measurements().size() == 1
          && RecordComparison.same(
              first.value(), recorded.measurements().values().iterator().next().path("v"));
    }
    if (isAtAnotherTime(sample, recorded)) {
      return false;
    }
    boolean isAny = false;
    for (Sample.Field field : sample.fields()) {
      @Nullable JsonNode there = recorded.measurement(field.name());
      if (there != null && !RecordComparison.same(field.value(), there.path("v"))) {
        return false;
      }
      isAny |= there != null;
    }
    return isAny;
  }

  /** Nothing of what is measured, but what was written. */
  private boolean isAnswer(Sample sample, RecordedSample recorded) {
    Firmware firmware = played.device().spec().group().firmware();
    return firmware != null
        && firmware.besides().containsAll(recorded.measurements().keySet())
        && !isAtAnotherTime(sample, recorded);
  }

  /** A dialect's messages have no counter, but most have their time. */
  private boolean isAtAnotherTime(Sample sample, RecordedSample recorded) {
    DeviceGroup group = played.device().spec().group();
    return group.dialect() != null
        && group.carriesTime(sample.kind())
        && Math.abs(recorded.micros() - sample.micros()) > RecordComparison.TIME_TOLERANCE_MICROS;
  }
}
