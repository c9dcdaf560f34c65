package io.sluice.admin.resource;

import static io.sluice.admin.http.Workers.blocking;

import io.sluice.admin.http.Answers;
import io.sluice.admin.http.BadRequestException;
import io.sluice.admin.http.JsonBody;
import io.sluice.admin.http.PathParameter;
import io.sluice.admin.http.Query;
import io.sluice.admin.security.AdminUser;
import io.sluice.api.operator.AlarmService;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Counts;
import io.sluice.api.operator.AlarmService.Figures;
import io.sluice.api.operator.AlarmService.Filter;
import io.sluice.api.operator.AlarmService.Found;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.api.operator.AlarmService.Sort;
import io.sluice.api.operator.AlarmService.State;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/alarms}: what is wrong, and who has seen it. */
public final class AlarmResource {
  private static final int NOTE_MAX_CHARACTERS = 500;
  private static final Map<String, List<State>> STATES =
      Map.of(
          "active", List.of(State.ACTIVE),
          "acknowledged", List.of(State.ACKNOWLEDGED),
          "cleared", List.of(State.CLEARED),
          "open", List.of(State.ACTIVE, State.ACKNOWLEDGED));

  private static final List<String> SEVERITIES =
      List.of("Extreme", "Severe", "Moderate", "Minor", "Unknown");
  private static final Pattern COMMA = Pattern.compile(",");

  private static final String[] PARAMETERS = {
    "state",
    "severity",
    "kind",
    "sector",
    "site",
    "device",
    "text",
    "sort",
    "order",
    "after",
    "limit"
  };

  /** A fleet's may be of one gateway. */
  private static final String[] PARAMETERS_OF_FLEET =
      Stream.concat(Arrays.stream(PARAMETERS), Stream.of("gateway")).toArray(String[]::new);

  /** What an operator does to an alarm; answers the alarm, or null where there is none. */
  private interface Act {
    @Nullable AlarmView on(long id, String by, @Nullable String note);
  }

  private final AlarmService alarms;

  public AlarmResource(AlarmService alarms) {
    this.alarms = alarms;
  }

  public void mount(Router router) {
    router
        .get("/api/v1/alarms")
        .handler(Query.takes(alarms.isOfFleet() ? PARAMETERS_OF_FLEET : PARAMETERS))
        .handler(blocking(this::list));
    router.get("/api/v1/alarms/:id").handler(Query.takes()).handler(blocking(this::show));
    router
        .post("/api/v1/alarms/:id/acknowledge")
        .handler(Query.takes())
        .handler(blocking(ctx -> act(ctx, alarms::acknowledge)));
    router
        .post("/api/v1/alarms/:id/clear")
        .handler(Query.takes())
        .handler(blocking(ctx -> act(ctx, alarms::clear)));
  }

  private void list(RoutingContext ctx) {
    Found found;
    try {
      found = alarms.find(filter(ctx));
    } catch (IllegalArgumentException e) {
      throw new BadRequestException(
          "after must be the next of a page that was asked for with the same sort and order");
    }
    Counts counts = alarms.counts();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("alarms", found.alarms());
    answer.put("next", found.next());
    answer.put("total", found.total());
    answer.put("severities", found.severities());
    answer.put("active", counts.active());
    answer.put("acknowledged", counts.acknowledged());
    Figures figures = alarms.figures();
    answer.put("leftOut", figures.leftOut());
    answer.put("undelivered", figures.undelivered());
    answer.put("unknownStates", alarms.unknownStates());
    Answers.json(ctx, 200, answer);
  }

  private static Filter filter(RoutingContext ctx) {
    String by = Query.text(ctx, "sort");
    Sort sort = by == null ? Sort.RAISED : named("sort", by, List.of(Sort.values()), Sort::label);
    return new Filter(
        states(Query.text(ctx, "state")),
        several(ctx, "severity", SEVERITIES, Function.identity()),
        several(ctx, "kind", List.of(Kind.values()), Kind::label),
        Query.text(ctx, "sector"),
        Query.text(ctx, "site"),
        Query.text(ctx, "device"),
        Query.text(ctx, "text"),
        sort,
        isDescending(Query.text(ctx, "order"), sort),
        Query.text(ctx, "after"),
        Query.limit(ctx, 100, 1000),
        Query.text(ctx, "gateway"));
  }

  private static boolean isDescending(@Nullable String order, Sort sort) {
    if (order == null) {
      return sort.isDescending();
    }
    if (!order.equals("asc") && !order.equals("desc")) {
      throw new BadRequestException("order must be asc or desc, not \"" + order + '"');
    }
    return order.equals("desc");
  }

  /** What a parameter names, several with commas between them. */
  private static <T> List<T> several(
      RoutingContext ctx, String parameter, List<T> known, Function<T, String> label) {
    String text = Query.text(ctx, parameter);
    return text == null
        ? List.of()
        : Arrays.stream(COMMA.split(text))
            .map(each -> named(parameter, each, known, label))
            .distinct()
            .toList();
  }

  private static <T> T named(
      String parameter, String name, List<T> known, Function<T, String> label) {
    return known.stream()
        .filter(each -> label.apply(each).equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() ->
            new BadRequestException(
                parameter
                    + " must be one of "
                    + known.stream().map(label).collect(Collectors.joining(", "))
                    + ", not \""
                    + name
                    + '"'));
  }

  private static List<State> states(@Nullable String name) {
    List<State> states = name == null ? List.of(State.values()) : STATES.get(name);
    if (states == null) {
      throw new BadRequestException(
          "state must be active, acknowledged, cleared or open, not \"" + name + '"');
    }
    return states;
  }

  private void show(RoutingContext ctx) {
    answer(ctx, alarms.get(id(ctx)));
  }

  private static void act(RoutingContext ctx, Act act) {
    String note = note(ctx);
    answer(ctx, act.on(id(ctx), AdminUser.in(ctx).name(), note));
  }

  private static void answer(RoutingContext ctx, @Nullable AlarmView alarm) {
    if (alarm == null) {
      Answers.error(ctx, 404, "there is no such alarm, or it is gone from the book");
    } else {
      Answers.json(ctx, 200, alarm);
    }
  }

  private static @Nullable String note(RoutingContext ctx) {
    String note = JsonBody.orEmpty(ctx, Set.of("note")).text("note");
    if (note != null && note.length() > NOTE_MAX_CHARACTERS) {
      throw new BadRequestException("note has at most " + NOTE_MAX_CHARACTERS + " characters");
    }
    return note;
  }

  private static long id(RoutingContext ctx) {
    return PathParameter.number("an alarm's id", ctx, "id");
  }
}
