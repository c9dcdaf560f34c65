package io.sluice.sim.fleet;

import io.sluice.sim.device.Kind;
import io.sluice.sim.scenario.DeviceSpec;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;

/**
 * One device over CoAP: one exchange at a time (RFC 7252 section 4.7, NSTART 1). A 5.03 waits for
 * its Max-Age and is tried again; so is one that never had an answer.
 */
final class CoapLink implements Link {
  private static final int MOST_TRIES = 5;
  private final CoapEndpoint endpoint;
  private final InetSocketAddress server;
  private final DevicePlay play;
  private final FleetCounters counters;
  private final DeviceSpec spec;
  private final String query;
  private boolean busy;
  private boolean closed;

  CoapLink(
      CoapEndpoint endpoint, InetSocketAddress server, DevicePlay play, FleetCounters counters) {
    this.endpoint = endpoint;
    this.server = server;
    this.play = play;
    this.counters = counters;
    this.spec = play.device().spec();
    this.query =
        "?d=" + encoded(spec.id()) + (spec.token() == null ? "" : "&k=" + encoded(spec.token()));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void open() {
    // nothing to connect
  }

  @Override
  public boolean ready() {
    return !busy && !closed;
  }

  @Override
  public int pending() {
    return busy ? 1 : 0;
  }

  @Override
  public void send(long n, Kind kind, byte[] payload) {
    busy = true;
    attempt(n, kind, payload, 1);
  }

  private void attempt(long n, Kind kind, byte[] payload, int tries) {
    if (closed) {
      busy = false;
      return;
    }
    boolean confirmable = spec.group().qos() > 0;
    Request request = new Request(CoAP.Code.POST, confirmable ? CoAP.Type.CON : CoAP.Type.NON);
    request.setURI(
        "coap://"
            + server.getAddress().getHostAddress()
            + ":"
            + server.getPort()
            + "/"
            + kind.address()
            + query);
    request.getOptions().setContentFormat(spec.group().form().contentFormat());
    request.setPayload(payload);
    request.addMessageObserver(
        new MessageObserverAdapter() {
          @Override
          public void onResponse(Response response) {
            onLoop(() -> answer(n, kind, payload, tries, response));
          }

          @Override
          protected void failed() {
            onLoop(() -> again(n, kind, payload, tries, 0, "no answer"));
          }
        });
    endpoint.sendRequest(request);
    if (!confirmable) {
      // nobody has to answer: it has no outcome, and the next may follow at once
      busy = false;
    }
  }

  private void onLoop(Runnable task) {
    if (!play.loop().isShuttingDown()) {
      play.loop().execute(task);
    }
  }

  private void answer(long n, Kind kind, byte[] payload, int tries, Response response) {
    if (response.isSuccess()) {
      busy = false;
      if (spec.group().qos() > 0) {
        play.acked(n);
      }
    } else if (response.getCode() == ResponseCode.SERVICE_UNAVAILABLE) {
      long wait =
          Math.min(
              60,
              response.getOptions().getMaxAge() == null ? 1 : response.getOptions().getMaxAge());
      again(n, kind, payload, tries, wait * 1000, "5.03 " + response.getPayloadString());
    } else {
      busy = false;
      play.refused(n, response.getCode() + " " + response.getPayloadString());
    }
  }

  private void again(long n, Kind kind, byte[] payload, int tries, long waitMillis, String why) {
    counters.trouble(spec.id() + ": " + why);
    if (closed || tries >= MOST_TRIES || spec.group().qos() == 0) {
      busy = false;
      return;
    }
    play.resent(n);
    Timers.after(
        play.loop(), () -> attempt(n, kind, payload, tries + 1), Math.max(100, waitMillis));
  }

  @Override
  public void close() {
    closed = true;
  }
}
