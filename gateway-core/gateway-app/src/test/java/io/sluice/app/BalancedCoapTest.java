package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.GatewayTime;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.testkit.FreePort;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** CoAP by real clients through a real nginx with the configuration that is shipped. */
@Tag("slow")
@Timeout(180)
class BalancedCoapTest {
  private static final Path SHIPPED =
      Path.of("../../config/deploy/coap/nginx.conf").toAbsolutePath().normalize();
  private static final Path NGINX = Path.of("/usr/sbin/nginx");
  private static final Path MODULE = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");

  private static final String KEY = "key-of-water-2-16";

  /** For an answer; far more than it takes. */
  private static final String WAIT_SECONDS = "20";

  @TempDir private Path directory;
  private Wiring first;
  private Wiring second;
  private Process balancer;
  private int port;
  private int securePort;

  @BeforeEach
  void start() throws Exception {
    boolean isHere = Files.isExecutable(NGINX);
    assertThat(isHere || System.getenv("SLUICE_REQUIRE_TOOLS") == null).isTrue();
    Assumptions.assumeTrue(isHere);
    first = gateway("one");
    second = gateway("two");
    port = FreePort.next(); // of UDP, too, nobody is given one of these
    securePort = FreePort.next();
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
    Setup setup = new Setup(Files.createDirectory(directory.resolve(name)));
    Path config = setup.config();
    Files.writeString(
        config,
        Files.readString(config)
            .replace("admin:", "  coaps: { host: 127.0.0.1, port: 0, psk: registry }\nadmin:"));
    Files.writeString(
        setup.directory().resolve("devices.yaml"),
        """
        - { id: water-2, profile: water-meter, sector: public-service, site: north,
            credentials: { psk: { identity: water-2, key: %s } } }
        """
            .formatted(HexFormat.of().formatHex(KEY.getBytes(StandardCharsets.US_ASCII))),
        StandardOpenOption.APPEND);
    StringWriter said = new StringWriter();
    GatewayFiles files = GatewayFiles.load(config, new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    return Wiring.start(files, GatewayTime.system());
  }

  /** As shipped, with the addresses of these gateways. */
  private String configuration() throws IOException {
    String shipped =
        Files.readString(SHIPPED)
            .replace("listen 5683 udp", "listen 127.0.0.1:" + port + " udp")
            .replace("10.0.0.11:5683", first.address("coap"))
            .replace("10.0.0.12:5683", second.address("coap"))
            .replace("listen 5684 udp", "listen 127.0.0.1:" + securePort + " udp")
            .replace("10.0.0.11:5684", first.address("coaps"))
            .replace("10.0.0.12:5684", second.address("coaps"))
            .replaceAll(" *server 10.0.0.13:.*\n", "");
    String load = Files.exists(MODULE) ? "load_module " + MODULE + ";\n" : "";
    return load
        + "user root;\n".repeat("root".equals(System.getProperty("user.name")) ? 1 : 0)
        + "worker_processes 1;\npid %s;\nerror_log %s;\n"
            .formatted(directory.resolve("pid"), directory.resolve("error.log"))
        + shipped;
  }

  /** Sends a reading from an address. */
  private interface Device {
    Tool post(String from, int volume) throws Exception;
  }

  private Tool plain(String from, int volume) throws Exception {
    String uri = "coap://127.0.0.1:" + port + "/telemetry?d=water-1&k=" + Setup.TOKEN;
    return post("coap-client-notls", from, volume, uri);
  }

  /** With a handshake of its own: some datagrams there and back. */
  private Tool secure(String from, int volume) throws Exception {
    String uri = "coaps://127.0.0.1:" + securePort + "/telemetry";
    return post("coap-client-openssl", from, volume, "-u", "water-2", "-k", KEY, uri);
  }

  private static Tool post(String client, String from, int volume, String... more)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(client, "-a", from, "-B", WAIT_SECONDS));
    command.addAll(List.of("-m", "post", "-t", "json", "-e", "{\"volume\":" + volume + "}"));
    command.addAll(List.of(more));
    return Tool.run(command.toArray(String[]::new));
  }

  private long accepted(Wiring gateway) {
    return gateway.operations().ledger().stream().mapToLong(each -> each.accepted()).sum();
  }

  @Test
  void eachAddressStaysAtOneGatewayAndAllAddressesAreSpread() throws Exception {
    addressesAreSpread(this::plain);
  }

  @Test
  void eachAddressHasItsDtlsSessionsAtOneGateway() throws Exception {
    addressesAreSpread(this::secure);
  }

  private void addressesAreSpread(Device device) throws Exception {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          device.post("127.0.0.1", 1);
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
        device.post(from, volume).succeeded();
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
