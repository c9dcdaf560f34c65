package io.sluice.sim.fleet;

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
  private static final long AWAY_MILLIS = 200;
  private final CoapEndpoint endpoint;
  private final InetSocketAddress server;
  private final DevicePlay play;
  private final FleetCounters counters;
  private final DeviceSpec spec;
  private final String query;
  private boolean busy;
  private boolean closed;
  private boolean away;
  private boolean lying;

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
    return !busy && !closed && !away;
  }

  @Override
  public int pending() {
    return busy ? 1 : 0;
  }

  @Override
  public void send(Message message) {
    busy = true;
    attempt(message, 1);
  }

  @Override
  public void cut() {
    away = true;
  }

  @Override
  public void restore() {
    away = false;
  }

  @Override
  public void sleep() {
    // between messages a CoAP device is always asleep
  }

  @Override
  public void mute() {
    away = true;
  }

  @Override
  public void lie(boolean isWrong) {
    lying = isWrong;
  }

  private void attempt(Message message, int tries) {
    if (closed) {
      busy = false;
      return;
    }
    if (away) {
      Timers.after(play.loop(), () -> attempt(message, tries), AWAY_MILLIS);
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
            + message.kind().address()
            + (lying ? query + "-wrong" : query));
    request.getOptions().setContentFormat(spec.group().form().contentFormat());
    request.setPayload(message.payload());
    request.addMessageObserver(
        new MessageObserverAdapter() {
          @Override
          public void onResponse(Response response) {
            onLoop(() -> answer(message, tries, response));
          }

          @Override
          protected void failed() {
            onLoop(() -> again(message, tries, 0, "no answer"));
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

  private void answer(Message message, int tries, Response response) {
    if (response.isSuccess()) {
      busy = false;
      if (spec.group().qos() > 0) {
        play.acked(message.n());
      }
    } else if (response.getCode() == ResponseCode.SERVICE_UNAVAILABLE) {
      long wait =
          Math.min(
              60,
              response.getOptions().getMaxAge() == null ? 1 : response.getOptions().getMaxAge());
      again(message, tries, wait * 1000, "5.03 " + response.getPayloadString());
    } else {
      busy = false;
      play.refused(message.n(), response.getCode() + " " + response.getPayloadString());
    }
  }

  private void again(Message message, int tries, long waitMillis, String why) {
    counters.trouble(spec.id() + ": " + why);
    if (closed || tries >= MOST_TRIES || spec.group().qos() == 0 || message.isBad()) {
      busy = false;
      return;
    }
    play.resent(message.n());
    Timers.after(play.loop(), () -> attempt(message, tries + 1), Math.max(100, waitMillis));
  }

  @Override
  public void close() {
    closed = true;
  }
}
