package io.sluice.adapter.coap.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.coap.server.RawHello;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** ClientHellos in fragments, as they are put together. */
class ClientHelloBytesTest {
  private static DatagramPacket fragment(byte[] whole, int from, int to, int port) {
    int header = 25;
    byte[] out = new byte[header + to - from];
    System.arraycopy(whole, 0, out, 0, header);
    System.arraycopy(whole, header + from, out, header, to - from);
    out[11] = (byte) ((out.length - 13) >> 8);
    out[12] = (byte) (out.length - 13);
    out[20] = (byte) (from >> 8);
    out[21] = (byte) from;
    out[23] = (byte) ((to - from) >> 8);
    out[24] = (byte) (to - from);
    DatagramPacket packet = new DatagramPacket(out, out.length);
    packet.setSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return packet;
  }

  @Test
  void fragmentsComeInAnyOrderAndTheirMemoryIsBounded() {
    ClientHelloBytes hellos = new ClientHelloBytes();
    byte[] whole = RawHello.clientHello(new byte[32], new byte[20], 1);
    int body = whole.length - 25;
    DatagramPacket last = fragment(whole, 0, 30, 1);
    assertThat(hellos.complete(fragment(whole, 30, body, 1))).isFalse();
    assertThat(hellos.complete(fragment(whole, 30, body, 1))).as("again").isFalse();
    assertThat(hellos.complete(last)).isTrue();
    assertThat(Arrays.copyOf(last.getData(), last.getLength())).isEqualTo(whole);
    assertThat(hellos.complete(fragment(whole, 0, 30, 1))).as("forgotten").isFalse();
    for (int port = 2; port < 3 + ClientHelloBytes.MAX_PARTIAL; port++) {
      assertThat(hellos.complete(fragment(whole, 0, 30, port))).isFalse();
    }
    assertThat(hellos.complete(fragment(whole, 30, body, 1))).as("driven out").isFalse();
  }
}
