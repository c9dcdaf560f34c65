package io.sluice.admin.resource;

import io.sluice.admin.http.Answers;
import io.sluice.admin.http.ApiJson;
import io.sluice.api.operator.AlarmService;
import io.sluice.api.operator.AlarmService.Counts;
import io.sluice.api.operator.CoverageService;
import io.sluice.api.operator.CoverageService.By;
import io.sluice.api.operator.CoverageService.Group;
import io.sluice.api.operator.CoverageService.Window;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /api/v1/updates}: what the dashboard shows, as server-sent events (WHATWG HTML, section
 * 9.2): {@code flow} each 2 s, its data the body of {@code /api/v1/flow}; {@code coverage} each 10
 * s, the last hour by sector, as it was worked out last; {@code alarms} as their counts change, and
 * each 10 s. The figures are put together once for all who read, on a worker, and only while
 * somebody does. Who has not read the event before when the next is due misses that one; who misses
 * 15 in a row is dropped. Everything but the figures runs on the event loop.
 */
public final class Updates implements Handler<RoutingContext> {
  /** Most readers at once; one more is refused. */
  public static final int READERS_MAX = 64;

  private static final Logger LOG = LoggerFactory.getLogger(Updates.class);
  private static final long PERIOD_MILLIS = 2_000;
  private static final int MISSED_MAX = 15;

  /** Every fifth time, and for who comes anew. */
  private static final int COVERAGE_EACH = 5;

  /** One who reads; the event loop's alone. */
  private static final class Reader {
    private final HttpServerResponse response;
    private int missed;

    Reader(HttpServerResponse response) {
      this.response = response;
    }
  }

  private final Vertx vertx;
  private final Supplier<?> flow;
  private final AlarmService book;
  private final CoverageService coverage;
  private final List<Reader> readers = new ArrayList<>();
  private boolean isUnderWay;
  private int round;

  /** As told last; by the one worker that is under way. */
  private volatile @Nullable Counts alarms;

  /** What the event of coverage carries. */
  private record Ratios(String window, List<Group> groups) {}

  /**
   * For all who read.
   *
   * @param flow what the event of that name carries
   */
  public Updates(Vertx vertx, Supplier<?> flow, AlarmService book, CoverageService coverage) {
    this.vertx = vertx;
    this.flow = flow;
    this.book = book;
    this.coverage = coverage;
    vertx.setPeriodic(PERIOD_MILLIS, timer -> publish());
  }

  @Override
  public void handle(RoutingContext ctx) {
    if (ctx.request().method().equals(HttpMethod.HEAD)) {
      ctx.response().putHeader("Content-Type", "text/event-stream").end();
      return;
    }
    if (readers.size() >= READERS_MAX) {
      Answers.error(ctx, 503, READERS_MAX + " read the updates already; close a page");
      return;
    }
    HttpServerResponse response = ctx.response();
    Reader reader = new Reader(response);
    readers.add(reader);
    round = 0;
    response.closeHandler(closed -> readers.remove(reader));
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("Content-Encoding", "identity") // an event must not wait in a compressor
        .putHeader("Cache-Control", "no-store");
    response.write("retry: " + PERIOD_MILLIS + "\n\n");
    publish();
  }

  /** Ends each stream in order, so that pages see an end and not a fault. On any thread. */
  public void end() {
    vertx.runOnContext(now -> {
      List.copyOf(readers).forEach(reader -> reader.response.end());
      readers.clear();
    });
  }

  private void publish() {
    if (readers.isEmpty() || isUnderWay) {
      return;
    }
    isUnderWay = true;
    boolean withCoverage = round++ % COVERAGE_EACH == 0;
    vertx
        .executeBlocking(() -> events(withCoverage), false)
        .onComplete(answer -> {
          isUnderWay = false;
          if (answer.succeeded()) {
            write(answer.result());
          } else {
            LOG.warn("admin: the updates could not be put together: {}", answer.cause().toString());
            write(":\n\n"); // so that a connection which is gone is noticed
          }
        });
  }

  private String events(boolean withCoverage) {
    String events = event("flow", flow.get());
    Counts now = book.counts();
    if (withCoverage || !now.equals(alarms)) {
      alarms = now;
      events += event("alarms", now);
    }
    if (!withCoverage) {
      return events;
    }
    List<Group> groups = coverage.latest(Window.HOUR, By.SECTOR).groups();
    return events + event("coverage", new Ratios(Window.HOUR.label(), groups));
  }

  private static String event(String name, Object data) {
    return "event: " + name + "\ndata: " + ApiJson.write(data) + "\n\n";
  }

  private void write(String text) {
    for (Reader reader : List.copyOf(readers)) {
      if (!reader.response.writeQueueFull()) {
        reader.missed = 0;
        reader.response.write(text);
      } else if (++reader.missed == MISSED_MAX) {
        LOG.info(
            "admin: a reader of the updates has not read for {} s and is dropped",
            TimeUnit.MILLISECONDS.toSeconds(MISSED_MAX * PERIOD_MILLIS));
        readers.remove(reader);
        reader.response.reset();
      }
    }
  }
}
