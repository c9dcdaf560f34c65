package io.sluice.sim.link;

import io.sluice.sim.figures.FleetCounters;
import io.sluice.sim.link.Link.Message;
import io.sluice.sim.link.Link.Owner;
import io.sluice.sim.scenario.DeviceSpec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.jspecify.annotations.Nullable;

/**
 * A device whose CoAP stack is Eclipse Californium, plain or over DTLS: what a real one makes of a
 * gateway. It has a socket and threads of its own, so only some devices of a fleet are such.
 */
final class CaliforniumCoap implements CoapStack {
  private final CaliforniumEndpoints door;
  private final Owner owner;
  private final DeviceSpec spec;
  private final FleetCounters counters;
  private final Loss loss;
  private final Late late;
  private CaliforniumEndpoints.@Nullable Way way;
  private @Nullable Request underWay;
  private @Nullable Runnable whenMoved;
  private boolean isMoving;
  private boolean isClosed;
  private boolean wasLying;
  private int moves;

  CaliforniumCoap(CaliforniumEndpoints door, Owner owner, FleetCounters counters, Late late) {
    this.door = door;
    this.owner = owner;
    this.spec = owner.device().spec();
    this.counters = counters;
    this.loss = new Loss(spec.seed(), counters);
    this.late = late;
  }

  @Override
  public void post(Message message, boolean isLying, Outcome outcome) {
    if (isMoving) {
      whenMoved = () -> post(message, isLying, outcome);
      return;
    }
    Request request = request(message, CoAP.Type.CON, isLying);
    underWay = request;
    request.addMessageObserver(
        new MessageObserverAdapter() {
          @Override
          public void onResponse(Response response) {
            onLoop(() -> answered(request, response, outcome));
          }

          @Override
          protected void failed() {
            onLoop(() -> gaveUp(request, outcome));
          }

          @Override
          public void onRetransmission() {
            counters.retransmitted.increment();
          }
        });
    send(request, isLying, outcome);
  }

  @Override
  public void postUnconfirmed(Message message, boolean isLying) {
    if (isMoving) {
      return; // as Non-confirmables are lost while a link changes
    }
    Request request = request(message, CoAP.Type.NON, isLying);
    request.addMessageObserver(
        new MessageObserverAdapter() {
          @Override
          public void onResponse(Response response) {
            onLoop(() -> late.answered(message.n(), response.getCode().value, said(response)));
          }
        });
    send(request, isLying, null);
  }

  private Request request(Message message, CoAP.Type type, boolean isLying) {
    Request request = new Request(CoAP.Code.POST, type);
    InetSocketAddress server = door.server();
    List<String> queries = door.isSecure() ? List.of() : LeanCoap.queries(spec, isLying);
    request.setURI(
        "%s://%s:%d/%s%s"
            .formatted(
                door.isSecure() ? "coaps" : "coap",
                server.getAddress().getHostAddress(),
                server.getPort(),
                message.kind().address(),
                queries.stream()
                    .map(query -> query.substring(0, 2) + encoded(query.substring(2)))
                    .collect(Collectors.joining("&", queries.isEmpty() ? "" : "?", ""))));
    request.getOptions().setContentFormat(spec.group().form().contentFormat());
    request.setPayload(message.payload());
    return request;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private void send(Request request, boolean isLying, @Nullable Outcome outcome) {
    try {
      way(isLying).endpoint().sendRequest(request);
    } catch (IOException e) {
      underWay = null;
      if (outcome != null) {
        outcome.failed(String.valueOf(e.getMessage()));
      }
    }
  }

  /** Over DTLS other secrets need another session. */
  private CaliforniumEndpoints.Way way(boolean isLying) throws IOException {
    CaliforniumEndpoints.Way now = way;
    if (now != null && isLying != wasLying && door.isSecure()) {
      door.discard(now);
      now = null;
    }
    if (now == null) {
      now = door.open(spec, isLying, moves, loss);
      way = now;
      wasLying = isLying;
    }
    return now;
  }

  private void onLoop(Runnable task) {
    if (!owner.loop().isShuttingDown()) {
      owner.loop().execute(task);
    }
  }

  private void answered(Request request, Response response, Outcome outcome) {
    if (request.equals(underWay)) {
      underWay = null;
      Long maxAge = response.getOptions().getMaxAge();
      outcome.answered(
          response.getCode().value, said(response), maxAge == null ? 60 : maxAge.intValue());
    }
  }

  private void gaveUp(Request request, Outcome outcome) {
    if (request.equals(underWay)) {
      underWay = null;
      if (way != null) {
        way.doubtSession();
      }
      Throwable cause = request.getSendError();
      outcome.failed(cause == null ? "no answer" : String.valueOf(cause.getMessage()));
    }
  }

  private static String said(Response response) {
    return (response.getCode() + " " + response.getPayloadString()).strip();
  }

  @Override
  public void abandon() {
    Request was = underWay;
    underWay = null;
    whenMoved = null;
    if (was != null) {
      was.cancel();
    }
  }

  @Override
  public void lose(double chance) {
    loss.chance(chance);
  }

  @Override
  public void move() {
    abandon();
    moves++;
    CaliforniumEndpoints.Way from = way;
    if (from != null && !isMoving) {
      isMoving = true;
      door.move(from, spec, moves, () -> onLoop(this::moved));
    }
  }

  private void moved() {
    isMoving = false;
    Runnable next = whenMoved;
    whenMoved = null;
    if (isClosed) {
      close();
    } else if (next != null) {
      next.run();
    }
  }

  @Override
  public void close() {
    isClosed = true;
    abandon();
    CaliforniumEndpoints.Way was = way;
    if (was != null && !isMoving) {
      way = null;
      door.discard(was);
    }
  }
}
