package io.sluice.sim.link;

import io.sluice.sim.coap.CoapClient;
import io.sluice.sim.coap.CoapMessage;
import io.sluice.sim.device.Hash;
import io.sluice.sim.figures.FleetCounters;
import io.sluice.sim.link.Link.Message;
import io.sluice.sim.scenario.DeviceSpec;
import java.util.ArrayList;
import java.util.List;

/** A device on the simulator's own CoAP client, which is small enough for a great many. */
final class LeanCoap implements CoapStack {
  private final CoapSockets sockets;
  private final DeviceSpec spec;
  private final Loss loss;
  private final CoapClient client;
  private final int place;
  private int moves;
  private long newest;
  private int exchanges;

  LeanCoap(CoapSockets sockets, DeviceSpec spec, FleetCounters counters, Late late) {
    this.sockets = sockets;
    this.spec = spec;
    this.loss = new Loss(spec.seed(), counters);
    this.place = sockets.nextPlace();
    this.client =
        new CoapClient(
            sockets.of(place, 0),
            place,
            loss::strikes,
            () -> Hash.unit(spec.seed() ^ 0xACC, exchanges++),
            counters.retransmitted::increment,
            (low, response) -> late.answered(number(low), response.code(), response.said()));
    sockets.add(client);
  }

  /** The newest number that ends in these bits. */
  private long number(int low) {
    return newest - ((newest - low) & 0xFFFF_FFFFL);
  }

  /** Its name and secret. */
  static List<String> queries(DeviceSpec spec, boolean isLying) {
    List<String> queries = new ArrayList<>(2);
    queries.add("d=" + spec.id());
    if (spec.token() != null) {
      queries.add("k=" + spec.token() + (isLying ? "-wrong" : ""));
    }
    return queries;
  }

  @Override
  public void post(Message message, boolean isLying, Outcome outcome) {
    newest = Math.max(newest, message.n());
    client.postCon(
        message.n(),
        message.kind().address(),
        spec.group().form().contentFormat(),
        queries(spec, isLying),
        message.payload(),
        new CoapClient.Outcome() {
          @Override
          public void answered(CoapMessage response) {
            outcome.answered(response.code(), response.said(), response.maxAgeSeconds());
          }

          @Override
          public void failed(String why) {
            outcome.failed(why);
          }
        });
  }

  @Override
  public void postUnconfirmed(Message message, boolean isLying) {
    newest = Math.max(newest, message.n());
    client.postNon(
        message.n(),
        message.kind().address(),
        spec.group().form().contentFormat(),
        queries(spec, isLying),
        message.payload());
  }

  @Override
  public void abandon() {
    client.abandon();
  }

  @Override
  public void lose(double chance) {
    loss.chance(chance);
  }

  @Override
  public void move() {
    client.move(sockets.of(place, ++moves));
  }

  @Override
  public void close() {
    client.abandon();
  }
}
