package io.sluice.admin.resource;

import static io.sluice.admin.http.Workers.blocking;

import io.sluice.admin.http.Answers;
import io.sluice.admin.http.BadRequestException;
import io.sluice.admin.http.JsonBody;
import io.sluice.admin.http.JsonTree;
import io.sluice.admin.http.PathParameter;
import io.sluice.admin.http.Query;
import io.sluice.api.ContentType;
import io.sluice.api.operator.DecodeService;
import io.sluice.api.operator.DecodeService.Decoded;
import io.sluice.api.operator.DecodeService.Outcome;
import io.sluice.api.operator.DecodeService.ProfileDetail;
import io.sluice.api.operator.DecodeService.Trial;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/profiles} and {@code /api/v1/decode}: what a payload would become. */
public final class DecodeResource {
  private static final Set<String> KEYS =
      Set.of("device", "profile", "listener", "topic", "contentType", "fPort", "text", "base64");

  private static final int NO_PORT = -1;
  private static final int PORT_MAX = 255;

  private final DecodeService service;

  public DecodeResource(DecodeService service) {
    this.service = service;
  }

  public void mount(Router router) {
    router
        .get("/api/v1/profiles")
        .handler(Query.takes())
        .handler(blocking(ctx -> Answers.json(ctx, 200, Map.of("profiles", service.profiles()))));
    router.get("/api/v1/profiles/:name").handler(Query.takes()).handler(blocking(this::profile));
    router.post("/api/v1/decode").handler(Query.takes()).handler(blocking(this::decode));
  }

  private void profile(RoutingContext ctx) {
    String name = PathParameter.text(ctx, "name");
    ProfileDetail detail = service.profile(name);
    if (detail == null) {
      Answers.error(ctx, 404, "no profile \"" + name + "\" is loaded; list them");
    } else {
      Answers.json(ctx, 200, detail);
    }
  }

  private void decode(RoutingContext ctx) {
    JsonBody body = JsonBody.of(ctx, KEYS);
    String device = body.text("device");
    String profile = body.text("profile");
    if ((device == null) == (profile == null)) {
      throw new BadRequestException("give device or profile, one of them");
    }
    String topic = body.text("topic");
    Decoded decoded =
        service.decode(
            new Trial(
                device,
                profile,
                body.text("listener"),
                topic == null ? "telemetry" : topic,
                contentType(body.text("contentType")),
                port(body),
                payload(body)));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("ok", decoded.ok());
    answer.put("reason", decoded.reason());
    answer.put("detail", decoded.detail());
    answer.put("dialect", decoded.dialect());
    answer.put("rule", decoded.rule());
    answer.put("outcomes", decoded.outcomes().stream().map(DecodeResource::outcome).toList());
    Answers.json(ctx, 200, answer);
  }

  private record Shown(
      String device,
      String profile,
      String messageClass,
      @Nullable Object record,
      List<String> unmapped,
      List<String> missing,
      @Nullable String faulty) {}

  private static Shown outcome(Outcome outcome) {
    return new Shown(
        outcome.device(),
        outcome.profile(),
        outcome.messageClass().jsonName(),
        JsonTree.read(outcome.record()),
        outcome.unmapped(),
        outcome.missing(),
        outcome.faulty());
  }

  private static ContentType contentType(@Nullable String text) {
    if (text == null) {
      return ContentType.UNSPECIFIED;
    }
    ContentType type = ContentType.ofMediaType(text);
    if (type == null) {
      throw new BadRequestException(
          "contentType \""
              + text
              + "\" is not known; leave it out, or write one such as"
              + " application/json");
    }
    return type;
  }

  private static int port(JsonBody body) {
    Object value = body.value("fPort");
    if (value == null) {
      return NO_PORT;
    }
    if (value instanceof Number number
        && number.intValue() >= 0
        && number.intValue() <= PORT_MAX
        && number.doubleValue() == number.intValue()) {
      return number.intValue();
    }
    throw new BadRequestException("fPort must be a whole number from 0 to " + PORT_MAX);
  }

  private static byte[] payload(JsonBody body) {
    String text = body.text("text");
    String base64 = body.text("base64");
    if (text != null && base64 == null) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    if (text != null || base64 == null) {
      throw new BadRequestException("give the payload as text or base64, one of them");
    }
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new BadRequestException("base64 is none: " + e.getMessage());
    }
  }
}
