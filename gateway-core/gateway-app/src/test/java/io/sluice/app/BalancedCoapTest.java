package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.GatewayTime;
import io.sluice.cli.config.GatewayFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** CoAP by a real client through a real nginx with the configuration that is shipped. */
@Tag("slow")
@Timeout(180)
class BalancedCoapTest {
  private static final Path SHIPPED =
      Path.of("../../config/deploy/coap/nginx.conf").toAbsolutePath().normalize();
  private static final Path NGINX = Path.of("/usr/sbin/nginx");
  private static final Path MODULE = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");

  @TempDir private Path directory;
  private Wiring first;
  private Wiring second;
  private Process balancer;
  private int port;

  @BeforeEach
  void start() throws Exception {
    boolean isHere = Files.isExecutable(NGINX);
    assertThat(isHere || System.getenv("SLUICE_REQUIRE_TOOLS") == null).isTrue();
    Assumptions.assumeTrue(isHere);
    first = gateway("one");
    second = gateway("two");
    try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path file = Files.writeString(directory.resolve("nginx.conf"), configuration());
    balancer =
        new ProcessBuilder(
                NGINX.toString(),
                "-p",
                directory.toString(),
                "-c",
                file.toString(),
                "-g",
                "daemon off;")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("nginx.out").toFile())
            .start();
  }

  @AfterEach
  void stop() throws Exception {
    if (balancer != null) {
      balancer.destroy(); // its workers end with it
      balancer.waitFor();
    }
    if (first != null) {
      first.close();
    }
    if (second != null) {
      second.close();
    }
  }

  private Wiring gateway(String name) throws Exception {
    Path config = new Setup(Files.createDirectory(directory.resolve(name))).config();
    StringWriter said = new StringWriter();
    GatewayFiles files = GatewayFiles.load(config, new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    return Wiring.start(files, GatewayTime.system());
  }

  /** As shipped, with the addresses of these gateways; of the ways in CoAP without DTLS alone. */
  private String configuration() throws IOException {
    String shipped =
        Files.readString(SHIPPED)
            .replaceAll("(?s)  upstream coaps \\{.*?\n  \\}\n", "")
            .replaceAll("(?s)  server \\{\n    listen 5684.*?\n  \\}\n", "")
            .replace("listen 5683 udp", "listen 127.0.0.1:" + port + " udp")
            .replace("10.0.0.11:5683", first.address("coap"))
            .replace("10.0.0.12:5683", second.address("coap"))
            .replaceAll(" *server 10.0.0.13:.*\n", "");
    String load = Files.exists(MODULE) ? "load_module " + MODULE + ";\n" : "";
    return load
        + "user root;\n".repeat("root".equals(System.getProperty("user.name")) ? 1 : 0)
        + "worker_processes 1;\npid %s;\nerror_log %s;\n"
            .formatted(directory.resolve("pid"), directory.resolve("error.log"))
        + shipped;
  }

  private Tool post(String from, int volume) throws Exception {
    return Tool.run(
        "coap-client-notls",
        "-a",
        from,
        "-B",
        "3",
        "-m",
        "post",
        "-t",
        "json",
        "-e",
        "{\"volume\":" + volume + "}",
        "coap://127.0.0.1:" + port + "/telemetry?d=water-1&k=" + Setup.TOKEN);
  }

  private long accepted(Wiring gateway) {
    return gateway.operations().ledger().stream().mapToLong(each -> each.accepted()).sum();
  }

  @Test
  void eachAddressStaysAtOneGatewayAndAllAddressesAreSpread() throws Exception {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          post("127.0.0.1", 1);
          return accepted(first) + accepted(second) > 0;
        });
    Map<Wiring, Integer> addresses = new HashMap<>();
    // where an address goes follows from the gateways' ports, which are others each time
    for (int i = 2; i <= 9 || (addresses.size() < 2 && i <= 99); i++) {
      long firstHad = accepted(first);
      long secondHad = accepted(second);
      String from = "127.0.0." + i;
      // each from a port of its own, as after a restart of the device
      for (int volume = 1; volume <= 2; volume++) {
        post(from, volume).succeeded();
      }
      long atFirst = accepted(first) - firstHad;
      long atSecond = accepted(second) - secondHad;
      assertThat(atFirst + atSecond).as(from).isEqualTo(2);
      assertThat(atFirst == 0 || atSecond == 0).as(from + " is at both").isTrue();
      addresses.merge(atFirst > 0 ? first : second, 1, Integer::sum);
    }
    assertThat(addresses).containsOnlyKeys(first, second);
  }
}
