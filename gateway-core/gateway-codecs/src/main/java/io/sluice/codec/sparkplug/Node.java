package io.sluice.codec.sparkplug;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One edge node of a session, with its devices. Guarded by its session. */
final class Node {
  /** Devices of one node, at most. */
  static final int MAX_DEVICES = 2_000;

  static final long NO_BD_SEQ = -1;

  private static final int HEARD = 64;

  /** Alias with the one that has it. */
  record Aliased(Known metric, Members of) {}

  final String group;
  final String node;
  final Members own;
  final RebirthRequest rebirth = new RebirthRequest();

  /** By their names; those too whose births do not hold any more. */
  final Map<String, Members> devices = new LinkedHashMap<>();

  Map<Long, Aliased> aliases = new HashMap<>();

  /** bdSeq of the birth that holds, or {@link #NO_BD_SEQ}. */
  long bdSeq = NO_BD_SEQ;

  /** The seq of the next message, 0 to 255. */
  int nextSeq;

  /** The last messages that came, by their seq: see {@link #heard}. */
  private final long[] heard = new long[HEARD];

  /** By which a birth is known that is offered again. */
  private long birthMicros;

  private long birthDigest;

  Node(String group, String node) {
    this.group = group;
    this.node = node;
    this.own = new Members(group, node, null);
  }

  /** For people. */
  String name() {
    return group + '/' + node;
  }

  /** Those of the node itself, or of a device; null where the node never said of it. */
  @Nullable Members members(@Nullable String device) {
    return device == null ? own : devices.get(device);
  }

  /** Whether that is the message that bore it, offered again. */
  boolean isSameBirth(long receivedMicros, long digest) {
    return own.isBorn && birthMicros == receivedMicros && birthDigest == digest;
  }

  void bornBy(long receivedMicros, long digest) {
    birthMicros = receivedMicros;
    birthDigest = digest;
    Arrays.fill(heard, 0);
  }

  /** Whether that birth holds and has come before, by another way or once more. */
  boolean isRepeatedBirth(long receivedMicros, long digest) {
    return own.isBorn && birthMicros != receivedMicros && birthDigest == digest;
  }

  /** Notes a message that came. */
  void heard(int seq, long digest, long receivedMicros) {
    heard[seq % HEARD] = mark(digest, receivedMicros);
  }

  /**
   * Whether that message was among the last that came, and is not the very same one that is offered
   * again.
   */
  boolean isRepeated(int seq, long digest, long receivedMicros) {
    long before = heard[seq % HEARD];
    long now = mark(digest, receivedMicros);
    return (before ^ now) >>> 32 == 0 && before != now;
  }

  private static long mark(long digest, long receivedMicros) {
    return (digest ^ digest >>> 32) << 32 | (receivedMicros & 0xFFFF_FFFFL);
  }

  /** Null where its birth gave none. Looks through all. */
  @Nullable Long aliasOf(Known metric) {
    for (Map.Entry<Long, Aliased> each : aliases.entrySet()) {
      if (each.getValue().metric() == metric) {
        return each.getKey();
      }
    }
    return null;
  }

  void forgetAliases(Members of) {
    aliases.values().removeIf(each -> each.of() == of);
  }

  static int after(int seq) {
    return (seq + 1) & 0xFF;
  }

  /**
   * When a node is asked for its births again: at once, then after 10 s, 20 s and so on up to 5 min
   * while that does not help. Guarded by its session.
   */
  static final class RebirthRequest {
    private static final long FIRST_MICROS = 10_000_000;
    private static final long MOST_MICROS = 300_000_000;
    private static final long NEVER = Long.MIN_VALUE;

    private long askedMicros = NEVER;
    private long waitMicros = FIRST_MICROS;
    private boolean isWanted;

    /** The births are wanted. */
    void want() {
      isWanted = true;
    }

    /** A birth has come: nothing is wanted any more. */
    void born() {
      isWanted = false;
    }

    boolean isWanted() {
      return isWanted;
    }

    /** Whether it is to be asked now; notes that it is. */
    boolean isDue(long nowMicros) {
      boolean isLongAgo = askedMicros == NEVER || nowMicros - askedMicros >= 2 * MOST_MICROS;
      boolean isEarlier = nowMicros < askedMicros; // the clock was set back
      if (!isWanted || !(isLongAgo || isEarlier || nowMicros - askedMicros >= waitMicros)) {
        return false;
      }
      waitMicros = isLongAgo ? FIRST_MICROS : Math.min(MOST_MICROS, waitMicros * 2);
      askedMicros = nowMicros;
      isWanted = false;
      return true;
    }
  }
}
