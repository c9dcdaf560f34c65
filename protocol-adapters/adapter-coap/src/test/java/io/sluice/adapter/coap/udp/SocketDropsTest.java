package io.sluice.adapter.coap.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class SocketDropsTest {
  private static final int SENT = 2_000;

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
      // on the loopback interface a datagram is in the buffer, or dropped, before send returns
      long dropped = drops.more();
      assertThat(dropped).isPositive().isEqualTo(SENT - readable(full));
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
