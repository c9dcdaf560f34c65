package io.sluice.admin.resource;

import static io.sluice.admin.http.Workers.blocking;

import io.sluice.admin.http.Answers;
import io.sluice.admin.http.ApiJson;
import io.sluice.admin.http.BadRequestException;
import io.sluice.admin.http.JsonBody;
import io.sluice.admin.http.PathParameter;
import io.sluice.admin.http.Query;
import io.sluice.admin.security.AdminUser;
import io.sluice.api.operator.CoverageService;
import io.sluice.api.operator.CoverageService.By;
import io.sluice.api.operator.CoverageService.ChangeFilter;
import io.sluice.api.operator.CoverageService.Changes;
import io.sluice.api.operator.CoverageService.Coverage;
import io.sluice.api.operator.CoverageService.DeviceDetail;
import io.sluice.api.operator.CoverageService.DeviceRow;
import io.sluice.api.operator.CoverageService.Filter;
import io.sluice.api.operator.CoverageService.Month;
import io.sluice.api.operator.CoverageService.Stop;
import io.sluice.api.operator.CoverageService.StopScope;
import io.sluice.api.operator.CoverageService.What;
import io.sluice.api.operator.CoverageService.Window;
import io.vertx.core.Handler;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/coverage}: how much of what the devices should report arrives. */
public final class CoverageResource {
  private static final Set<String> STOP_KEYS = Set.of("scope", "key", "from", "to", "reason", "by");
  private static final Pattern COMMA = Pattern.compile(",");
  private static final Window[] TREND_WINDOWS = {Window.DAY, Window.MONTH};
  private static final int ROWS = 50;
  private static final int ROWS_MAX = 1_000;

  private final CoverageService service;

  public CoverageResource(CoverageService service) {
    this.service = service;
  }

  public void mount(Router router) {
    router.get("/api/v1/coverage").handler(takes("window", "by")).handler(blocking(this::show));
    router
        .get("/api/v1/coverage/trend")
        .handler(takes("window", "by", "key", "sector", "site", "model"))
        .handler(blocking(this::trend));
    router
        .get("/api/v1/coverage/devices")
        .handler(takes("window", "sector", "site", "model", "search", "order", "limit", "after"))
        .handler(blocking(this::devices));
    router
        .get("/api/v1/coverage/changes")
        .handler(Query.takes("window", "what", "before", "limit"))
        .handler(blocking(this::changes));
    router
        .get("/api/v1/coverage/outages")
        .handler(Query.takes())
        .handler(blocking(ctx -> Answers.json(ctx, 200, Map.of("outages", service.outages()))));
    router
        .get("/api/v1/coverage/stops")
        .handler(Query.takes())
        .handler(blocking(ctx -> Answers.json(ctx, 200, Map.of("stops", service.stops()))));
    router.post("/api/v1/coverage/stops").handler(Query.takes()).handler(blocking(this::addStop));
    router
        .delete("/api/v1/coverage/stops/:stop")
        .handler(Query.takes())
        .handler(blocking(this::endStop));
    router
        .get("/api/v1/coverage/month")
        .handler(Query.takes("month"))
        .handler(blocking(this::month));
    router
        .get("/api/v1/devices/:id/coverage")
        .handler(Query.takes())
        .handler(blocking(this::device));
  }

  /** The parameters of a figure; a fleet's may be of one gateway. */
  private Handler<RoutingContext> takes(String... parameters) {
    if (!service.isOfFleet()) {
      return Query.takes(parameters);
    }
    String[] all = Arrays.copyOf(parameters, parameters.length + 1);
    all[parameters.length] = "gateway";
    return Query.takes(all);
  }

  private void show(RoutingContext ctx) {
    String gateway = Query.text(ctx, "gateway");
    Coverage coverage =
        gateway == null
            ? service.coverage(window(ctx), by(ctx))
            : service.coverage(window(ctx), by(ctx), gateway);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("window", coverage.window());
    answer.put("at", coverage.at());
    answer.put("start", coverage.start());
    answer.put("end", coverage.end());
    answer.put("provisional", coverage.provisional());
    answer.put("final", coverage.isFinal());
    answer.put("outageSeconds", coverage.outageSeconds());
    answer.put("groups", coverage.groups());
    if (coverage.fleet() != null) {
      answer.put("fleet", coverage.fleet());
    }
    Answers.json(ctx, 200, answer);
  }

  /** The key of a site leaves its sectors together; {@code sector} tells them apart. */
  private void trend(RoutingContext ctx) {
    By by = by(ctx);
    String key = Query.text(ctx, "key");
    String named = by == By.ALL ? null : Query.text(ctx, ApiJson.name(by));
    if (by != By.ALL && key == null && named == null) {
      throw new BadRequestException(
          "key must name the " + ApiJson.name(by) + " whose trend is asked for");
    }
    Filter of =
        new Filter(
            by == By.SECTOR && key != null ? key : Query.text(ctx, "sector"),
            by == By.SITE && key != null ? key : Query.text(ctx, "site"),
            by == By.MODEL && key != null ? key : Query.text(ctx, "model"),
            null,
            Query.text(ctx, "gateway"));
    Window given = Query.choice(ctx, "window", TREND_WINDOWS, Window::label);
    Window window = given == null ? Window.DAY : given;
    Answers.json(ctx, 200, service.trend(window, of));
  }

  private void devices(RoutingContext ctx) {
    Filter filter =
        new Filter(
            Query.text(ctx, "sector"),
            Query.text(ctx, "site"),
            Query.text(ctx, "model"),
            Query.text(ctx, "search"),
            Query.text(ctx, "gateway"));
    String order = Query.choice(ctx, "order", new String[] {"worst", "id"}, word -> word);
    boolean isWorstFirst = !"id".equals(order);
    int limit = Query.limit(ctx, ROWS, ROWS_MAX);
    // one more than is asked for tells whether another page follows
    List<DeviceRow> found =
        service.devices(window(ctx), filter, isWorstFirst, limit + 1, Query.text(ctx, "after"));
    List<DeviceRow> page = found.subList(0, Math.min(limit, found.size()));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("devices", page);
    answer.put("next", isWorstFirst || found.size() <= limit ? null : page.getLast().device());
    answer.put("total", service.count(filter, isWorstFirst));
    Answers.json(ctx, 200, answer);
  }

  private void changes(RoutingContext ctx) {
    Window window = window(ctx);
    if (window != Window.HOUR && window != Window.DAY) {
      throw new BadRequestException("window must be 1h or 24h: changes are kept for a day");
    }
    List<What> what = new ArrayList<>();
    String kinds = Query.text(ctx, "what");
    if (kinds != null) {
      for (String kind : COMMA.split(kinds, -1)) {
        what.add(Query.choice("what", kind.strip(), What.values(), each -> ApiJson.name(each)));
      }
    }
    Long before = Query.number(ctx, "before");
    Changes changes =
        service.changes(
            new ChangeFilter(
                window == Window.DAY ? 24 : 1,
                what,
                Query.limit(ctx, ROWS, ROWS_MAX),
                before == null ? Long.MAX_VALUE : before));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("changes", changes.changes());
    Map<String, Long> counts = new LinkedHashMap<>();
    changes.counts().forEach((kind, count) -> counts.put(ApiJson.name(kind), count));
    answer.put("counts", counts);
    answer.put("cut", changes.cut());
    Answers.json(ctx, 200, answer);
  }

  private void addStop(RoutingContext ctx) {
    JsonBody body = JsonBody.of(ctx, STOP_KEYS);
    String by = body.text("by");
    String key = body.text("key");
    Long from = body.micros("from");
    Stop stop =
        new Stop(
            0,
            Query.choice("scope", body.required("scope"), StopScope.values(), c -> ApiJson.name(c)),
            key == null ? "" : key,
            from == null ? 0 : from,
            body.micros("to"),
            body.required("reason"),
            by == null ? AdminUser.in(ctx).name() : by);
    try {
      String warning = service.unknown(stop.scope(), stop.key());
      Answers.json(ctx, 201, AddedStop.of(service.addStop(stop), warning));
    } catch (IllegalArgumentException e) {
      throw new BadRequestException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * A stop that was taken down.
   *
   * @param warning what is odd about it, or null
   */
  private record AddedStop(
      long id,
      StopScope scope,
      String key,
      long from,
      @Nullable Long to,
      String reason,
      String by,
      @Nullable String warning) {
    static AddedStop of(Stop stop, @Nullable String warning) {
      return new AddedStop(
          stop.id(),
          stop.scope(),
          stop.key(),
          stop.from(),
          stop.to(),
          stop.reason(),
          stop.by(),
          warning);
    }
  }

  private void endStop(RoutingContext ctx) {
    Stop ended = service.endStop(PathParameter.number("a stop's id", ctx, "stop"));
    if (ended == null) {
      Answers.error(ctx, 404, "there is no such stop; see /api/v1/coverage/stops");
    } else {
      Answers.json(ctx, 200, ended);
    }
  }

  private void month(RoutingContext ctx) {
    String text = Query.text(ctx, "month");
    YearMonth asked;
    try {
      asked = YearMonth.parse(text == null ? "" : text);
    } catch (DateTimeParseException e) {
      throw new BadRequestException(
          text == null
              ? "month is missing; write one such as 2026-10"
              : "month must be as 2026-10, not \"" + text + '"');
    }
    Month month = service.month(asked);
    if (month.end() <= month.start()) {
      throw new BadRequestException("month " + asked + " has not begun; ask for one that has");
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("month", month.month());
    answer.put("gateway", month.gateway());
    answer.put("start", month.start());
    answer.put("end", month.end());
    answer.put("final", month.isFinal());
    answer.put("sites", month.sites());
    answer.put("models", month.models());
    answer.put("stops", month.stops());
    answer.put("outages", month.outages());
    Answers.json(ctx, 200, answer);
  }

  private void device(RoutingContext ctx) {
    DeviceDetail detail = service.device(DeviceResource.id(ctx).value());
    if (detail == null) {
      DeviceResource.unknown(ctx);
    } else {
      Answers.json(ctx, 200, detail);
    }
  }

  private static Window window(RoutingContext ctx) {
    Window given = Query.choice(ctx, "window", Window.values(), Window::label);
    return given == null ? Window.HOUR : given;
  }

  private static By by(RoutingContext ctx) {
    By given = Query.choice(ctx, "by", By.values(), c -> ApiJson.name(c));
    return given == null ? By.ALL : given;
  }
}
