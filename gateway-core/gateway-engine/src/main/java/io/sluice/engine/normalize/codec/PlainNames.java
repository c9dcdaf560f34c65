package io.sluice.engine.normalize.codec;

import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Target;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Names of fields as messages of one profile have them, by their bytes, each with where it leads.
 * Fields mostly come in the same order: behind each name stands the one that followed it. Bounded.
 * Not thread-safe.
 */
final class PlainNames {
  /** A power of two; half of them are used at most. */
  private static final int PLACES = 512;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** So many messages in a row that are not plain: then they are tried seldom. */
  private static final int IN_VAIN_MAX = 8;

  private static final int TRIED_SELDOM = 16;

  private final Profile profile;
  private final Name start;
  private @Nullable Name[] places = new Name[PLACES];
  private int count;
  private int inVain;
  private int untried;

  private PlainNames(Profile profile) {
    this.profile = profile;
    this.start = new Name(profile, "");
  }

  /** What stands for the beginning of a message. */
  Name start() {
    return start;
  }

  /** Whether a message may well be plain, by those before it. */
  boolean isWorthTrying() {
    if (inVain < IN_VAIN_MAX || ++untried == TRIED_SELDOM) {
      untried = 0;
      return true;
    }
    return false;
  }

  void noteTried(boolean isPlain) {
    inVain = isPlain ? 0 : Math.min(IN_VAIN_MAX, inVain + 1);
  }

  /** The name of these bytes, which are ASCII. */
  Name find(byte[] bytes, int at, int length) {
    int hash = 1;
    for (int i = at; i < at + length; i++) {
      hash = 31 * hash + bytes[i];
    }
    int place = (hash ^ (hash >>> 15)) & (PLACES - 1);
    for (Name known = places[place]; known != null; known = places[place]) {
      if (known.isAt(bytes, at, at + length + 1)) {
        return known;
      }
      place = (place + 1) & (PLACES - 1);
    }
    Name name = new Name(profile, new String(bytes, at, length, StandardCharsets.US_ASCII));
    if (count < PLACES / 2) {
      count++;
      places[place] = name;
    } else {
      places = new Name[PLACES]; // a device that has a name for each message
      count = 0;
    }
    return name;
  }

  /** A name, and where it leads. */
  static final class Name {
    final String path;
    final @Nullable Target target;

    /** Whether a metric has that name, though the path does not lead there. */
    final boolean isAmbiguous;

    /** Whether messages say there which device they come from. */
    final boolean namesDevice;

    /** The name that came behind this one last. */
    @Nullable Name next;

    /** The name and the quote behind it, filled up to full words. */
    private final byte[] quoted;

    private final int bytes;
    private final long lastBits;

    Name(Profile profile, String path) {
      this.path = path;
      this.target = profile.target(path);
      this.isAmbiguous = !(target instanceof Target.Field) && profile.metric(path) != null;
      this.namesDevice = LeafReader.namesDevice(path);
      this.bytes = path.length();
      byte[] exact = (path + '"').getBytes(StandardCharsets.US_ASCII);
      this.quoted = Arrays.copyOf(exact, (exact.length + 7) / 8 * 8);
      this.lastBits = exact.length % 8 == 0 ? -1 : (1L << (8 * (exact.length % 8))) - 1;
    }

    /** Length of the name. */
    int bytes() {
      return bytes;
    }

    /** Whether this name stands there, and a quote behind it. */
    boolean isAt(byte[] payload, int at, int end) {
      if (end - at <= bytes) {
        return false;
      }
      if (payload.length - at < quoted.length) {
        return Arrays.equals(payload, at, at + bytes + 1, quoted, 0, bytes + 1);
      }
      int last = quoted.length - Long.BYTES;
      for (int i = 0; i < last; i += Long.BYTES) {
        if ((long) LONG.get(payload, at + i) != (long) LONG.get(quoted, i)) {
          return false;
        }
      }
      return (((long) LONG.get(payload, at + last) ^ (long) LONG.get(quoted, last)) & lastBits)
          == 0;
    }
  }

  /** The names of each profile. Not thread-safe. */
  static final class Plans {
    private static final int PROFILES_MAX = 256;

    private final IdentityHashMap<Profile, PlainNames> all = new IdentityHashMap<>();
    private @Nullable PlainNames last;

    @SuppressWarnings("ReferenceEquality") // the very profile
    PlainNames of(Profile profile) {
      PlainNames before = last;
      if (before != null && before.profile == profile) {
        return before;
      }
      if (all.size() >= PROFILES_MAX) {
        all.clear(); // profiles were read anew, or devices have none
      }
      PlainNames found = all.computeIfAbsent(profile, PlainNames::new);
      last = found;
      return found;
    }
  }
}
