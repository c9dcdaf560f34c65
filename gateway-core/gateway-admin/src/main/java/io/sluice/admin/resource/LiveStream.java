package io.sluice.admin.resource;

import io.sluice.admin.http.Answers;
import io.sluice.admin.http.Query;
import io.sluice.api.DeviceId;
import io.sluice.api.Following;
import io.sluice.api.LiveEvent;
import io.sluice.api.MessageClass;
import io.sluice.api.operator.Operations;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/v1/live?class=&device=}: accepted records as server-sent events (WHATWG HTML, section
 * 9.2). A client that reads too slowly misses records, and is told how many by an event {@code
 * missed}.
 */
public final class LiveStream implements Handler<RoutingContext> {
  private static final long HEARTBEAT_MILLIS = 15_000;

  private final Vertx vertx;
  private final Operations operations;

  public LiveStream(Vertx vertx, Operations operations) {
    this.vertx = vertx;
    this.operations = operations;
  }

  @Override
  public void handle(RoutingContext ctx) {
    MessageClass messageClass =
        Query.choice(ctx, "class", MessageClass.values(), MessageClass::jsonName);
    String device = Query.text(ctx, "device");
    if (device == null) {
      follow(ctx, messageClass, null);
      return;
    }
    DeviceId id = DeviceResource.deviceId("device", device);
    ctx.vertx()
        .executeBlocking(() -> operations.devices().get(id) != null, false)
        .onSuccess(isKnown -> {
          if (isKnown) {
            follow(ctx, messageClass, device);
          } else {
            Answers.error(ctx, 404, "device " + device + " is not registered; register it first");
          }
        })
        .onFailure(ctx::fail);
  }

  private void follow(
      RoutingContext ctx, @Nullable MessageClass messageClass, @Nullable String device) {
    HttpServerResponse response = ctx.response();
    if (ctx.request().method().equals(HttpMethod.HEAD)) {
      response.putHeader("Content-Type", "text/event-stream").end();
      return;
    }
    Tail tail = new Tail(response, wanted(messageClass, device));
    Following following;
    try {
      following = operations.follow(tail::event);
    } catch (IllegalStateException e) {
      Answers.error(ctx, 503, String.valueOf(e.getMessage()));
      return;
    }
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("Content-Encoding", "identity") // an event must not wait in a compressor
        .putHeader("Cache-Control", "no-store");
    response.write(": records as they are accepted\n\n");
    long heartbeat = vertx.setPeriodic(HEARTBEAT_MILLIS, t -> response.write(":\n\n"));
    response.closeHandler(closed -> {
      vertx.cancelTimer(heartbeat);
      following.close();
    });
  }

  private static Predicate<LiveEvent> wanted(
      @Nullable MessageClass messageClass, @Nullable String device) {
    return event ->
        (messageClass == null || messageClass == event.messageClass())
            && (device == null || device.equals(event.device()));
  }

  /** Writes events on the follower's own thread, which waits while the client is behind. */
  private static final class Tail {
    private static final long STALL_SECONDS = 30;

    private final HttpServerResponse response;
    private final Predicate<LiveEvent> wanted;
    private final Semaphore drained = new Semaphore(0);

    Tail(HttpServerResponse response, Predicate<LiveEvent> wanted) {
      this.response = response;
      this.wanted = wanted;
      response.drainHandler(v -> drained.release());
    }

    void event(LiveEvent event) {
      if (event.missed() > 0) {
        write("event: missed\ndata: " + event.missed() + "\n\n");
      }
      if (wanted.test(event)) {
        write("data: " + event.json() + "\n\n");
      }
    }

    private void write(String text) {
      awaitRoom();
      response.write(text);
    }

    private void awaitRoom() {
      while (response.writeQueueFull()) {
        try {
          if (!drained.tryAcquire(STALL_SECONDS, TimeUnit.SECONDS) && response.writeQueueFull()) {
            response.reset();
            throw new IllegalStateException("the client has not read for " + STALL_SECONDS + " s");
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("closed", e);
        }
      }
    }
  }
}
