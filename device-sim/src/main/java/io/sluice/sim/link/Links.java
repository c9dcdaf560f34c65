package io.sluice.sim.link;

import io.netty.channel.EventLoop;
import io.sluice.sim.device.Hash;
import io.sluice.sim.figures.FleetCounters;
import io.sluice.sim.link.Link.Owner;
import io.sluice.sim.net.FileLimit;
import io.sluice.sim.net.SourceAddresses;
import io.sluice.sim.scenario.DeviceGroup.Transport;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.scenario.ScenarioFault;
import io.sluice.sim.vendor.Dialect;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Chooses each device's client and gives it its way to the server. */
public final class Links implements AutoCloseable {
  /** Devices with a client of Eclipse Paho, each with threads of its own; beyond, ours plays. */
  private static final int MOST_PAHOS = 200;

  /** Devices with a plain Californium, each with threads of its own; beyond, ours plays. */
  private static final int MOST_CALIFORNIUMS = 50;

  /** Of those that share a socket where datagrams are lost. */
  private static final int DEVICES_UNDER_LOSS = 8;

  private static final int MOST_SOCKETS_UNDER_LOSS = 2_000;

  /** Devices over DTLS, which are Californium always. */
  private static final int MOST_OVER_DTLS = 1_000;

  private final Scenario scenario;
  private final FleetCounters counters;
  private final @Nullable TcpConnector mqtt;
  private final @Nullable TcpConnector mqtts;
  private final @Nullable TcpConnector http;

  /** For HTTP's keys: what a run before has sent is not what this one sends. */
  private final String run = UUID.randomUUID().toString();

  private final @Nullable CoapSockets sockets;
  private final @Nullable CaliforniumEndpoints coap;
  private final @Nullable CaliforniumEndpoints coaps;

  /** Connections that several devices have, by the id of their concentrator. */
  private final Map<String, SharedConnection> shared = new HashMap<>();

  private int pahos;
  private int californiums;

  public Links(
      Scenario scenario,
      List<DeviceSpec> specs,
      Endpoints endpoints,
      FleetCounters counters,
      EventLoop loop)
      throws IOException {
    this.scenario = scenario;
    this.counters = counters;
    List<DeviceSpec> overCoap = specs.stream().filter(Links::isPlainCoap).toList();
    List<DeviceSpec> overDtls = specs.stream().filter(Links::isDtls).toList();
    if (overDtls.size() > MOST_OVER_DTLS) {
      throw new IllegalArgumentException(
          "the scenario has %d devices with `psk`; one simulator plays %d at the most: lower `count`"
              .formatted(overDtls.size(), MOST_OVER_DTLS));
    }
    if (endpoints.tls() == null && specs.stream().anyMatch(Links::isMqttTls)) {
      throw new IllegalArgumentException(
          "the scenario has devices with certificates; say with --authority whose they are");
    }
    int count = overCoap.isEmpty() ? 0 : CoapSockets.count(overCoap, leastSockets(scenario));
    FileLimit files = FileLimit.ofThisProcess(count + overDtls.size());
    int overMqtt = (int) specs.stream().filter(spec -> spec.group().transport().mqtt()).count();
    mqtt = door(specs, Links::isPlainMqtt, endpoints.mqtt(), "--mqtt", files, null, overMqtt);
    http =
        door(
            specs,
            Links::isHttp,
            endpoints.http(),
            "--http",
            files,
            httpTls(specs, endpoints),
            specs.size());
    mqtts =
        door(
            specs,
            Links::isMqttTls,
            endpoints.mqtts(),
            "--mqtts",
            files,
            endpoints.tls(),
            overMqtt);
    if (overDtls.isEmpty()) {
      coaps = null;
    } else {
      InetSocketAddress server = Endpoints.need(endpoints.coaps(), 5684, "--coaps");
      coaps = new CaliforniumEndpoints(server, sources(server, count), true, counters);
    }
    if (overCoap.isEmpty()) {
      coap = null;
      sockets = null;
    } else {
      InetSocketAddress server = Endpoints.need(endpoints.coap(), 5683, "--coap");
      SourceAddresses sources = sources(server, count);
      coap =
          scenario.fidelity() > 0
              ? new CaliforniumEndpoints(server, sources, false, counters)
              : null;
      sockets = new CoapSockets(loop, server, sources, count, counters);
    }
  }

  private static @Nullable DeviceTls httpTls(List<DeviceSpec> specs, Endpoints endpoints) {
    if (endpoints.isHttps()) {
      if (endpoints.tls() == null) {
        throw new IllegalArgumentException(
            "--http is https://; say with --ca or --authority whom devices trust");
      }
      return endpoints.tls();
    }
    if (specs.stream().anyMatch(spec -> isHttp(spec) && spec.group().login().isSecure())) {
      throw new IllegalArgumentException(
          "the scenario has HTTP devices with certificates; give --http an https:// address");
    }
    return null;
  }

  private static boolean isPlainMqtt(DeviceSpec spec) {
    return spec.group().transport().mqtt() && !spec.group().login().isSecure();
  }

  private static boolean isMqttTls(DeviceSpec spec) {
    return spec.group().transport().mqtt() && spec.group().login().isSecure();
  }

  private static boolean isPlainCoap(DeviceSpec spec) {
    return spec.group().transport() == Transport.COAP && !spec.group().login().isSecure();
  }

  private static boolean isHttp(DeviceSpec spec) {
    return spec.group().transport() == Transport.HTTP;
  }

  private static boolean isDtls(DeviceSpec spec) {
    return spec.group().transport() == Transport.COAP && spec.group().login().isSecure();
  }

  /** Each address has a socket; who moves needs another one to move to. */
  private static int leastSockets(Scenario scenario) {
    boolean isMoving =
        scenario.faults().stream()
            .anyMatch(fault -> fault.kind() == ScenarioFault.Kind.ADDRESS_CHANGE);
    return Math.max(Math.max(isMoving ? 2 : 1, scenario.sourceAddresses()), underLoss(scenario));
  }

  /**
   * What is lost is sent again after many others of the same socket, and a server remembers few
   * messages of a peer: then it takes the repeat for a new one.
   */
  private static int underLoss(Scenario scenario) {
    List<DeviceSpec> devices = scenario.devices();
    long lossy = 0;
    for (int number = 0; number < scenario.faults().size(); number++) {
      ScenarioFault fault = scenario.faults().get(number);
      int drawn = number;
      if (fault.kind() == ScenarioFault.Kind.LOSS) {
        lossy +=
            devices.stream().filter(spec -> isPlainCoap(spec) && fault.hits(spec, drawn)).count();
      }
    }
    return (int) Math.min(MOST_SOCKETS_UNDER_LOSS, Math.ceilDiv(lossy, DEVICES_UNDER_LOSS));
  }

  private SourceAddresses sources(InetSocketAddress server, int connections) {
    return new SourceAddresses(server, scenario.sourceAddresses(), connections);
  }

  private @Nullable TcpConnector door(
      List<DeviceSpec> specs,
      Predicate<DeviceSpec> isSuch,
      @Nullable URI uri,
      String option,
      FileLimit files,
      @Nullable DeviceTls tls,
      int connections) {
    if (specs.stream().noneMatch(isSuch)) {
      return null;
    }
    InetSocketAddress server = Endpoints.need(uri, defaultPort(option), option);
    return new TcpConnector(server, sources(server, connections), files, tls);
  }

  private static int defaultPort(String option) {
    return switch (option) {
      case "--mqtt" -> 1883;
      case "--http" -> 8081;
      default -> 8883;
    };
  }

  /** Descriptors that the devices of CoAP need. */
  public static long descriptors(Scenario scenario) {
    List<DeviceSpec> specs = scenario.devices();
    List<DeviceSpec> overCoap = specs.stream().filter(Links::isPlainCoap).toList();
    return specs.stream().filter(Links::isDtls).count()
        + (overCoap.isEmpty() ? 0 : CoapSockets.count(overCoap, leastSockets(scenario)));
  }

  /** The link of a device; called for one after the other, before any of them plays. */
  public Link of(Owner owner) {
    DeviceSpec spec = owner.device().spec();
    if (coaps != null && isDtls(spec)) {
      return new CoapLink(
          late -> new CaliforniumCoap(coaps, owner, counters, late), owner, counters);
    }
    if (sockets != null && isPlainCoap(spec)) {
      return coapLink(sockets, owner);
    }
    if (http != null && isHttp(spec)) {
      return new HttpLink(http, owner, counters, run);
    }
    TcpConnector door = isMqttTls(spec) ? mqtts : mqtt;
    if (door == null) {
      throw new IllegalStateException(spec.id() + " has no server");
    }
    String concentrator = spec.group().concentrator();
    if (concentrator != null) {
      return shared.computeIfAbsent(concentrator, id -> connection(door, owner)).way(owner);
    }
    if (spec.group().dialect() == Dialect.SPARKPLUG) {
      return connection(door, owner).way(owner);
    }
    if (isPaho(spec)) {
      pahos++;
      return new PahoLink(door, owner, counters);
    }
    return new MqttLink(door, owner, counters);
  }

  private SharedConnection connection(TcpConnector door, Owner owner) {
    return owner.device().spec().group().dialect() == Dialect.SPARKPLUG
        ? new SparkplugConnection(door, owner, counters)
        : new SharedConnection(door, owner, counters);
  }

  private Link coapLink(CoapSockets shared, Owner owner) {
    if (coap != null && californiums < MOST_CALIFORNIUMS && isReal(owner.device().spec())) {
      californiums++;
      return new CoapLink(
          late -> new CaliforniumCoap(coap, owner, counters, late), owner, counters);
    }
    return new CoapLink(
        late -> new LeanCoap(shared, owner.device().spec(), counters, late), owner, counters);
  }

  private boolean isReal(DeviceSpec spec) {
    return Hash.unit(spec.seed(), -7) < scenario.fidelity();
  }

  private boolean isPaho(DeviceSpec spec) {
    return spec.group().transport() == Transport.MQTT_5
        && !spec.group().login().isSecure()
        && spec.group().firmware() == null
        && spec.group().form().hasPlainTopics()
        && pahos < MOST_PAHOS
        && isReal(spec);
  }

  @Override
  public void close() {
    if (sockets != null) {
      sockets.close();
    }
    if (coap != null) {
      coap.close();
    }
    if (coaps != null) {
      coaps.close();
    }
  }
}
