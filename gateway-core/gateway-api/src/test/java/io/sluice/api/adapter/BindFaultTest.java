package io.sluice.api.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.ServerSocketChannel;
import org.junit.jupiter.api.Test;

class BindFaultTest {
  private static String said(Throwable cause) {
    return BindFault.of("10.0.0.1:1883", "listeners.mqtt", cause).getMessage();
  }

  private static Throwable bind(String host, int port) throws IOException {
    try (ServerSocketChannel socket = ServerSocketChannel.open()) {
      return catchThrowable(() -> socket.bind(new InetSocketAddress(host, port)));
    }
  }

  @Test
  void eachCauseHasItsOwnRemedy() throws IOException {
    assertThat(said(bind("no-such-host.invalid", 0)))
        .contains("the name is not known here")
        .contains("listeners.mqtt.host")
        .doesNotContain("null");
    assertThat(said(bind("203.0.113.77", 0))).contains("no address of this machine");
    try (ServerSocket taken = new ServerSocket(0)) {
      assertThat(said(bind("0.0.0.0", taken.getLocalPort())))
          .contains("another program has the port")
          .contains("listeners.mqtt.port");
    }
    assertThat(said(new BindException("Permission denied"))).contains("below 1024");
    assertThat(said(new BindException())).contains("BindException").doesNotContain("null");
  }
}
