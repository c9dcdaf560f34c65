import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Edge nodes of Sparkplug B at a fixed rate, QoS 0 as the specification wants: HOST PORT NODES
 * METRICS SECONDS of warm-up, SECONDS. Each node has a connection and METRICS doubles with aliases,
 * all of which it sends ten times a second. Says {@code begin}, {@code end MESSAGES LATE-MILLIS},
 * and {@code all MESSAGES} once the gateway has answered a ping behind the last.
 */
final class SparkplugNodes {
  private static final int TURNS_A_SECOND = 10;
  private static final int DOUBLE = 10;

  private final Socket socket;
  private final String name;
  private final int metrics;
  private final byte[] body;
  private int seq;

  private SparkplugNodes(String host, int port, String name, int metrics) throws IOException {
    this.socket = new Socket(host, port);
    this.name = name;
    this.metrics = metrics;
    this.body = metrics(false);
    socket.setTcpNoDelay(true);
    ByteArrayOutputStream connect = new ByteArrayOutputStream();
    connect.writeBytes(new byte[] {0, 4, 'M', 'Q', 'T', 'T', 4, (byte) 0xC2, 0, 60});
    for (String each : List.of(name, name, "password-of-" + name)) {
      text(connect, each);
    }
    socket.getOutputStream().write(packet(0x10, connect.toByteArray()));
    byte[] answer = socket.getInputStream().readNBytes(4);
    if (answer[3] != 0) {
      throw new IOException("CONNACK " + answer[3] + " of " + name);
    }
    publish("NBIRTH", payload(metrics(true)));
  }

  public static void main(String[] words) throws Exception {
    System.out.println("ready");
    int count = Integer.parseInt(words[2]);
    List<SparkplugNodes> nodes = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      nodes.add(
          new SparkplugNodes(
              words[0],
              Integer.parseInt(words[1]),
              "node-%03d".formatted(i),
              Integer.parseInt(words[3])));
    }
    int warmUp = Integer.parseInt(words[4]) * TURNS_A_SECOND;
    int turns = warmUp + Integer.parseInt(words[5]) * TURNS_A_SECOND;
    long began = System.nanoTime();
    long late = 0;
    for (int turn = 0; turn < turns; turn++) {
      long due = began + turn * TimeUnit.SECONDS.toNanos(1) / TURNS_A_SECOND;
      long left = due - System.nanoTime();
      if (left > 0) {
        TimeUnit.NANOSECONDS.sleep(left);
      } else {
        late = Math.max(late, turn < warmUp ? 0 : -left);
      }
      if (turn == warmUp) {
        System.out.println("begin");
      }
      for (SparkplugNodes node : nodes) {
        node.publish("NDATA", node.payload(node.body));
      }
    }
    long messages = (long) (turns - warmUp) * count;
    System.out.println("end " + messages + ' ' + TimeUnit.NANOSECONDS.toMillis(late));
    for (SparkplugNodes node : nodes) {
      node.socket.getOutputStream().write(new byte[] {(byte) 0xC0, 0});
      node.socket.getInputStream().readNBytes(2);
    }
    System.out.println("all " + (long) turns * count);
    for (SparkplugNodes node : nodes) {
      node.socket.close();
    }
  }

  private void publish(String kind, byte[] payload) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length + 64);
    text(out, "spBv1.0/Bench/" + kind + '/' + name);
    out.writeBytes(payload);
    socket.getOutputStream().write(packet(0x30, out.toByteArray()));
  }

  /** Payload: timestamp (1), metrics (2), seq (3). */
  private byte[] payload(byte[] values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(values.length + 16);
    out.write(1 << 3);
    varint(out, System.currentTimeMillis());
    out.writeBytes(values);
    out.write(3 << 3);
    varint(out, seq);
    seq = (seq + 1) & 0xFF;
    return out.toByteArray();
  }

  /** Metric: name (1) in a birth, alias (2), datatype (4) in a birth, double_value (13). */
  private byte[] metrics(boolean isBirth) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < metrics; i++) {
      ByteArrayOutputStream metric = new ByteArrayOutputStream();
      if (isBirth) {
        byte[] text = ("Zone/Sensor " + i).getBytes(StandardCharsets.UTF_8);
        metric.write(1 << 3 | 2);
        varint(metric, text.length);
        metric.writeBytes(text);
      }
      metric.write(2 << 3);
      varint(metric, i + 1);
      if (isBirth) {
        metric.write(4 << 3);
        varint(metric, DOUBLE);
      }
      metric.write(13 << 3 | 1);
      long bits = Double.doubleToRawLongBits(20 + i / 8.0);
      for (int shift = 0; shift < 64; shift += 8) {
        metric.write((int) (bits >> shift));
      }
      out.write(2 << 3 | 2);
      varint(out, metric.size());
      out.writeBytes(metric.toByteArray());
    }
    return out.toByteArray();
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long left = value;
    while ((left & ~0x7FL) != 0) {
      out.write((int) (left & 0x7F | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }

  private static void text(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write(bytes.length >> 8);
    out.write(bytes.length);
    out.writeBytes(bytes);
  }

  private static byte[] packet(int first, byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + 5);
    out.write(first);
    varint(out, body.length);
    out.writeBytes(body);
    return out.toByteArray();
  }
}
