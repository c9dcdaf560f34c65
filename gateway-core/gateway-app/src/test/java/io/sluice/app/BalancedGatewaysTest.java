package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.DeviceId;
import io.sluice.api.GatewayTime;
import io.sluice.api.operator.DeviceDirectory.DeviceView;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.testkit.FreePort;
import io.sluice.testkit.HaProxy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways behind a real HAProxy with the configuration that is shipped. */
@Tag("slow")
@Timeout(300)
class BalancedGatewaysTest {
  private static final Path SHIPPED =
      Path.of("../../config/deploy/haproxy/haproxy.cfg").toAbsolutePath().normalize();

  @TempDir private Path directory;
  private Wiring first;
  private Wiring second;
  private HaProxy balancer;
  private int port;

  @BeforeEach
  void start() throws Exception {
    first = gateway("one");
    second = gateway("two");
    port = FreePort.next();
    balancer = new HaProxy(directory, configuration());
    patiently()
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> {
          device("meter-1").close();
          return true;
        });
    // else the one that the balancer's first way led to would pass for the next one's
    patiently().until(() -> !has(first, "meter-1") && !has(second, "meter-1"));
  }

  @AfterEach
  void stop() {
    balancer.close();
    first.close();
    second.close();
  }

  private Wiring gateway(String name) throws Exception {
    Setup setup = new Setup(Files.createDirectory(directory.resolve(name)));
    Path config = setup.config();
    Files.writeString(
        config,
        Files.readString(config)
            .replace(
                "  mqtt: { host: 127.0.0.1, port: 0 }",
                "  mqtt: { host: 127.0.0.1, port: 0, proxy-protocol-from: [ 127.0.0.1 ] }"));
    StringWriter said = new StringWriter();
    GatewayFiles files = GatewayFiles.load(config, new PrintWriter(said, true));
    assertThat(files).as(said.toString()).isNotNull();
    return Wiring.start(files, GatewayTime.system());
  }

  /** As shipped, with the addresses of these gateways; of the ways in MQTT alone. */
  private String configuration() throws Exception {
    String shipped = Files.readString(SHIPPED);
    String mqtt = shipped.substring(0, shipped.indexOf("frontend mqtts"));
    return mqtt.replace("bind :1883", "bind 127.0.0.1:" + port)
        .replace("inter 2s", "inter 200ms")
        .replaceAll(" *server gw-3 .*\n", "")
        .replace(
            "gw-1 10.0.0.11:1883", "gw-1 " + first.address("mqtt") + " port " + adminPort(first))
        .replace(
            "gw-2 10.0.0.12:1883", "gw-2 " + second.address("mqtt") + " port " + adminPort(second))
        .replace("check port 8080", "check");
  }

  private static String adminPort(Wiring gateway) {
    String address = gateway.address("admin");
    return address.substring(address.lastIndexOf(':') + 1);
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(60));
  }

  private RawMqttDevice device(String name) throws IOException {
    return new RawMqttDevice(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), name, "secret-1");
  }

  private static boolean has(Wiring gateway, String device) {
    return view(gateway, device).connected();
  }

  private static DeviceView view(Wiring gateway, String device) {
    DeviceView view = gateway.operations().devices().get(new DeviceId(device));
    assertThat(view).isNotNull();
    return view;
  }

  @Test
  void devicesOfADrainedGatewayComeToTheOtherAndComeBackWhenItIsCalledOff() throws Exception {
    RawMqttDevice device = device("meter-1");
    device.publish("telemetry", "{\"voltage\":230}");
    patiently().until(() -> has(first, "meter-1") || has(second, "meter-1"));
    Wiring drained = has(first, "meter-1") ? first : second;
    Wiring other = drained == first ? second : first;
    drained.operations().draining().start(Duration.ZERO, null, false);
    assertThat(device.hasEnded()).isTrue();
    device.close();
    // what the balancer sends there until its check has failed twice is refused
    patiently()
        .ignoreExceptionsInstanceOf(IOException.class)
        .ignoreExceptionsInstanceOf(AssertionError.class)
        .until(() -> {
          try (RawMqttDevice one = device("meter-1");
              RawMqttDevice two = device("gas-1");
              RawMqttDevice three = device("hub-1")) {
            for (RawMqttDevice each : List.of(one, two, three)) {
              each.publish("event", "{\"door\":1}");
            }
            return has(other, "meter-1") && has(other, "gas-1") && has(other, "hub-1");
          }
        });
    patiently().until(() -> drained.operations().draining().standing().sessions() == 0);

    drained.operations().draining().stop();
    patiently()
        .until(() -> {
          try (RawMqttDevice one = device("meter-1");
              RawMqttDevice two = device("gas-1")) {
            one.publish("event", "{\"door\":1}");
            two.publish("event", "{\"door\":1}");
            return has(drained, "meter-1") || has(drained, "gas-1");
          }
        });
  }
}
