package io.sluice.fleet.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainDatagramSocketAddress;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.sluice.cli.ExitCode;
import io.sluice.fleet.CommandLines;
import io.sluice.testkit.FreePort;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An instance under a service manager, with Kafka and PostgreSQL away. */
class FleetServiceIT {
  /** Under load a start takes many times as long as alone. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path directory;

  private Path configuration(String further) throws IOException {
    return Files.writeString(
        directory.resolve("fleet.yaml"),
        """
        fleet:
          bus: { bootstrap-servers: "127.0.0.1:%d" }
          store: { uri: "postgresql://127.0.0.1:%d/fleet", user: view, password: secret }
          state: %s
        admin: { port: 0 }
        %s
        """
            .formatted(FreePort.next(), FreePort.next(), directory.resolve("state"), further));
  }

  private static void take(Socket manager, List<String> told) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(4096);
    DomainDatagramSocketAddress from = manager.recvFromDomainSocket(bytes, 0, bytes.capacity());
    while (from != null) {
      told.add(StandardCharsets.UTF_8.decode(bytes.slice(0, from.receivedAmount())).toString());
      from = manager.recvFromDomainSocket(bytes, 0, bytes.capacity());
    }
  }

  @Test
  void theManagerIsToldOfTheStartOfLifeWithTheReasonAndOfTheEnd() throws Exception {
    Path log = directory.resolve("log");
    String path = directory.resolve("notify").toString();
    List<String> told = new ArrayList<>();
    assertThat(Epoll.isAvailable()).isTrue(); // loads it, too
    Socket manager = Socket.newSocketDomainDgram();
    manager.bind(new DomainSocketAddress(path));
    Map<String, String> environment =
        Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "200000", "WATCHDOG_PID", "");
    try (FleetProcess fleet = FleetProcess.start(configuration(""), log, environment)) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            take(manager, told);
            assertThat(told)
                .anyMatch(text ->
                    text.startsWith(
                            "WATCHDOG=1\nSTATUS=Kafka does not answer within 10 s at 127.0.0.1:")
                        && !text.contains("node assignment"));
          });
      assertThat(told.getFirst()).startsWith("READY=1\nSTATUS=Kafka ");
      fleet.process().destroy();
      // taken as it comes: the socket holds ten, and what does not fit is not sent again
      await()
          .atMost(PATIENCE)
          .until(() -> {
            take(manager, told);
            return !fleet.process().isAlive();
          });
      assertThat(fleet.process().exitValue()).isZero();
      take(manager, told);
      assertThat(told).last().isEqualTo("STOPPING=1");
      assertThat(Files.readString(log)).doesNotContain("\n\tat ", " ERROR ");
    } finally {
      manager.close();
    }
  }

  /** Starting it again would not mend that: it is the exit code that a unit does not try again. */
  @Test
  void everyFaultyProfileIsNamedAndTheExitCodeIsThatOfAFaultyConfiguration() throws Exception {
    Path profiles = Files.createDirectories(directory.resolve("profiles"));
    Files.writeString(profiles.resolve("pump.yaml"), "id: pump\nmetrcs: {}\n");
    Files.writeString(profiles.resolve("valve.yaml"), "id: valve\nintervall: 1s\n");
    Path file = configuration("profiles: [ " + profiles + " ]");
    CommandLines said = CommandLines.run(new String[0], "run", "--config", file.toString());
    assertThat(said.code()).as(said.err()).isEqualTo(ExitCode.USAGE);
    assertThat(said.err()).contains("pump.yaml:2:1: metrcs: ", "valve.yaml:2:1: intervall: ");
  }
}
