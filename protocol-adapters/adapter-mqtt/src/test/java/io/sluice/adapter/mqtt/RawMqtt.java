package io.sluice.adapter.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.adapter.testkit.AdapterContract;
import io.sluice.api.adapter.Adapter;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;

/** A client that sends the bytes that it is told, right or wrong. */
final class RawMqtt implements Closeable {
  /** One packet as it came: first byte, and what follows the remaining length. */
  record Packet(int first, byte[] body) {
    int type() {
      return first >> 4;
    }
  }

  private final Socket socket;
  private final DataInputStream in;

  RawMqtt(Adapter adapter) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), AdapterContract.port(adapter)));
  }

  RawMqtt(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(45_000);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
  }

  /** A client that is connected as d1, with this protocol level. */
  static RawMqtt connected(Adapter adapter, int level) throws IOException {
    RawMqtt client = new RawMqtt(adapter);
    client.send(connect(level, 0xC2, "c1", "d1", "pw"));
    Packet answer = client.next();
    if (answer.type() != 2 || answer.body()[1] != 0) {
      throw new IOException("CONNACK " + answer.body()[1]);
    }
    return client;
  }

  RawMqtt send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  Packet next() throws IOException {
    int first = in.readUnsignedByte();
    int length = 0;
    int shift = 0;
    int part;
    do {
      part = in.readUnsignedByte();
      length |= (part & 0x7F) << shift;
      shift += 7;
    } while ((part & 0x80) != 0);
    byte[] body = new byte[length];
    in.readFully(body);
    return new Packet(first, body);
  }

  /** The reason of a DISCONNECT or CONNACK before the end, -1 where the end comes without one. */
  int reasonAtEnd() throws IOException {
    int reason = -1;
    try {
      while (true) {
        Packet packet = next();
        if (packet.type() == 14) {
          reason = packet.body()[0] & 0xFF;
        } else if (packet.type() == 2) {
          reason = packet.body()[1] & 0xFF;
        }
      }
    } catch (EOFException | SocketException _) {
      return reason;
    }
  }

  /** CONNECT with user name and password where they are given; flags as they are given. */
  static byte[] connect(int level, int flags, String clientId, String user, String password) {
    Bytes body = new Bytes().text(level == 3 ? "MQIsdp" : "MQTT").raw(level, flags, 0, 60);
    if (level == 5) {
      body.raw(0);
    }
    body.text(clientId);
    if ((flags & 0x80) != 0) {
      body.text(user);
    }
    if ((flags & 0x40) != 0) {
      body.text(password);
    }
    return packet(0x10, body);
  }

  static byte[] packet(int first, Bytes body) {
    byte[] content = body.toByteArray();
    Bytes all = new Bytes().raw(first);
    int left = content.length;
    do {
      all.raw(left % 128 | (left >= 128 ? 0x80 : 0));
      left /= 128;
    } while (left > 0);
    all.writeBytes(content);
    return all.toByteArray();
  }

  static byte[] joined(byte[]... parts) {
    Bytes all = new Bytes();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** Bytes put one after another. */
  static final class Bytes extends ByteArrayOutputStream {
    Bytes raw(int... values) {
      for (int value : values) {
        write(value);
      }
      return this;
    }

    Bytes text(String value) {
      byte[] utf8 = value.getBytes(UTF_8);
      raw(utf8.length >> 8, utf8.length);
      writeBytes(utf8);
      return this;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
