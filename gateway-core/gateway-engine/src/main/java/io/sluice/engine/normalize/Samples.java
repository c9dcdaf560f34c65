package io.sluice.engine.normalize;

import io.sluice.engine.normalize.Target.Field;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordFormat.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a codec took out of one payload, before it is judged: columns that are used again for the
 * next. A value without field is one that the profile does not know. Not thread-safe.
 */
final class Samples {
  static final long NO_TIME = RecordFormat.NO_TIME;
  static final int MAX_NAME_BYTES = 256;

  private static final int LINEAR_SEARCH = 16;

  /** Characters and bytes of all values together; no payload has more without references. */
  private static final int MAX_CONTENT = Normalizer.MAX_PAYLOAD_BYTES;

  int count;
  @Nullable Field[] fields = new Field[32];
  String[] names = new String[32];
  Kind[] kinds = new Kind[32];
  long[] bits = new long[32];
  @Nullable Object[] objects = new Object[32];
  @Nullable String[] units = new String[32];
  long[] times = new long[32];
  boolean[] outOfRange = new boolean[32];
  boolean[] envelope = new boolean[32];

  /** Time of the message itself, where it has one. */
  long time;

  /** Whether times were computed from the gateway's clock. */
  boolean relativeTime;

  boolean historical;
  @Nullable String severity;
  @Nullable String urgency;
  @Nullable String certainty;
  @Nullable String status;

  /** The device that the payload names, the first where it names several. */
  private @Nullable String claimedDevice;

  private int[] stamps = new int[16];
  private @Nullable String[] setBy = new String[16];
  private int stamp;
  private int content;
  private int unknownsFrom;
  private int unknowns;
  private final Set<String> unknownNames = new HashSet<>();

  void clear(Profile profile) {
    Arrays.fill(objects, 0, count, null);
    count = 0;
    content = 0;
    time = NO_TIME;
    relativeTime = false;
    historical = false;
    severity = null;
    urgency = null;
    certainty = null;
    status = null;
    claimedDevice = null;
    int metrics = profile.metrics().size();
    if (stamps.length < metrics) {
      stamps = new int[metrics];
      setBy = new String[metrics];
    }
    beginSample();
  }

  void claim(String device) {
    if (claimedDevice == null) {
      claimedDevice = device;
    }
  }

  @Nullable String claimedDevice() {
    return claimedDevice;
  }

  /** From here on each metric and each unknown name may come once. */
  void beginSample() {
    if (++stamp < 0) {
      Arrays.fill(stamps, 0);
      stamp = 1;
    }
    unknownsFrom = count;
    unknowns = 0;
    if (!unknownNames.isEmpty()) {
      unknownNames.clear();
    }
  }

  /**
   * Takes the metric for this field in this sample.
   *
   * @return false where another field of the sample gave it already
   */
  boolean claim(Field field, int byteOffset) throws PayloadException {
    int metric = field.metric().index;
    String path = field.path();
    if (stamps[metric] == stamp) {
      if (path.equals(setBy[metric])) {
        throw Faults.at(path, byteOffset, "comes twice; send each field once");
      }
      return false;
    }
    stamps[metric] = stamp;
    setBy[metric] = path;
    return true;
  }

  /** Refuses an unknown name that this sample has already. */
  void claimUnknown(String name, int byteOffset) throws PayloadException {
    boolean again = false;
    if (unknowns < LINEAR_SEARCH) {
      for (int i = unknownsFrom; i < count && !again; i++) {
        again = fields[i] == null && names[i].equals(name);
      }
    } else {
      for (int i = unknownsFrom; i < count && unknownNames.size() < unknowns; i++) {
        if (fields[i] == null) {
          unknownNames.add(names[i]);
        }
      }
      again = !unknownNames.add(name);
    }
    if (again) {
      throw Faults.at(name, byteOffset, "comes twice; send each field once");
    }
    unknowns++;
  }

  void addUnknown(String name, int byteOffset, Kind kind, long valueBits, @Nullable Object object)
      throws PayloadException {
    int at = open(byteOffset);
    if (name.length() > MAX_NAME_BYTES / 3
        && name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
      throw nameTooLong(name, byteOffset);
    }
    fields[at] = null;
    names[at] = name;
    put(at, kind, valueBits, object, byteOffset);
  }

  static PayloadException nameTooLong(String name, int byteOffset) {
    return Faults.at(
        name.substring(0, 40) + "...", byteOffset, "a name has at most 256 bytes; shorten it");
  }

  void add(
      Field field, int byteOffset, Kind kind, long valueBits, @Nullable Object object, boolean bad)
      throws PayloadException {
    int at = open(byteOffset);
    fields[at] = field;
    put(at, kind, valueBits, object, byteOffset);
    outOfRange[at] = bad;
  }

  private int open(int byteOffset) throws PayloadException {
    if (count == RecordFormat.MAX_MEASUREMENTS) {
      throw new PayloadException(
          "byte "
              + byteOffset
              + ": more than "
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
    outOfRange[at] = false;
    envelope[at] = false;
    count = at + 1;
  }

  /** CBOR's references to strings (tag 25) let a few bytes stand for many. */
  private void bound(Object object, int byteOffset) throws PayloadException {
    content += object instanceof byte[] bytes ? bytes.length : ((String) object).length();
    if (content > MAX_CONTENT) {
      throw new PayloadException(
          "byte "
              + byteOffset
              + ": the texts and bytes of one message come to more than "
              + MAX_CONTENT
              + "; split it into several");
    }
  }

  /** Gives the time to all from {@code from} on that have none yet. */
  void fillTime(int from, long micros) {
    if (micros != NO_TIME) {
      for (int i = from; i < count; i++) {
        if (times[i] == NO_TIME) {
          times[i] = micros;
        }
      }
    }
  }

  /** Takes out what belongs to a message's envelope, as {@code id} and {@code method} of Alink. */
  void dropEnvelope(Set<String> envelopeNames) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (!(envelope[i] && fields[i] == null && envelopeNames.contains(names[i]))) {
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
    outOfRange[to] = outOfRange[from];
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
    outOfRange = Arrays.copyOf(outOfRange, size);
    envelope = Arrays.copyOf(envelope, size);
  }
}
