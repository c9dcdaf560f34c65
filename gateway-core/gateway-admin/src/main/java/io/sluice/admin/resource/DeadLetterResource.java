package io.sluice.admin.resource;

import static io.sluice.admin.http.Workers.blocking;

import io.sluice.admin.http.Answers;
import io.sluice.admin.http.ApiJson;
import io.sluice.admin.http.JsonBody;
import io.sluice.admin.http.JsonTree;
import io.sluice.admin.http.PathParameter;
import io.sluice.admin.http.Query;
import io.sluice.api.ContentType;
import io.sluice.api.RejectReason;
import io.sluice.api.operator.DeadLetterRetryService;
import io.sluice.api.operator.DeadLetters;
import io.sluice.api.operator.DeadLetters.DeadLetter;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/dead-letters}: what was refused and kept, and another try at it. */
public final class DeadLetterResource {
  private static final Set<String> RETRY_KEYS = Set.of("profile", "accept");

  /** A letter with its payload in Base64 and hex. */
  private record Letter(
      long sequence,
      long atMicros,
      long receivedMicros,
      RejectReason reason,
      String detail,
      String device,
      String protocol,
      String topic,
      ContentType contentType,
      byte[] payload,
      String hex,
      String state) {}

  private record Retried(boolean ok, @Nullable String problem, List<?> records, boolean accepted) {}

  private final DeadLetters deadLetters;
  private final DeadLetterRetryService retries;

  public DeadLetterResource(DeadLetters deadLetters, DeadLetterRetryService retries) {
    this.deadLetters = deadLetters;
    this.retries = retries;
  }

  public void mount(Router router) {
    router
        .get("/api/v1/dead-letters")
        .handler(Query.takes("before", "limit"))
        .handler(blocking(this::list));
    router
        .get("/api/v1/dead-letters/:sequence")
        .handler(Query.takes())
        .handler(blocking(this::show));
    router
        .post("/api/v1/dead-letters/:sequence/retry")
        .handler(Query.takes())
        .handler(blocking(this::retry));
  }

  private void list(RoutingContext ctx) {
    int limit = Query.limit(ctx, 50, 500);
    // one more than is asked for tells whether another page follows
    List<DeadLetter> found = deadLetters.list(Query.number(ctx, "before"), limit + 1);
    List<DeadLetter> page = found.subList(0, Math.min(limit, found.size()));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("count", deadLetters.count());
    answer.put("deadLetters", page);
    answer.put("next", found.size() <= limit ? null : page.getLast().sequence());
    Answers.json(ctx, 200, answer);
  }

  private void show(RoutingContext ctx) {
    DeadLetter letter = letter(ctx);
    if (letter != null) {
      Answers.json(ctx, 200, view(letter));
    }
  }

  private Letter view(DeadLetter letter) {
    return new Letter(
        letter.sequence(),
        letter.receivedMicros(),
        letter.receivedMicros(),
        letter.reason(),
        letter.detail(),
        letter.device(),
        letter.protocol(),
        letter.topic(),
        letter.contentType(),
        letter.payload(),
        HexFormat.of().formatHex(letter.payload()),
        ApiJson.name(retries.state(letter.sequence())));
  }

  private void retry(RoutingContext ctx) {
    DeadLetter letter = letter(ctx);
    if (letter == null) {
      return;
    }
    JsonBody body = JsonBody.of(ctx, RETRY_KEYS);
    boolean isOfUpstream = letter.reason() == RejectReason.UPSTREAM_REFUSED;
    String profile = isOfUpstream ? "" : body.required("profile");
    DeadLetterRetryService.Retry retry = retries.retry(letter, profile, body.flag("accept", false));
    List<?> records = retry.records().stream().map(text -> JsonTree.read(text)).toList();
    Answers.json(ctx, 200, new Retried(retry.ok(), retry.problem(), records, retry.accepted()));
  }

  /** Null where there is none; then that is answered. */
  private @Nullable DeadLetter letter(RoutingContext ctx) {
    DeadLetter letter =
        deadLetters.get(PathParameter.number("a dead letter's sequence", ctx, "sequence"));
    if (letter == null) {
      Answers.error(ctx, 404, "no such dead letter; the oldest go first when the store is full");
    }
    return letter;
  }
}
