package io.sluice.sim.link;

import io.netty.channel.EventLoop;
import io.sluice.sim.coap.CoapClient;
import io.sluice.sim.coap.CoapSocket;
import io.sluice.sim.figures.FleetCounters;
import io.sluice.sim.net.SourceAddresses;
import io.sluice.sim.scenario.DeviceSpec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The UDP sockets that all CoAP devices share, as few as their rate allows; the server tells
 * devices apart by their query. Used on one event loop once the fleet plays.
 */
final class CoapSockets implements AutoCloseable {
  private static final int MOST = 1_024;
  private static final int DEVICES_A_SOCKET = 5_000;

  /** Half of the 65,536 message ids that each has for 247 s (RFC 7252 section 4.4). */
  private static final double MESSAGES_A_SECOND = 130;

  private final List<CoapSocket> sockets = new ArrayList<>();
  private final List<CoapClient> byPlace = new ArrayList<>();

  CoapSockets(
      EventLoop loop,
      InetSocketAddress server,
      SourceAddresses sources,
      int count,
      FleetCounters counters)
      throws IOException {
    for (int i = 0; i < count; i++) {
      try {
        sockets.add(
            CoapSocket.open(
                loop,
                server,
                sources.of(i, 0),
                token -> at(CoapClient.place(token)),
                cause -> counters.trouble("CoAP: " + cause.getMessage())));
      } catch (IOException e) {
        close();
        throw new IOException(
            e.getMessage() + "; it is socket %d of %d: raise ulimit -n".formatted(i + 1, count), e);
      }
    }
  }

  /**
   * How many the devices need.
   *
   * @param least for what else needs several: addresses, devices that move
   */
  static int count(Collection<DeviceSpec> devices, int least) {
    double rate =
        devices.stream()
            .mapToDouble(spec -> 1000d / Math.max(1, spec.group().interval().toMillis()))
            .sum();
    int byRate = (int) Math.min(MOST, Math.ceil(rate / MESSAGES_A_SECOND));
    int byDevices = devices.size() / DEVICES_A_SOCKET;
    return Math.clamp(Math.max(Math.max(byRate, byDevices), least), 1, MOST);
  }

  private @Nullable CoapClient at(int place) {
    return place >= 0 && place < byPlace.size() ? byPlace.get(place) : null;
  }

  /** The place that the next client has to have. */
  int nextPlace() {
    return byPlace.size();
  }

  void add(CoapClient client) {
    byPlace.add(client);
  }

  /** The socket of a device that has moved so often. */
  CoapSocket of(int place, int moves) {
    return sockets.get((place + moves) % sockets.size());
  }

  @Override
  public void close() {
    sockets.forEach(CoapSocket::close);
  }
}
