package io.sluice.adapter.coap.fast;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The latest messages of each peer with their answers, by which duplicates are recognized (RFC 7252
 * section 4.5): the same sender, Message ID and checksum of all bytes. A device that begins again
 * with Message IDs that it has used before is so not taken for one that sends again.
 *
 * <p>Bounds: so many messages of a peer, so many in all. When full, a peer's new message takes the
 * place of its oldest; a new peer takes the place of the one that has been silent longest, of those
 * that have shown no good credentials first: forged addresses drive out each other, not devices.
 * About 15 bytes a message, 170 a peer, and 80 more of one that has shown good credentials.
 *
 * <p>Not thread-safe.
 */
@SuppressWarnings("ReferenceEquality") // a peer is one object
public final class RecentMessages {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int FIRST_TABLE = 64;

  /** Beside the port: the address is one of IPv4. */
  private static final int IPV4 = 1 << 16;

  private final int maxMessages;
  private final int maxPerPeer;
  private final int confirmableSeconds;
  private final int nonConfirmableSeconds;

  /**
   * By hash, those of one place by {@link Peer#next}; a power of two, and larger than the peers.
   */
  private @Nullable Peer[] table = new @Nullable Peer[FIRST_TABLE];

  private int peers;
  private final Peer unverified = new Peer();
  private final Peer admitted = new Peer();

  // The address that is looked for: as in Peer.
  private long high;
  private long low;
  private int port;

  /** Keeps a sender from choosing addresses that collide. */
  private final long seed = ThreadLocalRandom.current().nextLong();

  private final long multiplier = ThreadLocalRandom.current().nextLong() | 1;
  private int places;

  /**
   * @param confirmableSeconds EXCHANGE_LIFETIME, RFC 7252 section 4.8.2
   * @param nonConfirmableSeconds NON_LIFETIME
   */
  public RecentMessages(
      int maxMessages, int maxPerPeer, int confirmableSeconds, int nonConfirmableSeconds) {
    this.maxMessages = maxMessages;
    this.maxPerPeer = maxPerPeer;
    this.confirmableSeconds = confirmableSeconds;
    this.nonConfirmableSeconds = nonConfirmableSeconds;
  }

  /** One sender, in a ring of those that are as trustworthy, the longest silent first. */
  static final class Peer {
    private final InetSocketAddress address;
    private final int hash;

    // The address once more: the table looks at nothing else.
    private final long high;
    private final long low;
    private final int port;

    /** The next of the same place in the table. */
    private @Nullable Peer next;

    private Peer before = this;
    private Peer after = this;
    private boolean isAdmitted;
    private int lastSecond;

    /** As whom the address has shown itself last. */
    private @Nullable KnownSender sender;

    // a ring of messages: column by column, since a million objects would cost more
    private char[] messageIds = new char[0];

    /** Of each message: its checksum, and in the lower half the second until which it counts. */
    private long[] marks = new long[0];

    private @Nullable Object[] answers = new Object[0];
    private int oldest;
    private int size;

    /** Begins a ring. */
    private Peer() {
      this(InetSocketAddress.createUnresolved("", 0), 0, 0, 0, 0);
    }

    private Peer(InetSocketAddress address, int hash, long high, long low, int port) {
      this.address = address;
      this.hash = hash;
      this.high = high;
      this.low = low;
      this.port = port;
    }

    /** As it is kept here, without what the transport adds to it. */
    InetSocketAddress address() {
      return address;
    }

    @Nullable KnownSender sender() {
      return sender;
    }

    void sender(KnownSender shown) {
      sender = shown;
    }

    private void unlink() {
      before.after = after;
      after.before = before;
    }

    private void linkLast(Peer ring) {
      before = ring.before;
      after = ring;
      before.after = this;
      ring.before = this;
    }

    /** The answer, or the exchange that will have one; null where the message is new. */
    @Nullable Object find(int messageId, int checksum, int second) {
      for (int i = 0; i < size; i++) {
        if (messageIds[i] == messageId
            && (int) (marks[i] >>> Integer.SIZE) == checksum
            && (int) marks[i] - second > 0) {
          return answers[i];
        }
      }
      return null;
    }

    /**
     * Puts the answer in the place of the exchange, where that has not been forgotten.
     *
     * @param likely where it was put
     */
    void replace(Object exchange, int likely, Object answer) {
      if (likely < size && exchange.equals(answers[likely])) {
        answers[likely] = answer;
        return;
      }
      for (int i = 0; i < size; i++) {
        if (exchange.equals(answers[i])) {
          answers[i] = answer;
          return;
        }
      }
    }

    private void grow(int wanted) {
      while (oldest > 0) {
        turn(); // it has been full: the order is not that of the columns
      }
      messageIds = Arrays.copyOf(messageIds, wanted);
      marks = Arrays.copyOf(marks, wanted);
      answers = Arrays.copyOf(answers, wanted);
    }

    /** Puts the first place behind the last. */
    private void turn() {
      char messageId = messageIds[0];
      long mark = marks[0];
      Object answer = answers[0];
      System.arraycopy(messageIds, 1, messageIds, 0, size - 1);
      System.arraycopy(marks, 1, marks, 0, size - 1);
      System.arraycopy(answers, 1, answers, 0, size - 1);
      messageIds[size - 1] = messageId;
      marks[size - 1] = mark;
      answers[size - 1] = answer;
      oldest--;
    }
  }

  /** The peer of this address, which is among the latest heard from now: to the second. */
  Peer peer(InetSocketAddress address, int second) {
    InetAddress host = address.getAddress();
    port = address.getPort();
    if (host instanceof Inet4Address) {
      high = 0;
      low = host.hashCode(); // the address itself
      port |= IPV4;
    } else {
      byte[] bytes = host.getAddress();
      high = (long) LONG.get(bytes, 0);
      low = (long) LONG.get(bytes, Long.BYTES);
    }
    int hash = hash(address);
    Peer known = table[place(hash)];
    while (known != null
        && (known.low != low || known.port != port || known.high != high || known.hash != hash)) {
      known = known.next;
    }
    if (known == null) {
      known = add(address, hash);
    } else if (known.lastSecond == second) {
      return known;
    } else {
      known.unlink();
    }
    known.lastSecond = second;
    known.linkLast(known.isAdmitted ? admitted : unverified);
    return known;
  }

  private int place(int hash) {
    return (hash ^ (hash >>> 16)) & (table.length - 1);
  }

  private Peer add(InetSocketAddress address, int hash) {
    while (places >= maxMessages && (forgetFirst(unverified) || forgetFirst(admitted))) {
      // until there is room
    }
    if (peers >= table.length) {
      enlarge();
    }
    InetSocketAddress plain = new InetSocketAddress(address.getAddress(), address.getPort());
    Peer made = new Peer(plain, hash, high, low, port);
    made.grow(1);
    places++;
    peers++;
    put(made);
    return made;
  }

  private void put(Peer peer) {
    int place = place(peer.hash);
    peer.next = table[place];
    table[place] = peer;
  }

  private void enlarge() {
    @Nullable Peer[] smaller = table;
    table = new @Nullable Peer[2 * smaller.length];
    for (Peer first : smaller) {
      Peer each = first;
      while (each != null) {
        Peer next = each.next;
        put(each);
        each = next;
      }
    }
  }

  private boolean forgetFirst(Peer ring) {
    Peer first = ring.after;
    if (first == ring) {
      return false;
    }
    first.unlink();
    remove(first);
    places -= first.answers.length;
    return true;
  }

  private void remove(Peer peer) {
    int place = place(peer.hash);
    Peer before = null;
    Peer each = table[place];
    while (each != null && each != peer) {
      before = each;
      each = each.next;
    }
    if (each == null) {
      return;
    }
    peers--;
    if (before == null) {
      table[place] = peer.next;
    } else {
      before.next = peer.next;
    }
    peer.next = null;
  }

  private int hash(InetSocketAddress address) {
    long value = address.getPort();
    if (address.getAddress() instanceof Inet4Address) {
      value |= (long) address.getAddress().hashCode() << 16; // the address itself
    } else {
      for (byte each : address.getAddress().getAddress()) {
        value = (value ^ each) * multiplier;
        value ^= value >>> 29;
      }
    }
    value = (value ^ seed) * multiplier;
    return (int) (value >>> 32);
  }

  /** The peer has shown good credentials. */
  void admit(Peer peer) {
    if (!peer.isAdmitted) {
      peer.isAdmitted = true;
      if (isKept(peer)) {
        peer.unlink();
        peer.linkLast(admitted);
      }
    }
  }

  private boolean isKept(Peer peer) {
    Peer each = table[place(peer.hash)];
    while (each != null && each != peer) {
      each = each.next;
    }
    return each != null;
  }

  /**
   * Remembers a message; the exchange is what {@link Peer#find} gives until it is replaced.
   *
   * @return where it was put
   */
  int add(
      Peer peer, int messageId, int checksum, boolean confirmable, int second, Object exchange) {
    int capacity = peer.answers.length;
    if (peer.size == capacity && capacity < maxPerPeer) {
      int more = Math.min(capacity, maxPerPeer - capacity);
      if (places + more <= maxMessages) {
        places += more;
        peer.grow(capacity + more);
      }
    }
    int at;
    if (peer.size < peer.answers.length) {
      at = peer.size++;
    } else {
      at = peer.oldest;
      peer.oldest = at + 1 == peer.size ? 0 : at + 1;
    }
    peer.messageIds[at] = (char) messageId;
    int until = second + (confirmable ? confirmableSeconds : nonConfirmableSeconds);
    peer.marks[at] = (long) checksum << Integer.SIZE | (until & 0xFFFF_FFFFL);
    peer.answers[at] = exchange;
    return at;
  }

  /** Forgets the peers all of whose messages are past their time. */
  void sweep(int second) {
    sweep(unverified, second);
    sweep(admitted, second);
  }

  private void sweep(Peer ring, int second) {
    while (ring.after != ring && second - ring.after.lastSecond > confirmableSeconds) {
      var _ = forgetFirst(ring);
    }
  }

  /** Places taken, for the bound. */
  int places() {
    return places;
  }

  int peers() {
    return peers;
  }
}
