package io.sluice.engine.normalize.codec;

import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profile.Unknown;
import io.sluice.engine.normalize.profile.Target;
import io.sluice.engine.normalize.profile.Target.Field;
import io.sluice.engine.normalize.profile.Target.Role;
import io.sluice.engine.normalize.sample.ObservedTimes;
import io.sluice.engine.normalize.sample.Samples;
import io.sluice.engine.normalize.sample.Values;
import io.sluice.engine.normalize.unit.Numerals;
import io.sluice.engine.record.RecordFormat.Kind;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads what most messages are, by their bytes: one flat object of JSON with numbers, truths and
 * texts in ASCII, all of which can be taken as they come. Says false of everything else, which is
 * for {@link ObjectCodec} to read and to judge; what this one takes, that one takes alike.
 *
 * <p>Used by one thread at a time.
 */
final class PlainObject {
  private static final int FIELDS_MAX = 256;
  private static final int NAME_MAX = 64;
  private static final int TEXT_MAX = 1_024;
  private static final int LONG_DIGITS = 18;

  /** Digits and a point of a number that is exact as digits over a power of ten. */
  private static final int EXACT_CHARACTERS = 16;

  private final PlainNames.Plans plans = new PlainNames.Plans();

  // of the message in hand
  private byte[] payload = {};
  private int end;
  private int at;
  private Profile profile = Profile.generic("");
  private Samples samples = new Samples();
  private long received;
  private long time;

  /** The number read last: its digits, and decimals where it has a point. */
  private long digits;

  private int decimals;
  private boolean isNegative;

  /**
   * Takes the values of an object into columns.
   *
   * @param samples empty, prepared for this profile
   * @return false where it is none of those; the columns are empty again then
   */
  boolean read(
      byte[] payload, int from, int to, Profile profile, Samples samples, long receivedMicros) {
    if (profile.metrics().isEmpty() || profile.root() != null) {
      return false; // a profile that is not loaded is made anew for each message
    }
    PlainNames names = plans.of(profile);
    if (!names.isWorthTrying()) {
      return false;
    }
    this.payload = payload;
    this.end = to;
    this.at = from;
    this.profile = profile;
    this.samples = samples;
    this.received = receivedMicros;
    this.time = Samples.NO_TIME;
    boolean isTaken;
    try {
      isTaken = object(names) && samples.faults() == null;
    } catch (PayloadException _) {
      isTaken = false; // the other finds it, too, and says where
    }
    names.noteTried(isTaken);
    if (isTaken) {
      samples.fillTime(0, time);
      samples.time = time;
    } else {
      samples.clear(profile, samples.forms);
    }
    return isTaken;
  }

  private boolean object(PlainNames names) throws PayloadException {
    if (!passes('{')) {
      return false;
    }
    PlainNames.Name before = names.start();
    int count = 0;
    do {
      if (++count > FIELDS_MAX || !passes('"')) {
        return false;
      }
      PlainNames.Name name = before.next;
      if (name == null || !name.isAt(payload, at, end)) {
        name = name(names);
        if (name == null) {
          return false;
        }
        before.next = name;
      }
      at += name.bytes() + 1;
      before = name;
      if (!passes(':') || !value(name)) {
        return false;
      }
    } while (passes(','));
    if (!passes('}')) {
      return false;
    }
    skipBlanks();
    return at == end;
  }

  /** The name that begins here, null where it is none of the plain ones. */
  private PlainNames.@Nullable Name name(PlainNames names) {
    int stop = at;
    while (stop < end && payload[stop] != '"') {
      if (payload[stop] < ' ' || payload[stop] == '\\') { // or beyond ASCII
        return null;
      }
      stop++;
    }
    int length = stop - at;
    return stop == end || length == 0 || length > NAME_MAX ? null : names.find(payload, at, length);
  }

  private boolean value(PlainNames.Name name) throws PayloadException {
    skipBlanks();
    if (at >= end) {
      return false;
    }
    int place = at;
    return switch (payload[at]) {
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' ->
          isNumber() && number(name, place);
      case '"' -> text(name, place);
      case 't' -> isWord("true") && truth(name, place, true);
      case 'f' -> isWord("false") && truth(name, place, false);
      default -> false;
    };
  }

  /** Goes over a number. */
  private boolean isNumber() {
    isNegative = payload[at] == '-';
    int first = isNegative ? at + 1 : at;
    long read = 0;
    int i = first;
    while (i < end && isDigit(payload[i])) {
      read = read * 10 + (payload[i++] - '0');
    }
    int whole = i - first;
    if (whole == 0 || whole > LONG_DIGITS || (whole > 1 && payload[first] == '0')) {
      return false;
    }
    decimals = 0;
    if (i < end && payload[i] == '.') {
      int point = i++;
      while (i < end && isDigit(payload[i])) {
        read = read * 10 + (payload[i++] - '0');
      }
      decimals = i - point - 1;
      if (decimals == 0 || i - first > EXACT_CHARACTERS) {
        return false;
      }
    }
    digits = read;
    at = i;
    return true; // an exponent behind it is neither a comma nor the end
  }

  private static boolean isDigit(byte each) {
    return each >= '0' && each <= '9';
  }

  private boolean number(PlainNames.Name name, int place) throws PayloadException {
    if (decimals > 0) {
      double value = Numerals.shifted(digits, decimals);
      return fraction(name, place, isNegative ? -value : value);
    }
    return integer(name, place, isNegative ? -digits : digits);
  }

  private boolean integer(PlainNames.Name name, int place, long value) throws PayloadException {
    return switch (name.target) {
      case Field field -> {
        if (!isFor(field, place)) {
          yield false;
        }
        if (field.asText()) {
          Values.addString(samples, field, place, ascii(place, at));
        } else {
          Values.addLong(samples, field, place, value);
        }
        yield true;
      }
      case Role.TIME -> isTime(ObservedTimes.ofNumber(value, samples.forms, received));
      case null, default ->
          isDropped(name) || (isKept(name) && unknown(name, place, Kind.LONG, value, null));
    };
  }

  private boolean fraction(PlainNames.Name name, int place, double value) throws PayloadException {
    return switch (name.target) {
      case Field field -> {
        if (!isFor(field, place)) {
          yield false;
        }
        if (field.asText()) {
          Values.addString(samples, field, place, ascii(place, at));
        } else {
          Values.addDouble(samples, field, place, value);
        }
        yield true;
      }
      case Role.TIME -> isTime(ObservedTimes.ofNumber(value, samples.forms, received));
      case null, default -> {
        long bits = Double.doubleToRawLongBits(value);
        yield isDropped(name) || (isKept(name) && unknown(name, place, Kind.DOUBLE, bits, null));
      }
    };
  }

  private boolean truth(PlainNames.Name name, int place, boolean value) throws PayloadException {
    return switch (name.target) {
      case Field field -> {
        if (!isFor(field, place)) {
          yield false;
        }
        Values.addBoolean(samples, field, place, value);
        yield true;
      }
      case Role.HISTORICAL -> {
        samples.historical |= value;
        yield true;
      }
      case null, default -> {
        Kind kind = value ? Kind.TRUE : Kind.FALSE;
        yield isDropped(name) || (isKept(name) && unknown(name, place, kind, 0, null));
      }
    };
  }

  private boolean text(PlainNames.Name name, int place) throws PayloadException {
    int first = place + 1;
    int stop = first;
    while (stop < end && payload[stop] != '"') {
      if (payload[stop] < ' ' || payload[stop] == '\\') {
        return false;
      }
      stop++;
    }
    if (stop >= end || stop - first > TEXT_MAX) {
      return false;
    }
    at = stop + 1;
    String text = ascii(first, stop);
    return switch (name.target) {
      case Field field -> {
        if (!isFor(field, place)) {
          yield false;
        }
        Values.addString(samples, field, place, text);
        yield true;
      }
      case Role.TIME -> {
        Long micros = ObservedTimes.ofText(text, samples.forms, received);
        yield micros != null && isTime(micros);
      }
      case null, default -> {
        if (name.target == null && name.namesDevice) {
          samples.claim(text);
        }
        if (isDropped(name)) {
          yield true;
        }
        yield isKept(name)
            && !Numerals.isNonNumber(text)
            && unknown(name, place, Kind.STRING, 0, text);
      }
    };
  }

  private String ascii(int from, int to) {
    return new String(payload, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /** Whether any value of the field is meant for its metric, and none was before. */
  private boolean isFor(Field field, int place) throws PayloadException {
    return field.when() == null && samples.claim(field, place);
  }

  /** Of several times one goes before the others: that is for the other reader to judge. */
  private boolean isTime(long micros) {
    if (micros == Samples.NO_TIME || time != Samples.NO_TIME) {
      return false;
    }
    time = micros;
    return true;
  }

  private boolean isDropped(PlainNames.Name name) {
    return name.target == Role.IGNORE || (name.target == null && profile.unknown() == Unknown.DROP);
  }

  /**
   * Whether what the profile does not lead into a metric is kept under its name. A word of CAP 1.2
   * is a field like any other where all are kept.
   */
  private boolean isKept(PlainNames.Name name) {
    Target target = name.target;
    boolean isField = target == null || (target instanceof Role role && role.isCap());
    return isField && profile.unknown() == Unknown.KEEP && !name.isAmbiguous;
  }

  @SuppressWarnings("ReferenceEquality") // another name is another object
  private boolean unknown(
      PlainNames.Name name, int place, Kind kind, long bits, @Nullable String text)
      throws PayloadException {
    String claimed = samples.claimUnknown(name.path, false, place);
    if (claimed != name.path) {
      return false; // it comes twice
    }
    int before = samples.count;
    samples.addUnknown(claimed, place, kind, bits, text);
    samples.envelope[before] = true;
    return true;
  }

  private boolean isWord(String word) {
    if (end - at < word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (payload[at + i] != word.charAt(i)) {
        return false;
      }
    }
    at += word.length();
    return true;
  }

  /** Goes over blanks and the sign, where it stands there. */
  private boolean passes(char sign) {
    skipBlanks();
    if (at < end && payload[at] == sign) {
      at++;
      return true;
    }
    return false;
  }

  private void skipBlanks() {
    while (at < end && payload[at] <= ' ' && isBlank(payload[at])) {
      at++;
    }
  }

  private static boolean isBlank(byte each) {
    return each == ' ' || each == '\n' || each == '\r' || each == '\t';
  }
}
