package io.sluice.adapter.coap.dtls;

import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.jspecify.annotations.Nullable;

/**
 * ClientHellos in the clear, as they come: puts together those in fragments (RFC 6347 section
 * 4.2.3), which Scandium does not, and reads the suites and the server name of a whole one.
 *
 * <p>Bounds: {@value #MAX_PARTIAL} senders with a part, each with {@value #MAX_HELLO_BYTES} bytes;
 * beyond them the one heard longest ago is forgotten: it sends again. Thread-safe.
 */
final class ClientHelloBytes {
  static final int MAX_PARTIAL = 256;
  static final int MAX_HELLO_BYTES = 4096;

  private static final int RECORD_HEADER = 13;
  private static final int MESSAGE_HEADER = 12;
  private static final byte HANDSHAKE_RECORD = 22;
  private static final byte CLIENT_HELLO = 1;
  private static final int RANDOM_BYTES = 32;
  private static final int SERVER_NAME = 0;
  private static final int MAX_SUITES_NAMED = 16;

  /** Guarded by this. */
  private final LinkedHashMap<InetSocketAddress, Partial> partial =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, Partial> eldest) {
          return size() > MAX_PARTIAL;
        }
      };

  private static final class Partial {
    private final int sequence;
    private final byte[] body;
    private final BitSet here = new BitSet();

    Partial(int sequence, int length) {
      this.sequence = sequence;
      this.body = new byte[length];
    }
  }

  /** In the clear: a ClientHello of an open session is encrypted. */
  static boolean isClientHello(DatagramPacket packet) {
    byte[] bytes = packet.getData();
    int start = packet.getOffset();
    return packet.getLength() > RECORD_HEADER
        && bytes[start] == HANDSHAKE_RECORD
        && bytes[start + RECORD_HEADER] == CLIENT_HELLO
        && bytes[start + 3] == 0 // epoch 0
        && bytes[start + 4] == 0;
  }

  private static int uint24(ByteBuffer in) {
    return ((in.get() & 0xff) << 16) | (in.getShort() & 0xffff);
  }

  /**
   * Takes the datagram; where it completes a ClientHello, the datagram becomes that.
   *
   * @return false where more fragments are awaited, or it is of no use
   */
  synchronized boolean complete(DatagramPacket packet) {
    ByteBuffer in = ByteBuffer.wrap(packet.getData(), packet.getOffset(), packet.getLength());
    try {
      int start = in.position();
      in.position(start + RECORD_HEADER + 1);
      if (uint24(in) == fragmentLength(in)) {
        return true; // whole, as nearly all are
      }
      in.position(start);
      InetSocketAddress sender = (InetSocketAddress) packet.getSocketAddress();
      byte[] header = null;
      while (in.remaining() >= RECORD_HEADER + MESSAGE_HEADER) {
        byte[] read = new byte[RECORD_HEADER];
        in.get(read);
        int next = in.position() + (((read[11] & 0xff) << 8) | (read[12] & 0xff));
        if (read[0] != HANDSHAKE_RECORD || next > in.limit() || !add(sender, in)) {
          return false;
        }
        header = read;
        in.position(next);
      }
      Partial gathered = partial.get(sender);
      if (header == null
          || gathered == null
          || gathered.here.cardinality() < gathered.body.length) {
        return false;
      }
      partial.remove(sender);
      byte[] whole = whole(header, gathered);
      packet.setData(whole, 0, whole.length);
      return true;
    } catch (BufferUnderflowException | IllegalArgumentException cut) {
      return true; // malformed: Scandium judges it
    }
  }

  /** The position is behind the message's length; it stays. */
  private static int fragmentLength(ByteBuffer in) {
    return ((in.get(in.position() + 5) & 0xff) << 16)
        | ((in.get(in.position() + 6) & 0xff) << 8)
        | (in.get(in.position() + 7) & 0xff);
  }

  private boolean add(InetSocketAddress sender, ByteBuffer in) {
    byte type = in.get();
    int length = uint24(in);
    int sequence = in.getShort() & 0xffff;
    int offset = uint24(in);
    int fragment = uint24(in);
    if (type != CLIENT_HELLO || length > MAX_HELLO_BYTES || offset + fragment > length) {
      return false;
    }
    Partial gathered = partial.get(sender);
    if (gathered == null || gathered.sequence != sequence || gathered.body.length != length) {
      gathered = new Partial(sequence, length);
      partial.put(sender, gathered);
    }
    in.get(gathered.body, offset, fragment);
    gathered.here.set(offset, offset + fragment);
    return true;
  }

  /** As if it had come in one: so it counts for the Finished (RFC 6347 section 4.2.6). */
  private static byte[] whole(byte[] recordHeader, Partial gathered) {
    int length = gathered.body.length;
    ByteBuffer out = ByteBuffer.allocate(RECORD_HEADER + MESSAGE_HEADER + length);
    out.put(recordHeader, 0, RECORD_HEADER - 2).putShort((short) (MESSAGE_HEADER + length));
    out.put(CLIENT_HELLO).put((byte) (length >> 16)).putShort((short) length);
    out.putShort((short) gathered.sequence);
    out.put((byte) 0).putShort((short) 0);
    out.put((byte) (length >> 16)).putShort((short) length);
    return out.put(gathered.body).array();
  }

  /** What a whole ClientHello offers and names. */
  record Offer(List<Integer> suites, @Nullable String serverName) {
    /** Whether the name is an IPv6 address, for which Scandium drops the message. */
    boolean namesAnAddress() {
      return serverName != null && serverName.indexOf(':') >= 0;
    }

    String suiteNames() {
      List<String> names = new ArrayList<>();
      for (int code : suites.subList(0, Math.min(MAX_SUITES_NAMED, suites.size()))) {
        CipherSuite known = CipherSuite.getTypeByCode(code);
        names.add(known == null ? "0x%04x".formatted(code) : known.name());
      }
      int more = suites.size() - names.size();
      return String.join(" ", names) + (more > 0 ? " and " + more + " more" : "");
    }
  }

  /** Null where it cannot be read. */
  static @Nullable Offer offer(DatagramPacket packet) {
    try {
      ByteBuffer in = ByteBuffer.wrap(packet.getData(), packet.getOffset(), packet.getLength());
      skip(in, RECORD_HEADER + MESSAGE_HEADER + 2 + RANDOM_BYTES);
      skip(in, in.get() & 0xff); // session id
      skip(in, in.get() & 0xff); // cookie
      List<Integer> suites = new ArrayList<>();
      for (int left = in.getShort() & 0xffff; left > 1; left -= 2) {
        suites.add(in.getShort() & 0xffff);
      }
      skip(in, in.get() & 0xff); // compression methods
      return new Offer(List.copyOf(suites), in.remaining() > 2 ? serverName(in) : null);
    } catch (BufferUnderflowException | IllegalArgumentException cut) {
      return null;
    }
  }

  private static @Nullable String serverName(ByteBuffer in) {
    skip(in, 2);
    while (in.remaining() >= 4) {
      int type = in.getShort() & 0xffff;
      int length = in.getShort() & 0xffff;
      if (type == SERVER_NAME && length > 5) {
        skip(in, 3); // the list's length, and the name's type
        byte[] name = new byte[Math.min(in.getShort() & 0xffff, length - 5)];
        in.get(name);
        return new String(
            Arrays.copyOf(name, Math.min(64, name.length)), StandardCharsets.US_ASCII);
      }
      skip(in, length);
    }
    return null;
  }

  private static void skip(ByteBuffer in, int bytes) {
    in.position(in.position() + bytes);
  }
}
