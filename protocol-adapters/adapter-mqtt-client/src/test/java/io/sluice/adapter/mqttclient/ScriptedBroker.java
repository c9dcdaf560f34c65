package io.sluice.adapter.mqttclient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A broker that does what its test says, byte by byte. */
final class ScriptedBroker implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 45_000;

  /** What it does with a connection that comes. */
  interface Role {
    void play(Conversation met) throws IOException;
  }

  private final ServerSocket server;
  private final AtomicReference<@Nullable Role> role = new AtomicReference<>(null);

  ScriptedBroker(InetAddress address, int port) throws IOException {
    server = new ServerSocket(port, 10, address);
    server.setSoTimeout(PATIENCE_MILLIS);
  }

  ScriptedBroker() throws IOException {
    this(InetAddress.getLoopbackAddress(), 0);
  }

  int port() {
    return server.getLocalPort();
  }

  /** The next connection, of which nothing is read. */
  Conversation accept() throws IOException {
    return new Conversation(server.accept());
  }

  /** The next connection, let in and with its subscriptions granted. */
  Conversation welcome(boolean isSessionPresent) throws IOException {
    Conversation met = accept();
    met.read(1);
    met.connack(isSessionPresent, 0);
    met.read(8);
    met.suback(1);
    return met;
  }

  static void letIn(Conversation met) throws IOException {
    if (met.read() != null) {
      met.connack(false, 0);
    }
  }

  static void letInAndSubscribe(Conversation met) throws IOException {
    letIn(met);
    if (met.read() != null) {
      met.suback(1);
    }
  }

  /**
   * Does so with each connection from now on, and answers its pings. A source that is in a hurry
   * may have left a connection before it is taken up here: it comes once more.
   */
  void serve(Role each) {
    if (role.getAndSet(each) == null) {
      Thread.ofVirtual().start(this::serve);
    }
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Conversation met = accept()) {
        Objects.requireNonNull(role.get()).play(met);
        while (met.read() != null) {
          // nothing else is answered
        }
      } catch (IOException over) {
        // that connection is, or the test
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  /** One connection. */
  static final class Conversation implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    boolean isV5 = true;

    /** Of the SUBSCRIBE that was read last. */
    private int subscribeId = 1;

    Conversation(Socket socket) throws IOException {
      this.socket = socket;
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      in = new DataInputStream(socket.getInputStream());
      out = new DataOutputStream(socket.getOutputStream());
    }

    /** Reads a packet of that type, and passes over pings; its body. */
    byte[] read(int type) throws IOException {
      byte[] packet = read();
      assertThat(packet).as("an end of the connection").isNotNull();
      assertThat((packet[0] & 0xFF) >> 4).isEqualTo(type);
      return Arrays.copyOfRange(packet, 1, packet.length);
    }

    /** First byte and body of a packet that is no ping; null at the end of the connection. */
    byte @Nullable [] read() throws IOException {
      try {
        int first = in.readUnsignedByte();
        int length = 0;
        int shift = 0;
        int next;
        do {
          next = in.readUnsignedByte();
          length |= (next & 0x7F) << shift;
          shift += 7;
        } while (next >= 0x80);
        byte[] packet = new byte[1 + length];
        packet[0] = (byte) first;
        in.readFully(packet, 1, length);
        if (first == 0xC0) {
          send(0xD0);
          return read();
        } else if (first == 0x10) {
          isV5 = packet[7] == 5;
        } else if (first == 0x82) {
          subscribeId = (packet[1] & 0xFF) << 8 | (packet[2] & 0xFF);
        }
        return packet;
      } catch (EOFException end) {
        return null;
      }
    }

    int puback() throws IOException {
      byte[] body = read(4);
      return (body[0] & 0xFF) << 8 | (body[1] & 0xFF);
    }

    /** Answers so many pings, which are all that comes. */
    void answerPings(int count) throws IOException {
      for (int i = 0; i < count; i++) {
        assertThat(in.readUnsignedByte()).isEqualTo(0xC0);
        in.readUnsignedByte();
        send(0xD0);
      }
    }

    /** Whether nothing comes for a while, pings aside. */
    boolean isSilent(int millis) throws IOException {
      long until = System.nanoTime() + millis * 1_000_000L;
      try {
        for (long left = millis; left > 0; left = (until - System.nanoTime()) / 1_000_000) {
          socket.setSoTimeout((int) left);
          int first = in.read();
          if (first != 0xC0) {
            return first < 0;
          }
          in.readUnsignedByte();
          send(0xD0);
        }
        return true;
      } catch (java.net.SocketTimeoutException silent) {
        return true;
      } finally {
        socket.setSoTimeout(PATIENCE_MILLIS);
      }
    }

    void connack(boolean isSessionPresent, int code, int... properties) throws IOException {
      byte[] body = new byte[isV5 ? 3 + properties.length : 2];
      body[0] = (byte) (isSessionPresent ? 1 : 0);
      body[1] = (byte) code;
      for (int i = 0; isV5 && i < properties.length; i++) {
        body[2] = (byte) properties.length;
        body[3 + i] = (byte) properties[i];
      }
      packet(0x20, body);
    }

    void suback(int... codes) throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      body.write(subscribeId >> 8);
      body.write(subscribeId);
      if (isV5) {
        body.write(0);
      }
      for (int code : codes) {
        body.write(code);
      }
      packet(0x90, body.toByteArray());
    }

    void publish(int id, String topic, String payload) throws IOException {
      publish(0x32, id, topic, payload.getBytes(UTF_8));
    }

    /** First byte 0x30: QoS 0; 0x3A: QoS 1 again; 0x33: QoS 1 retained. */
    void publish(int first, int id, String topic, byte[] payload, int... properties)
        throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      byte[] name = topic.getBytes(UTF_8);
      body.write(name.length >> 8);
      body.write(name.length);
      body.write(name);
      if ((first & 6) != 0) {
        body.write(id >> 8);
        body.write(id);
      }
      if (isV5) {
        body.write(properties.length);
        for (int each : properties) {
          body.write(each);
        }
      }
      body.write(payload);
      packet(first, body.toByteArray());
    }

    private void packet(int first, byte[] body) throws IOException {
      ByteArrayOutputStream packet = new ByteArrayOutputStream();
      packet.write(first);
      int rest = body.length;
      while (rest > 0x7F) {
        packet.write((rest & 0x7F) | 0x80);
        rest >>>= 7;
      }
      packet.write(rest);
      packet.write(body);
      out.write(packet.toByteArray());
      out.flush();
    }

    void raw(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    void send(int first) throws IOException {
      packet(first, new byte[0]);
    }

    void hangUp() throws IOException {
      socket.close();
    }

    @Override
    public void close() throws IOException {
      hangUp();
    }
  }
}
