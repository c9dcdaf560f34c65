package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A peer that sends and receives bare datagrams. */
public final class RawPeer implements AutoCloseable {
  private final DatagramSocket socket;

  /** Message IDs of the answers that came late. */
  private final Set<Integer> late = new HashSet<>();

  public RawPeer(InetSocketAddress server) throws IOException {
    socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    socket.connect(InetAddress.getLoopbackAddress(), server.getPort());
  }

  void send(byte[] datagram) throws IOException {
    socket.send(new DatagramPacket(datagram, datagram.length));
  }

  /**
   * The next message. An answer that comes behind an empty acknowledgement (RFC 7252 section
   * 5.2.2), as the machine was busy for a second, is acknowledged and taken as if it had come at
   * once.
   */
  byte[] receive() throws IOException {
    boolean isLate = false;
    while (true) {
      byte[] message = next();
      boolean isAgain = type(message).equals("CON") && late.contains(messageId(message));
      if (type(message).equals("ACK") && message[1] == 0) {
        isLate = true;
      } else if (isAgain || (isLate && type(message).equals("CON"))) {
        send(new byte[] {0x60, 0, message[2], message[3]});
        if (late.add(messageId(message))) {
          return message;
        }
      } else {
        return message;
      }
    }
  }

  /** The next message, whatever it is. */
  byte[] next() throws IOException {
    byte[] answer = receive(45_000);
    if (answer == null) {
      throw new SocketTimeoutException("no answer within 45 s");
    }
    return answer;
  }

  byte @Nullable [] receive(int timeoutMillis) throws IOException {
    socket.setSoTimeout(timeoutMillis);
    DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
    try {
      socket.receive(packet);
      return Arrays.copyOf(packet.getData(), packet.getLength());
    } catch (SocketTimeoutException silence) {
      return null;
    }
  }

  static String type(byte[] message) {
    return new String[] {"CON", "NON", "ACK", "RST"}[(message[0] >> 4) & 3];
  }

  static String code(byte[] message) {
    return ((message[1] >> 5) & 7) + ".0" + (message[1] & 31);
  }

  static int messageId(byte[] message) {
    return ((message[2] & 0xff) << 8) | (message[3] & 0xff);
  }

  /** Confirmable GET with the token 0x55. */
  static byte[] get(
      String path, String device, String token, int messageId, boolean observe, String... queries) {
    ByteArrayOutputStream out = header(1, messageId);
    int last = 0;
    if (observe) {
      last = option(out, last, 6, new byte[0]);
    }
    last = option(out, last, 11, path.getBytes(UTF_8));
    last = option(out, last, 15, device.getBytes(UTF_8));
    last = option(out, last, 15, token.getBytes(UTF_8));
    for (String query : queries) {
      last = option(out, last, 15, query.getBytes(UTF_8));
    }
    return out.toByteArray();
  }

  /** Confirmable POST of text to /telemetry with good credentials. */
  public static byte[] post(int messageId, String payload) {
    return post(messageId, "raw-1", "secret", payload);
  }

  /** Confirmable POST of text to /telemetry. */
  static byte[] post(int messageId, String device, String token, String payload) {
    ByteArrayOutputStream out = header(2, messageId);
    int last = option(out, 0, 11, "telemetry".getBytes(UTF_8));
    last = option(out, last, 12, new byte[0]);
    last = option(out, last, 15, ("d=" + device).getBytes(UTF_8));
    option(out, last, 15, ("k=" + token).getBytes(UTF_8));
    out.write(0xff);
    out.writeBytes(payload.getBytes(UTF_8));
    return out.toByteArray();
  }

  /** Confirmable POST with a Block1 (27) or Block2 (23) option of one byte. */
  public static byte[] block(int messageId, int option, int value, String payload) {
    return post(messageId, option, new byte[] {(byte) value}, payload);
  }

  /** Confirmable POST of text to /telemetry with one more option behind the query. */
  static byte[] post(int messageId, int option, byte[] value, String payload) {
    ByteArrayOutputStream out = header(2, messageId);
    int last = option(out, 0, 11, "telemetry".getBytes(UTF_8));
    last = option(out, last, 15, "d=raw-1".getBytes(UTF_8));
    last = option(out, last, 15, "k=secret".getBytes(UTF_8));
    option(out, last, option, value);
    if (!payload.isEmpty()) {
      out.write(0xff);
      out.writeBytes(payload.getBytes(UTF_8));
    }
    return out.toByteArray();
  }

  public static ByteArrayOutputStream header(int code, int messageId) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0x41, (byte) code, (byte) (messageId >> 8), (byte) messageId, 0x55});
    return out;
  }

  /** Appends an option of less than 13 bytes (RFC 7252 3.1), and gives its number. */
  public static int option(ByteArrayOutputStream out, int last, int number, byte[] value) {
    int delta = number - last;
    if (delta < 13) {
      out.write((delta << 4) | value.length);
    } else {
      out.write((13 << 4) | value.length);
      out.write(delta - 13);
    }
    out.writeBytes(value);
    return number;
  }

  @Override
  public void close() {
    socket.close();
  }
}
