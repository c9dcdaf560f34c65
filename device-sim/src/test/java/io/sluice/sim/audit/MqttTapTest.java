package io.sluice.sim.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A far end whose broker hangs is listened to again. */
@Tag("slow")
@Timeout(300)
class MqttTapTest {
  private static final int TAPS = 8;
  private static final int HANGS = 4;

  @TempDir Path directory;

  /**
   * Answers as a broker does, or takes connections and says nothing: a real one would have to be
   * stopped and killed in the moment between a client's CONNECT and its answer.
   */
  private static final class HangingBroker implements AutoCloseable {
    private static final byte[] CONNACK = {0x20, 3, 0, 0, 0};
    private static final byte[] PINGRESP = {(byte) 0xD0, 0};

    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger attempts = new AtomicInteger();
    private volatile boolean hangs;

    HangingBroker() throws IOException {
      Thread.ofVirtual().start(this::accept);
    }

    URI uri() {
      return URI.create("mqtt://127.0.0.1:" + door.getLocalPort());
    }

    private void accept() {
      try {
        while (true) {
          Socket socket = door.accept();
          open.add(socket);
          attempts.incrementAndGet();
          Thread.ofVirtual().start(() -> serve(socket));
        }
      } catch (IOException e) {
        assertThat(door.isClosed()).isTrue();
      }
    }

    private void serve(Socket socket) {
      try (socket) {
        InputStream in = socket.getInputStream();
        while (true) {
          int type = in.read();
          if (type < 0) {
            return;
          }
          byte[] body = in.readNBytes(in.read()); // none here has 128 bytes
          if (hangs) {
            continue;
          }
          switch (type >> 4) {
            case 1 -> socket.getOutputStream().write(CONNACK);
            case 8 ->
                socket
                    .getOutputStream()
                    .write(new byte[] {(byte) 0x90, 4, body[0], body[1], 0, 1}); // SUBACK, QoS 1
            case 12 -> socket.getOutputStream().write(PINGRESP);
            default -> {
              // DISCONNECT: its end follows
            }
          }
        }
      } catch (IOException e) {
        open.remove(socket); // it is cut in the middle
      }
    }

    void cut() throws IOException {
      for (Socket socket : List.copyOf(open)) {
        open.remove(socket);
        socket.close();
      }
    }

    int connections() {
      return (int) open.stream().filter(socket -> !socket.isClosed()).count();
    }

    @Override
    public void close() throws IOException {
      door.close();
      cut();
    }
  }

  @Test
  void aBrokerThatHangsAndCutsInTheMiddleOfConnectIsListenedToAgain() throws Exception {
    try (HangingBroker broker = new HangingBroker()) {
      MqttTap[] taps = new MqttTap[TAPS];
      for (int i = 0; i < TAPS; i++) {
        taps[i] = new MqttTap(broker.uri(), "sluice/#", directory.resolve("tap-" + i));
      }
      broker.hangs = true;
      broker.cut();
      for (int hang = 0; hang < HANGS; hang++) {
        int before = broker.attempts.get();
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> broker.attempts.get() - before >= TAPS && broker.connections() > 0);
        broker.cut();
      }
      broker.hangs = false;
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> {
            for (MqttTap tap : taps) {
              if (!tap.isListening()) {
                return false;
              }
            }
            return true;
          });
      assertThat(Logger.getLogger("org.eclipse.paho.mqttv5.client").isLoggable(Level.SEVERE))
          .as("Paho's stack traces on stderr")
          .isFalse();
      for (MqttTap tap : taps) {
        tap.close();
      }
    }
  }
}
