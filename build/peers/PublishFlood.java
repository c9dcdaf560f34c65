import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Publishes at QoS 1 by one connection as fast as it is acknowledged, MQTT 3.1.1: as a client to a
 * gateway ({@code publish HOST PORT USER PASSWORD}), or as the broker that a gateway's source has
 * subscribed to ({@code serve PORT}); then window, seconds of warm-up, seconds. Says {@code begin}
 * and {@code end MESSAGES NANOS} of what is measured, and ends once all is acknowledged.
 */
final class PublishFlood {
  private static final int DEVICES = 100;
  private static final String PAYLOAD =
      "{\"voltage\":230.8,\"current\":2.51,\"power\":550.2,\"energy\":12345.678,\"powerFactor\":0.95,"
          + "\"frequency\":50.01,\"temperature\":31.4,\"apparent\":579.3,\"reactive\":180.7,\"n\":10001}";

  private final InputStream in;
  private final OutputStream out;
  private final int window;
  private final List<byte[]> packets = new ArrayList<>();
  private final byte[] read = new byte[1 << 16];
  private int partBytes;
  private int inHand;
  private int nextId = 1;
  private int nextDevice;
  private long acknowledged;

  private PublishFlood(Socket socket, int window) throws IOException {
    socket.setTcpNoDelay(true);
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.window = window;
    byte[] payload = PAYLOAD.getBytes(StandardCharsets.UTF_8);
    for (int i = 1; i <= DEVICES; i++) {
      byte[] topic = "bench/load-%04d/telemetry".formatted(i).getBytes(StandardCharsets.UTF_8);
      int length = 2 + topic.length + 2 + payload.length;
      byte[] packet = new byte[3 + length];
      packet[0] = 0x32;
      packet[1] = (byte) (length & 0x7F | 0x80);
      packet[2] = (byte) (length >> 7);
      packet[3] = 0;
      packet[4] = (byte) topic.length;
      System.arraycopy(topic, 0, packet, 5, topic.length);
      System.arraycopy(payload, 0, packet, 5 + topic.length + 2, payload.length);
      packets.add(packet);
    }
  }

  public static void main(String[] words) throws IOException {
    boolean isBroker = words[0].equals("serve");
    int at = isBroker ? 2 : 5;
    int window = Integer.parseInt(words[at]);
    long warmUp = TimeUnit.SECONDS.toNanos(Long.parseLong(words[at + 1]));
    long measured = TimeUnit.SECONDS.toNanos(Long.parseLong(words[at + 2]));
    try (Socket socket = isBroker ? subscriber(Integer.parseInt(words[1])) : client(words)) {
      PublishFlood flood = new PublishFlood(socket, window);
      flood.run(System.nanoTime() + warmUp);
      System.out.println("begin");
      long before = flood.acknowledged;
      long began = System.nanoTime();
      flood.run(began + measured);
      System.out.println("end " + (flood.acknowledged - before) + ' ' + (System.nanoTime() - began));
      while (flood.inHand > 0) {
        flood.takeAnswers();
      }
      System.out.println("all " + flood.acknowledged);
    }
  }

  /** The source, once it has subscribed. */
  private static Socket subscriber(int port) throws IOException {
    try (ServerSocket server = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      System.out.println("ready");
      Socket socket = server.accept();
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      packet(in); // CONNECT
      out.write(new byte[] {0x20, 2, 0, 0});
      byte[] subscribe = packet(in);
      out.write(new byte[] {(byte) 0x90, 3, subscribe[0], subscribe[1], 1});
      return socket;
    }
  }

  private static Socket client(String[] words) throws IOException {
    System.out.println("ready");
    Socket socket = new Socket(words[1], Integer.parseInt(words[2]));
    byte[] user = words[3].getBytes(StandardCharsets.UTF_8);
    byte[] password = words[4].getBytes(StandardCharsets.UTF_8);
    byte[] packet = new byte[2 + 10 + 2 + 2 + user.length + 2 + password.length];
    byte[] head = {0x10, (byte) (packet.length - 2), 0, 4, 'M', 'Q', 'T', 'T', 4, (byte) 0xC2, 0, 60};
    System.arraycopy(head, 0, packet, 0, head.length); // an empty client id behind it
    packet[15] = (byte) user.length;
    System.arraycopy(user, 0, packet, 16, user.length);
    packet[17 + user.length] = (byte) password.length;
    System.arraycopy(password, 0, packet, 18 + user.length, password.length);
    socket.getOutputStream().write(packet);
    byte[] answer = packet(socket.getInputStream());
    if (answer[1] != 0) {
      throw new IOException("CONNACK " + answer[1]);
    }
    return socket;
  }

  /** What stands in the next packet, behind its length. */
  private static byte[] packet(InputStream in) throws IOException {
    in.read();
    int length = 0;
    int shift = 0;
    int next;
    do {
      next = in.read();
      length |= (next & 0x7F) << shift;
      shift += 7;
    } while (next >= 0x80);
    return in.readNBytes(length);
  }

  private void run(long until) throws IOException {
    byte[] batch = new byte[window * packets.getFirst().length];
    while (System.nanoTime() - until < 0) {
      int length = 0;
      while (inHand < window) {
        byte[] packet = packets.get(nextDevice);
        nextDevice = (nextDevice + 1) % DEVICES;
        System.arraycopy(packet, 0, batch, length, packet.length);
        int id = length + 5 + packet[4];
        batch[id] = (byte) (nextId >> 8);
        batch[id + 1] = (byte) nextId;
        nextId = nextId == 0xFFFF ? 1 : nextId + 1;
        length += packet.length;
        inHand++;
      }
      out.write(batch, 0, length);
      takeAnswers();
    }
  }

  /** Waits for some bytes: PUBACK, and PINGREQ of a source. */
  private void takeAnswers() throws IOException {
    int count = in.read(read, partBytes, read.length - partBytes);
    if (count < 0) {
      throw new IOException("the gateway has closed the connection");
    }
    int end = partBytes + count;
    int at = 0;
    while (end - at >= 2 && end - at >= 2 + read[at + 1]) {
      switch ((read[at] & 0xFF) >> 4) {
        case 4 -> {
          inHand--;
          acknowledged++;
        }
        case 12 -> out.write(new byte[] {(byte) 0xD0, 0});
        default -> throw new IOException("a packet of type " + ((read[at] & 0xFF) >> 4));
      }
      at += 2 + read[at + 1];
    }
    partBytes = end - at;
    byte[] rest = Arrays.copyOfRange(read, at, end);
    System.arraycopy(rest, 0, read, 0, rest.length);
  }
}
