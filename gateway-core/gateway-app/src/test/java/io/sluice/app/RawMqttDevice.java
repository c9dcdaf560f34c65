package io.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.HexFormat;

/**
 * A device of MQTT 3.1.1, packet by packet: sections 3.1, 3.3, 3.4 and 3.8. Its packets are shorter
 * than 128 bytes. It acknowledges what it is told to.
 */
final class RawMqttDevice implements Closeable {
  private final Socket socket;
  private final DataInputStream in;

  /** Connects, and is let in. */
  RawMqttDevice(InetSocketAddress listener, String device, String password) throws IOException {
    socket = new Socket(listener.getAddress(), listener.getPort());
    socket.setSoTimeout(30_000);
    in = new DataInputStream(socket.getInputStream());
    // protocol name and level, user name, password and clean session, keep-alive of 60 s
    write(0x10, joined("00044D515454 04 C2 003C", text(device), text(device), text(password)));
    try {
      assertThat(HexFormat.of().formatHex(packet(2))).as("CONNACK").isEqualTo("0000");
    } catch (IOException | AssertionError refused) {
      socket.close();
      throw refused;
    }
  }

  /** Subscribes to its commands at QoS 1. */
  void subscribe() throws IOException {
    write(0x82, joined("0001", text("command/#"), "01"));
    packet(9);
  }

  /** Publishes at QoS 1, and waits for the PUBACK. */
  void publish(String topic, String payload) throws IOException {
    write(0x32, joined(text(topic), "0002", payload.getBytes(UTF_8)));
    packet(4);
  }

  private void write(int first, byte[] body) throws IOException {
    byte[] packet = new byte[2 + body.length];
    packet[0] = (byte) first;
    packet[1] = (byte) body.length;
    System.arraycopy(body, 0, packet, 2, body.length);
    socket.getOutputStream().write(packet);
  }

  /** The body of the next packet, which is of that type. */
  private byte[] packet(int type) throws IOException {
    int first = in.readUnsignedByte();
    byte[] body = new byte[in.readUnsignedByte()];
    in.readFully(body);
    assertThat(first >> 4).as("type of a packet").isEqualTo(type);
    return body;
  }

  /** The packet id of the next packet, which is that command. */
  int command(String name) throws IOException {
    byte[] body = packet(3);
    int topic = 2 + body[1];
    assertThat(new String(body, 2, topic - 2, UTF_8)).isEqualTo("command/" + name);
    return ((body[topic] & 0xFF) << 8) | (body[topic + 1] & 0xFF);
  }

  void acknowledge(int packetId) throws IOException {
    write(0x40, new byte[] {(byte) (packetId >> 8), (byte) packetId});
  }

  /** Whether the gateway has closed; waits for it. */
  boolean hasEnded() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** With its length in two bytes before it. */
  private static byte[] text(String value) {
    byte[] utf8 = value.getBytes(UTF_8);
    byte[] all = new byte[utf8.length + 2];
    all[1] = (byte) utf8.length;
    System.arraycopy(utf8, 0, all, 2, utf8.length);
    return all;
  }

  /** Bytes as they are, and text: in hexadecimal where it looks so, else in UTF-8. */
  static byte[] joined(Object... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Object part : parts) {
      if (part instanceof byte[] bytes) {
        all.writeBytes(bytes);
      } else {
        String value = String.valueOf(part);
        boolean isHex = value.matches("[0-9A-F ]+");
        all.writeBytes(
            isHex ? HexFormat.of().parseHex(value.replace(" ", "")) : value.getBytes(UTF_8));
      }
    }
    return all.toByteArray();
  }
}
