package io.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Honest devices that publish while others attack. Small in each run; {@code
 * -Dsluice.hostile.percent=100} makes it 1,000 honest devices, 10,000 wrong passwords and 10,000
 * half-open handshakes. It asserts that nothing is lost and memory is bounded, and prints times.
 */
class HostileIT {
  private static final int PERCENT = Integer.getInteger("sluice.hostile.percent", 10);
  private static final int HONEST = 10 * PERCENT;
  private static final int ATTEMPTS = 100 * PERCENT;
  private static final int HALF_OPEN = 100 * PERCENT;
  private static final int ATTACKERS = 64;

  @TempDir Path directory;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** One thread a device: none waits for another's answer. */
  private final ScheduledExecutorService pace =
      Executors.newScheduledThreadPool(HONEST, Thread.ofVirtual().factory());

  private Setup setup;
  private GatewayProcess gateway;

  @BeforeEach
  void start() throws Exception {
    Signed server = Authority.create(directory.resolve("ca")).server();
    setup = new Setup(directory);
    Path config = setup.config(server, "", "");
    StringBuilder devices = new StringBuilder(Files.readString(directory.resolve("devices.yaml")));
    for (int i = 0; i < HONEST; i++) {
      devices.append(
          "- { id: honest-%1$d, profile: energy-meter, sector: factory, site: a,".formatted(i));
      devices.append(" credentials: { password: \"secret-%1$d\" } }%n".formatted(i));
    }
    Files.writeString(directory.resolve("devices.yaml"), devices);
    gateway = GatewayProcess.start(config);
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
    pace.shutdownNow();
    gateway.close();
  }

  /** One device: MQTT 3.1.1, QoS 1, one message after the other. */
  private static final class Device implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;

    Device(InetSocketAddress from, int port, String id, String password) throws IOException {
      socket = new Socket();
      socket.bind(from);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 30_000);
      socket.setSoTimeout(60_000);
      socket.setTcpNoDelay(true);
      in = new DataInputStream(socket.getInputStream());
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      body.writeBytes(new byte[] {0, 4, 'M', 'Q', 'T', 'T', 4, (byte) 0xC2, 0, 60});
      for (String text : List.of(id, id, password)) {
        body.writeBytes(new byte[] {0, (byte) text.length()});
        body.writeBytes(text.getBytes(UTF_8));
      }
      send(0x10, body.toByteArray());
    }

    private void send(int first, byte[] body) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(first);
      out.write(body.length); // below 128
      out.writeBytes(body);
      socket.getOutputStream().write(out.toByteArray());
    }

    /** The return code of the CONNACK, or -1 where the connection was closed. */
    int connected() throws IOException {
      byte[] answer = new byte[4];
      return in.readNBytes(answer, 0, 4) == 4 ? answer[3] : -1;
    }

    /** Nanoseconds to the acknowledgement. */
    long publish(int packetId, long number) throws IOException {
      byte[] payload = ("{\"voltage\":230,\"n\":" + number + "}").getBytes(UTF_8);
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      body.writeBytes(new byte[] {0, 9});
      body.writeBytes("telemetry".getBytes(UTF_8));
      body.writeBytes(new byte[] {(byte) (packetId >> 8), (byte) packetId});
      body.writeBytes(payload);
      long begin = System.nanoTime();
      send(0x32, body.toByteArray());
      byte[] acknowledgement = new byte[4];
      in.readFully(acknowledgement);
      assertThat(acknowledgement).containsExactly(0x40, 2, (byte) (packetId >> 8), (byte) packetId);
      return System.nanoTime() - begin;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static InetSocketAddress address(int last) throws IOException {
    return new InetSocketAddress(
        InetAddress.getByAddress(new byte[] {127, 0, (byte) (last >> 8), (byte) last}), 0);
  }

  /** Null where the gateway is busy with other passwords: it is to try again, as devices do. */
  private @Nullable Device admitted(int number) throws IOException {
    Device device =
        new Device(address(1), gateway.port("mqtt"), "honest-" + number, "secret-" + number);
    int code = device.connected();
    if (code == 3) {
      device.close();
      return null;
    }
    assertThat(code).isZero();
    return device;
  }

  private List<Device> honest() throws Exception {
    List<Callable<Device>> connecting = new ArrayList<>();
    for (int i = 0; i < HONEST; i++) {
      int number = i;
      connecting.add(() -> {
        Device device = admitted(number);
        while (device == null) {
          device = pace.schedule(() -> admitted(number), 500, TimeUnit.MILLISECONDS).get();
        }
        return device;
      });
    }
    List<Device> devices = new ArrayList<>();
    for (Future<Device> one : threads.invokeAll(connecting)) {
      devices.add(one.get());
    }
    return devices;
  }

  /** Each device publishes once a second until the attack is over, five times at least. */
  private long[] publish(List<Device> devices, CountDownLatch attackOver) throws Exception {
    ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();
    List<Callable<Boolean>> publishing = new ArrayList<>();
    for (int i = 0; i < devices.size(); i++) {
      Device device = devices.get(i);
      long phase = 1000L * i / devices.size();
      publishing.add(() -> {
        long wait = phase;
        for (int n = 1; n <= 5 || attackOver.getCount() > 0; n++) {
          int number = n;
          latencies.add(
              pace.schedule(() -> device.publish(number, number), wait, TimeUnit.MILLISECONDS)
                  .get());
          wait = 1000;
        }
        return true;
      });
    }
    for (Future<Boolean> one : threads.invokeAll(publishing)) {
      assertThat(one.get()).isTrue();
    }
    return latencies.stream().mapToLong(Long::longValue).sorted().toArray();
  }

  private static String percentiles(long[] sorted) {
    return String.format(
        Locale.ROOT,
        "%,d messages, p50 %.2f ms, p99 %.2f ms, max %.2f ms",
        sorted.length,
        sorted[sorted.length / 2] / 1e6,
        sorted[sorted.length * 99 / 100] / 1e6,
        sorted[sorted.length - 1] / 1e6);
  }

  private long residentKilobytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + gateway.pid() + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("no VmRSS");
  }

  /** Runs the attack while honest devices publish; gives the number of messages. */
  private long during(String name, List<Device> devices, Callable<String> attack) throws Exception {
    long before = residentKilobytes();
    CountDownLatch over = new CountDownLatch(1);
    Future<String> attacking =
        threads.submit(() -> {
          try {
            return attack.call();
          } finally {
            over.countDown();
          }
        });
    long[] latencies = publish(devices, over);
    System.out.printf(
        "%s: %s; honest: %s; resident %,d -> %,d KB%n",
        name, attacking.get(), percentiles(latencies), before, residentKilobytes());
    return latencies.length;
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  private String wrongPasswords() throws Exception {
    AtomicInteger next = new AtomicInteger();
    AtomicInteger[] codes = {
      new AtomicInteger(), new AtomicInteger(), new AtomicInteger(), new AtomicInteger()
    };
    long begin = System.nanoTime();
    List<Callable<Boolean>> attackers = new ArrayList<>();
    for (int a = 0; a < ATTACKERS; a++) {
      InetSocketAddress from = address(2 + a % 8);
      attackers.add(() -> {
        for (int i = next.getAndIncrement(); i < ATTEMPTS; i = next.getAndIncrement()) {
          String id = i % 2 == 0 ? "honest-" + i % HONEST : "guess-" + i;
          try (Device one = new Device(from, gateway.port("mqtt"), id, "wrong-" + i)) {
            int code = one.connected();
            assertThat(code).as("nobody gets in").isNotZero();
            codes[code == 4 ? 0 : code == 5 ? 1 : code == 3 ? 2 : 3].incrementAndGet();
          }
        }
        return true;
      });
    }
    for (Future<Boolean> one : threads.invokeAll(attackers)) {
      one.get();
    }
    return String.format(
        Locale.ROOT,
        "%,d attempts in %,d ms (bad credentials %s, not authorized %s, busy %s, closed %s)",
        ATTEMPTS,
        millisSince(begin),
        codes[0],
        codes[1],
        codes[2],
        codes[3]);
  }

  private static byte[] clientHello() throws Exception {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine("localhost", 1);
    engine.setUseClientMode(true);
    ByteBuffer out = ByteBuffer.allocate(32 << 10);
    engine.wrap(ByteBuffer.allocate(0), out);
    return Arrays.copyOf(out.array(), out.position());
  }

  /** Half of them send a ClientHello and fall silent, the others are silent at once. */
  private String halfOpen() throws Exception {
    byte[] hello = clientHello();
    List<Socket> sockets = new ArrayList<>();
    long before = residentKilobytes();
    long begin = System.nanoTime();
    try {
      for (int i = 0; i < HALF_OPEN; i++) {
        Socket socket = new Socket();
        socket.bind(address(20 + i % 100));
        socket.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port("mqtts")));
        if (i % 2 == 0) {
          socket.getOutputStream().write(hello);
        }
        sockets.add(socket);
      }
      long opened = millisSince(begin);
      long peak = residentKilobytes();
      for (Socket socket : sockets) {
        socket.setSoTimeout(60_000);
        readToTheEnd(socket);
      }
      return String.format(
          Locale.ROOT,
          "%,d half-open handshakes, opened in %,d ms, all closed by the gateway after %,d ms;"
              + " resident before %,d, with all open %,d KB",
          HALF_OPEN,
          opened,
          millisSince(begin),
          before,
          peak);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static void readToTheEnd(Socket socket) throws IOException {
    try {
      socket.getInputStream().readAllBytes();
    } catch (java.net.SocketException reset) {
      // closed with bytes unread: that is an end as well
    }
  }

  @Test
  void honestDevicesLoseNothingUnderAttack() throws Exception {
    List<Device> devices = honest();
    try {
      long sent = during("quiet", devices, () -> "nothing");
      sent += during("wrong passwords", devices, this::wrongPasswords);
      sent += during("half-open TLS", devices, this::halfOpen);
      long all = sent;
      org.awaitility.Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .until(() -> setup.archive().records().size() == all);
      assertThat(residentKilobytes()).as("KB resident").isLessThan(700_000);
    } finally {
      for (Device device : devices) {
        device.close();
      }
    }
  }
}
