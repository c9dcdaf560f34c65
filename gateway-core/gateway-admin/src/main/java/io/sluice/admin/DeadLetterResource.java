package io.sluice.admin;

import static io.sluice.admin.AdminRoutes.blocking;

import io.sluice.api.admin.DeadLetters;
import io.sluice.api.admin.DeadLetters.DeadLetter;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /api/v1/dead-letters}: what was refused and kept, with its payload in Base64. */
final class DeadLetterResource {
  private final DeadLetters deadLetters;

  DeadLetterResource(DeadLetters deadLetters) {
    this.deadLetters = deadLetters;
  }

  void mount(Router router) {
    router.get("/api/v1/dead-letters").handler(blocking(this::list));
    router.get("/api/v1/dead-letters/:sequence").handler(blocking(this::show));
  }

  private void list(RoutingContext ctx) {
    int limit = Query.limit(ctx, 50, 500);
    List<DeadLetter> page = deadLetters.list(Query.number(ctx, "before"), limit);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("count", deadLetters.count());
    answer.put("deadLetters", page);
    answer.put("next", page.size() < limit ? null : page.getLast().sequence());
    Answers.json(ctx, 200, answer);
  }

  private void show(RoutingContext ctx) {
    DeadLetter letter = deadLetters.get(sequence(ctx.pathParam("sequence")));
    if (letter == null) {
      Answers.error(ctx, 404, "no such dead letter; the oldest go first when the store is full");
    } else {
      Answers.json(ctx, 200, letter);
    }
  }

  private static long sequence(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new BadRequestException("a dead letter's sequence is a number, not \"" + text + '"');
    }
  }
}
