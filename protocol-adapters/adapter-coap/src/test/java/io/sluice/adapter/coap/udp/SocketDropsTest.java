package io.sluice.adapter.coap.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class SocketDropsTest {
  /** More than there is room for, and fewer than the system holds before it looks at them. */
  private static final int SENT = 500;

  @Test
  void whatIsSentAndCannotBeReadIsCounted() throws Exception {
    Assumptions.assumeTrue(Files.exists(Path.of("/proc/net/udp")), "Linux only");
    try (DatagramSocket full = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        DatagramSocket sender = new DatagramSocket()) {
      full.setReceiveBufferSize(16_384);
      SocketDrops drops = new SocketDrops(full.getLocalPort(), () -> 0);
      assertThat(drops.more()).isZero();
      sender.connect(full.getLocalSocketAddress());
      for (int i = 0; i < SENT; i++) {
        sender.send(new DatagramPacket(new byte[200], 200));
      }
      // on a busy machine a datagram may come to the buffer some time behind its sending
      long[] dropped = new long[1];
      int[] read = new int[1];
      await()
          .untilAsserted(() -> {
            dropped[0] += drops.more();
            read[0] += readable(full);
            assertThat(dropped[0] + read[0]).isEqualTo(SENT);
          });
      assertThat(dropped[0]).isPositive();
      assertThat(drops.more()).isZero();
    }
  }

  private static int readable(DatagramSocket socket) throws Exception {
    socket.setSoTimeout(1);
    int read = 0;
    try {
      while (true) {
        socket.receive(new DatagramPacket(new byte[200], 200));
        read++;
      }
    } catch (SocketTimeoutException empty) {
      return read;
    }
  }
}
