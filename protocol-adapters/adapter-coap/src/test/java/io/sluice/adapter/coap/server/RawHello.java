package io.sluice.adapter.coap.server;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** ClientHello messages of DTLS 1.2 by hand (RFC 6347 section 4.2), and what answers them. */
public final class RawHello {
  static final int HELLO_VERIFY_REQUEST = 3;
  static final int SERVER_HELLO = 2;

  private static final int RECORD_HEADER = 13;
  private static final int MESSAGE_HEADER = 12;

  private RawHello() {}

  /** Offers pre-shared keys with CCM_8 and GCM. */
  public static byte[] clientHello(byte[] random, byte[] cookie, int sequence) {
    int body = 2 + 32 + 1 + 1 + cookie.length + 2 + 4 + 2;
    ByteBuffer out = ByteBuffer.allocate(RECORD_HEADER + MESSAGE_HEADER + body);
    record(out, 22, sequence, MESSAGE_HEADER + body);
    out.put((byte) 1).put((byte) 0).putShort((short) body); // client_hello, length
    out.putShort((short) sequence); // message_seq
    out.put((byte) 0).putShort((short) 0); // fragment_offset
    out.put((byte) 0).putShort((short) body); // fragment_length
    out.putShort((short) 0xFEFD).put(random).put((byte) 0); // version, random, no session
    out.put((byte) cookie.length).put(cookie);
    out.putShort((short) 4).putShort((short) 0xC0A8).putShort((short) 0x00A8);
    out.put((byte) 1).put((byte) 0); // no compression
    return out.array();
  }

  /** A fatal handshake_failure in the clear. */
  static byte[] alert(int sequence) {
    ByteBuffer out = ByteBuffer.allocate(RECORD_HEADER + 2);
    record(out, 21, sequence, 2);
    return out.put((byte) 2).put((byte) 40).array();
  }

  private static void record(ByteBuffer out, int type, int sequence, int length) {
    out.put((byte) type).putShort((short) 0xFEFD).putShort((short) 0);
    out.putShort((short) 0).putInt(sequence).putShort((short) length);
  }

  static int messageType(byte[] datagram) {
    return datagram[RECORD_HEADER];
  }

  /** The cookie of a HelloVerifyRequest. */
  static byte[] cookie(byte[] datagram) {
    int at = RECORD_HEADER + MESSAGE_HEADER + 2;
    return Arrays.copyOfRange(datagram, at + 1, at + 1 + datagram[at]);
  }
}
