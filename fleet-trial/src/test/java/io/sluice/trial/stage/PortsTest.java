package io.sluice.trial.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Two stages on one machine are not given the same port, though both want it. */
class PortsTest {
  /** Null where a stage beside these tests has it. */
  private static @Nullable ServerSocket right() {
    try {
      return new ServerSocket(Ports.RIGHT, 1, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      return null;
    }
  }

  @Test
  void whileAnotherStageHasTheRightToThemTheWantedPortsAreNotGiven() throws Exception {
    int wanted = FreePort.next();
    try (ServerSocket _ = right()) {
      assertThat(Ports.free(wanted)).isNotEqualTo(wanted);
    }
  }
}
