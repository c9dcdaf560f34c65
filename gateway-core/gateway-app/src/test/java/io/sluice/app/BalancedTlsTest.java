package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import io.sluice.api.DeviceId;
import io.sluice.api.GatewayTime;
import io.sluice.api.operator.DeviceDirectory.DeviceView;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.testkit.FreePort;
import io.sluice.testkit.HaProxy;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** MQTT over TLS by a real client through a real HAProxy, as shipped, and where TLS ends there. */
@Tag("slow")
@Timeout(180)
class BalancedTlsTest {
  private static final Path SHIPPED =
      Path.of("../../config/deploy/haproxy/haproxy.cfg").toAbsolutePath().normalize();

  /** Of the loopback interface, as the balancer's own 127.0.0.1 is. */
  private static final String DEVICES_ADDRESS = "127.0.0.2";

  @TempDir private Path directory;
  private Authority authority;
  private Signed server;
  private Wiring gateway;
  private HaProxy balancer;
  private int passing;
  private int ending;

  @BeforeEach
  void start() throws Exception {
    authority = Authority.create(directory.resolve("ca"));
    server = authority.server();
    Setup setup = new Setup(Files.createDirectory(directory.resolve("gateway")));
    Path config =
        setup.config(
            server, ", client-ca: " + authority.certificate() + ", client-auth: optional", "");
    Files.writeString(
        config,
        Files.readString(config)
            .replace("    port: 0\n", "    port: 0\n    proxy-protocol-from: [ 127.0.0.1 ]\n")
            .replace(
                "  mqtt: { host: 127.0.0.1, port: 0 }",
                "  mqtt: { host: 127.0.0.1, port: 0, proxy-protocol-from: [ 127.0.0.1 ] }"));
    Files.writeString(
        setup.directory().resolve("devices.yaml"),
        """
        - { id: press-1, profile: vibration-sensor, sector: factory, site: plant-a,
            credentials: { certificate: CN=press-1 } }
        """,
        StandardOpenOption.APPEND);
    StringWriter said = new StringWriter();
    GatewayFiles files = GatewayFiles.load(config, new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    gateway = Wiring.start(files, GatewayTime.system());
    passing = FreePort.next();
    ending = FreePort.next();
    balancer = new HaProxy(directory, configuration());
  }

  @AfterEach
  void stop() {
    balancer.close();
    gateway.close();
  }

  /** What is shipped for MQTT over TLS; besides, a way in where TLS ends at the balancer. */
  private String configuration() throws Exception {
    String shipped = Files.readString(SHIPPED);
    String common = shipped.substring(0, shipped.indexOf("frontend mqtt\n"));
    String mqtts =
        shipped.substring(shipped.indexOf("frontend mqtts"), shipped.indexOf("frontend mqtt-ws"));
    String admin = gateway.address("admin");
    String check = " port " + admin.substring(admin.lastIndexOf(':') + 1);
    Path both = directory.resolve("haproxy.pem");
    Files.writeString(both, Files.readString(server.certificate()));
    Files.writeString(both, Files.readString(server.key()), StandardOpenOption.APPEND);
    return common.replace("inter 2s", "inter 200ms").replace("check port 8080", "check")
        + mqtts
            .replace("bind :8883", "bind 127.0.0.1:" + passing)
            .replaceAll(" *server gw-[23] .*\n", "")
            .replace("10.0.0.11:8883", gateway.address("mqtts") + check)
        + """
        frontend ends
          bind 127.0.0.1:%d ssl crt %s verify optional ca-file %s
          default_backend ends

        backend ends
          server gw-1 %s%s send-proxy-v2-ssl-cn
        """
            .formatted(ending, both, authority.certificate(), gateway.address("mqtt"), check);
  }

  private Tool publish(int port, String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("mosquitto_pub", "-h", "127.0.0.1", "-p"));
    command.addAll(List.of(String.valueOf(port), "-A", DEVICES_ADDRESS));
    command.addAll(List.of("-q", "1", "-t", "telemetry", "-m", "{\"voltage\":230}"));
    command.addAll(List.of("--cafile", authority.certificate().toString()));
    command.addAll(List.of(more));
    return Tool.run(command.toArray(String[]::new));
  }

  private void awaitPublished(int port, String... more) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> publish(port, more).succeeded()); // once its health was asked
  }

  private DeviceView view(String device) {
    DeviceView view = gateway.operations().devices().get(new DeviceId(device));
    assertThat(view).isNotNull();
    return view;
  }

  @Test
  void aDevicesCertificateAndAddressReachTheGatewayThroughTheBalancer() throws Exception {
    Signed press = authority.client("/CN=press-1");
    awaitPublished(
        passing, "--cert", press.certificate().toString(), "--key", press.key().toString());
    assertThat(view("press-1").address()).startsWith(DEVICES_ADDRESS + ":");
    assertThat(publish(passing, "-u", "meter-1", "-P", "wrong").exitCode()).isNotZero();
  }

  @Test
  void whereTlsEndsAtTheBalancerPasswordsSignInAndTheAddressIsTheDevices() throws Exception {
    awaitPublished(ending, "-u", "meter-1", "-P", "secret-1");
    assertThat(view("meter-1").address()).startsWith(DEVICES_ADDRESS + ":");
    // of what the header says about its certificate the gateway believes nothing
    Signed press = authority.client("/CN=press-1");
    assertThat(
            publish(
                    ending,
                    "--cert",
                    press.certificate().toString(),
                    "--key",
                    press.key().toString())
                .exitCode())
        .isNotZero();
  }
}
