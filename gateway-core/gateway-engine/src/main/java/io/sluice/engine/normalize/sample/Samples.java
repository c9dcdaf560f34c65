package io.sluice.engine.normalize.sample;

import io.sluice.api.MessageBounds;
import io.sluice.api.QualityReason;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Frame;
import io.sluice.engine.normalize.profile.Metric;
import io.sluice.engine.normalize.profile.PayloadForms;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Target.Field;
import io.sluice.engine.normalize.profile.TimeForms;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordFormat.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a codec took out of one payload, before it is judged: columns that are used again for the
 * next. A value without field is one that the profile does not know. Not thread-safe.
 */
public final class Samples {
  public static final long NO_TIME = RecordFormat.NO_TIME;

  private static final int LINEAR_SEARCH = 16;
  private static final String TWICE = "comes twice; send each field once";

  /** Characters and bytes of all values together; no payload has more without references. */
  private static final int MAX_CONTENT = MessageBounds.PAYLOAD_MAX_BYTES;

  public int count;
  @Nullable Field[] fields = new Field[32];
  String[] names = new String[32];
  public Kind[] kinds = new Kind[32];
  public long[] bits = new long[32];
  @Nullable public Object[] objects = new Object[32];
  @Nullable public String[] units = new String[32];
  public long[] times = new long[32];

  /** Why a value is bad, null for one that is not. */
  @Nullable public QualityReason[] bad = new QualityReason[32];

  /** Which sample of the message a value came in, counted from 1. */
  public int[] ordinals = new int[32];

  public boolean[] envelope = new boolean[32];

  /** Time of the message itself, where it has one. */
  public long time;

  /** Whether times were computed from the gateway's clock. */
  public boolean relativeTime;

  /** Whether the samples are rows of several values each, and not single values as in SenML. */
  public boolean rows;

  /** Whether the message has samples that it calls its history. */
  public boolean history;

  /** Ordinals of samples that have further samples in them. */
  final BitSet frames = new BitSet();

  /** Samples begun, and so the ordinal of the last one. */
  public int begun;

  public boolean historical;

  /** The device that the payload names, the first where it names several. */
  private @Nullable String claimedDevice;

  private int[] stamps = new int[16];
  private @Nullable String[] setBy = new String[16];
  private int stamp;
  private int content;
  private int unknownsFrom;
  private int unknowns;
  private final Set<String> unknownNames = new HashSet<>();
  private final Map<String, Integer> repeated = new HashMap<>();
  private boolean tolerant;
  private int taken;
  private @Nullable PayloadException firstFault;
  private int typeFaults;
  private int sensorFaults;
  private int rangeFaults;

  /** What the message's dialect says of fields of which the profile says nothing. */
  public Map<String, Frame> frame = Map.of();

  /** Whether the dialect has taken the bytes out of the text in which they came. */
  public boolean unpacked;

  /** How times are written, and in which zone. */
  public TimeForms forms = PayloadForms.USUAL.times();

  /**
   * @param times how this message's times are written
   */
  public void clear(Profile profile, TimeForms times) {
    forms = times;
    frame = Map.of();
    unpacked = false;
    Arrays.fill(objects, 0, count, null);
    count = 0;
    content = 0;
    begun = 0;
    frames.clear();
    time = NO_TIME;
    relativeTime = false;
    rows = true;
    history = false;
    tolerant = profile.tolerant();
    taken = 0;
    typeFaults = 0;
    sensorFaults = 0;
    rangeFaults = 0;
    firstFault = null;
    historical = false;
    claimedDevice = null;
    int metrics = profile.metrics().size();
    if (stamps.length < metrics) {
      stamps = new int[metrics];
      setBy = new String[metrics];
    }
    beginSample();
  }

  public void claim(String device) {
    if (claimedDevice == null) {
      claimedDevice = device;
    }
  }

  @Nullable
  public String claimedDevice() {
    return claimedDevice;
  }

  /** From here on each metric and each unknown name may come once. */
  public void beginSample() {
    begun++;
    if (++stamp < 0) {
      Arrays.fill(stamps, 0);
      stamp = 1;
    }
    unknownsFrom = count;
    unknowns = 0;
    if (!unknownNames.isEmpty()) {
      unknownNames.clear();
      repeated.clear();
    }
  }

  /**
   * Takes the metric for this field in this sample.
   *
   * @return false where another field of the sample gave it already
   */
  public boolean claim(Field field, int byteOffset) throws PayloadException {
    int metric = field.metric().index();
    String path = field.path();
    if (stamps[metric] == stamp) {
      if (!tolerant && path.equals(setBy[metric])) {
        throw PayloadFaults.at(path, byteOffset, TWICE);
      }
      return false;
    }
    stamps[metric] = stamp;
    setBy[metric] = path;
    return true;
  }

  /**
   * Takes a name that the profile does not know, for this sample.
   *
   * @param isMetric whether it is the name of a metric that another field of the sample gave
   * @return the name; with {@code #2} and so on behind it where the sample has it already
   */
  public String claimUnknown(String name, boolean isMetric, int byteOffset)
      throws PayloadException {
    boolean again = isMetric;
    if (unknowns < LINEAR_SEARCH && unknownNames.isEmpty()) {
      for (int i = unknownsFrom; i < count && !again; i++) {
        again = fields[i] == null && names[i].equals(name);
      }
    } else {
      nameUnknowns();
      again |= !unknownNames.add(name);
    }
    unknowns++;
    return again ? toldApart(name, isMetric, byteOffset) : name;
  }

  private String toldApart(String name, boolean isMetric, int byteOffset) throws PayloadException {
    if (!tolerant && !isMetric) {
      throw PayloadFaults.at(name, byteOffset, TWICE);
    }
    nameUnknowns();
    int number = repeated.getOrDefault(name, 1);
    String apart;
    do {
      apart = name + '#' + ++number;
    } while (!unknownNames.add(apart));
    repeated.put(name, number);
    return apart;
  }

  private void nameUnknowns() {
    if (unknownNames.isEmpty()) {
      for (int i = unknownsFrom; i < count; i++) {
        if (fields[i] == null) {
          unknownNames.add(names[i]);
        }
      }
    }
  }

  /**
   * A value that its metric cannot take. It is kept as bad, with the reason, where the profile
   * tolerates that.
   *
   * @param what what is wrong, and the remedy
   * @throws PayloadException where the profile tolerates nothing
   */
  void refuse(
      Field field,
      int byteOffset,
      QualityReason reason,
      Kind kind,
      long valueBits,
      @Nullable Object object,
      String what)
      throws PayloadException {
    fault(PayloadFaults.at(field.path(), byteOffset, what), reason);
    add(field, byteOffset, kind, valueBits, object, reason);
  }

  /** The same for a value that the profile does not know. */
  public void refuseUnknown(
      String name, int byteOffset, QualityReason reason, String text, String what)
      throws PayloadException {
    fault(PayloadFaults.at(name, byteOffset, what), reason);
    int before = count;
    addUnknown(name, byteOffset, Kind.STRING, 0, text);
    if (count > before) {
      bad[before] = reason;
    }
  }

  /**
   * Notes what is wrong with one field that is not kept.
   *
   * @throws PayloadException where the profile tolerates nothing
   */
  public void fault(PayloadException fault) throws PayloadException {
    fault(fault, QualityReason.TYPE);
  }

  /** Notes what is odd, while there is room: it costs no value, whatever the profile tolerates. */
  public void warn(String what) {
    if (typeFaults + sensorFaults + rangeFaults < RecordFormat.MAX_MEASUREMENTS) {
      typeFaults++;
      firstFault = firstFault == null ? new PayloadException(what) : firstFault;
    }
  }

  private void fault(PayloadException fault, QualityReason reason) throws PayloadException {
    if (!tolerant || typeFaults + sensorFaults + rangeFaults == RecordFormat.MAX_MEASUREMENTS) {
      throw fault;
    }
    if (firstFault == null) {
      firstFault = fault;
    }
    switch (reason) {
      case SENSOR -> sensorFaults++;
      case RANGE -> rangeFaults++;
      default -> typeFaults++;
    }
  }

  /**
   * Refuses a message of which nothing could be taken.
   *
   * @throws PayloadException the first field's fault, or that there is no value at all
   */
  public void requireSomething() throws PayloadException {
    if (firstFault != null && taken == 0) {
      throw firstFault;
    }
    if (count == 0 && !historical && time == NO_TIME) {
      throw new PayloadException("the payload carries no value; send at least one");
    }
  }

  /** What was wrong with fields of a message that is taken all the same, or null. */
  @Nullable
  public FieldFaults faults() {
    if (firstFault == null) {
      return null;
    }
    int more = typeFaults + sensorFaults + rangeFaults - 1;
    String detail = firstFault.getMessage() + (more > 0 ? " (and " + more + " more)" : "");
    return new FieldFaults(PayloadException.bounded(detail), typeFaults, sensorFaults, rangeFaults);
  }

  public boolean tolerant() {
    return tolerant;
  }

  /** Takes a value that the profile does not know; one whose name is too long is a fault. */
  public void addUnknown(
      String name, int byteOffset, Kind kind, long valueBits, @Nullable Object object)
      throws PayloadException {
    int at = open(byteOffset);
    if (name.length() > Metric.MAX_NAME_BYTES / 3
        && name.getBytes(StandardCharsets.UTF_8).length > Metric.MAX_NAME_BYTES) {
      fault(nameTooLong(name, byteOffset));
      return;
    }
    fields[at] = null;
    names[at] = name;
    boolean torn = isTorn(object);
    put(at, kind, valueBits, torn ? mended(object, name, byteOffset) : object, byteOffset);
    bad[at] = torn ? QualityReason.TYPE : null;
    taken++;
  }

  private static boolean isTorn(@Nullable Object object) {
    return object instanceof String text && PayloadText.isTorn(text);
  }

  /** A text with half a character in it is no text: what of it is one is kept, as bad. */
  private String mended(@Nullable Object text, String name, int byteOffset)
      throws PayloadException {
    fault(
        PayloadFaults.at(
            name, byteOffset, "the text has half a character (a lone surrogate); send it whole"));
    return PayloadText.mended(String.valueOf(text));
  }

  /** Takes the last value from the metric that another field of the sample gave already. */
  public void disown(String name) throws PayloadException {
    Field field = fields[count - 1];
    if (field != null) {
      names[count - 1] = claimUnknown(name, false, PayloadFaults.NOWHERE);
      fields[count - 1] = null;
      units[count - 1] = field.metric().unit();
    }
  }

  public static PayloadException nameTooLong(String name, int byteOffset) {
    return PayloadFaults.at(
        name.substring(0, 40) + "...", byteOffset, "a name has at most 256 bytes; shorten it");
  }

  void add(
      Field field,
      int byteOffset,
      Kind kind,
      long valueBits,
      @Nullable Object object,
      @Nullable QualityReason reason)
      throws PayloadException {
    int at = open(byteOffset);
    fields[at] = field;
    boolean torn = isTorn(object);
    put(at, kind, valueBits, torn ? mended(object, field.path(), byteOffset) : object, byteOffset);
    bad[at] = torn && reason == null ? QualityReason.TYPE : reason;
    taken += reason == QualityReason.TYPE ? 0 : 1;
  }

  private static String placed(int byteOffset) {
    return byteOffset == PayloadFaults.NOWHERE ? "" : "byte " + byteOffset + ": ";
  }

  private int open(int byteOffset) throws PayloadException {
    if (count == RecordFormat.MAX_MEASUREMENTS) {
      throw new PayloadException(
          placed(byteOffset)
              + "more than "
              + count
              + " values in one message; split it into several");
    }
    if (count == kinds.length) {
      grow(count * 2);
    }
    return count;
  }

  private void put(int at, Kind kind, long valueBits, @Nullable Object object, int byteOffset)
      throws PayloadException {
    if (object != null) {
      bound(object, byteOffset);
    }
    kinds[at] = kind;
    bits[at] = valueBits;
    objects[at] = object;
    units[at] = null;
    times[at] = NO_TIME;
    bad[at] = null;
    ordinals[at] = begun;
    envelope[at] = false;
    count = at + 1;
  }

  /** CBOR's references to strings (tag 25) let a few bytes stand for many. */
  private void bound(Object object, int byteOffset) throws PayloadException {
    content += object instanceof byte[] bytes ? bytes.length : ((String) object).length();
    if (content > MAX_CONTENT) {
      throw new PayloadException(
          placed(byteOffset)
              + "the texts and bytes of one message come to more than "
              + MAX_CONTENT
              + "; split it into several");
    }
  }

  /** Gives the time to all from {@code from} on that have none yet. */
  public void fillTime(int from, long micros) {
    if (micros != NO_TIME) {
      for (int i = from; i < count; i++) {
        if (times[i] == NO_TIME) {
          times[i] = micros;
        }
      }
    }
  }

  /**
   * The same where there are samples within the sample: those without time come in their order, and
   * the last has the time.
   *
   * @param ordinal of the sample itself
   */
  public void fillTimeInOrder(int from, long micros, int ordinal, long spacingMicros) {
    frames.set(ordinal);
    int last = ordinal;
    for (int i = from; i < count; i++) {
      last = times[i] == NO_TIME ? Math.max(last, ordinals[i]) : last;
    }
    for (int i = from; i < count && micros != NO_TIME; i++) {
      if (times[i] == NO_TIME) {
        times[i] = micros - (ordinals[i] == ordinal ? 0 : (last - ordinals[i]) * spacingMicros);
      }
    }
  }

  /**
   * Says more of a value: its unit, where it is of no metric of the profile's, and why it is bad.
   *
   * @param reason null: it is as good as it was
   */
  public void qualify(int index, @Nullable String unit, @Nullable QualityReason reason) {
    if (unit != null && fields[index] == null) {
      units[index] = unit;
    }
    if (reason != null) {
      bad[index] = reason;
    }
  }

  /** The name that a value will have in the record. */
  public String nameOf(int index) {
    Field field = fields[index];
    return field == null ? names[index] : field.metric().name();
  }

  /**
   * Takes out what belongs to a message's envelope, as {@code id} and {@code method} of Alink,
   * where at least two of its names are there: one alone is a field like any other.
   */
  public void dropEnvelope(Set<String> envelopeNames) {
    boolean[] left = new boolean[count];
    int found = 0;
    String first = "";
    for (int i = 0; i < count; i++) {
      if (envelope[i] && fields[i] == null) {
        String top = names[i];
        int dot = top.indexOf('.');
        top = dot < 0 ? top : top.substring(0, dot);
        left[i] = envelopeNames.contains(top);
        found += left[i] && !top.equals(first) ? 1 : 0;
        first = left[i] ? top : first;
      }
    }
    if (found > 1) {
      leaveOut(left);
    }
  }

  void leaveOut(boolean[] left) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (!left[i]) {
        move(i, kept++);
      }
    }
    Arrays.fill(objects, kept, count, null);
    count = kept;
  }

  private void move(int from, int to) {
    fields[to] = fields[from];
    names[to] = names[from];
    kinds[to] = kinds[from];
    bits[to] = bits[from];
    objects[to] = objects[from];
    units[to] = units[from];
    times[to] = times[from];
    bad[to] = bad[from];
    ordinals[to] = ordinals[from];
    envelope[to] = envelope[from];
  }

  private void grow(int size) {
    fields = Arrays.copyOf(fields, size);
    names = Arrays.copyOf(names, size);
    kinds = Arrays.copyOf(kinds, size);
    bits = Arrays.copyOf(bits, size);
    objects = Arrays.copyOf(objects, size);
    units = Arrays.copyOf(units, size);
    times = Arrays.copyOf(times, size);
    bad = Arrays.copyOf(bad, size);
    ordinals = Arrays.copyOf(ordinals, size);
    envelope = Arrays.copyOf(envelope, size);
  }
}
