package io.sluice.admin.resource;

import static io.sluice.admin.http.Workers.blocking;

import io.sluice.admin.http.Answers;
import io.sluice.admin.http.ApiJson;
import io.sluice.admin.http.BadRequestException;
import io.sluice.admin.http.Durations;
import io.sluice.admin.http.JsonBody;
import io.sluice.admin.http.PathParameter;
import io.sluice.admin.http.Query;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.operator.CommandService;
import io.sluice.api.operator.CommandService.CommandView;
import io.sluice.api.operator.CommandService.Submission;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** {@code /api/v1/devices/{id}/commands}: the way down. */
public final class CommandResource {
  private static final Set<String> KEYS =
      Set.of("name", "payload", "payloadBase64", "contentType", "expiresIn");
  private static final String DEFAULT_EXPIRY = "1h";

  private final CommandService service;
  private final Predicate<DeviceId> isKnown;

  /**
   * @param isKnown whether a device is registered; may block
   */
  public CommandResource(CommandService service, Predicate<DeviceId> isKnown) {
    this.service = service;
    this.isKnown = isKnown;
  }

  public void mount(Router router) {
    router
        .post("/api/v1/devices/:id/commands")
        .handler(Query.takes())
        .handler(blocking(this::submit));
    router
        .get("/api/v1/devices/:id/commands")
        .handler(Query.takes("limit"))
        .handler(blocking(this::list));
    router
        .get("/api/v1/devices/:id/commands/:command")
        .handler(Query.takes())
        .handler(blocking(this::show));
    router
        .delete("/api/v1/devices/:id/commands/:command")
        .handler(Query.takes())
        .handler(blocking(this::cancel));
  }

  private void submit(RoutingContext ctx) {
    JsonBody body = JsonBody.of(ctx, KEYS);
    String expiresIn = body.text("expiresIn");
    Duration expiry = Durations.parse("expiresIn", expiresIn == null ? DEFAULT_EXPIRY : expiresIn);
    Submission verdict =
        service.submit(
            DeviceResource.id(ctx),
            body.required("name"),
            contentType(body),
            payload(body),
            expiry);
    switch (verdict) {
      case Submission.Taken taken -> Answers.json(ctx, 202, taken.command());
      case Submission.UnknownDevice u -> DeviceResource.unknown(ctx);
      case Submission.Invalid invalid -> Answers.error(ctx, 400, invalid.detail());
      case Submission.QueueFull full ->
          Answers.error(
              ctx,
              429,
              "%d commands wait for this device already; wait until it has taken some"
                  .formatted(full.limit()));
    }
  }

  private void list(RoutingContext ctx) {
    DeviceId id = DeviceResource.id(ctx);
    if (!isKnown.test(id)) {
      DeviceResource.unknown(ctx);
      return;
    }
    Answers.json(ctx, 200, Map.of("commands", service.list(id, Query.limit(ctx, 100, 1000))));
  }

  private void show(RoutingContext ctx) {
    CommandView view = service.get(DeviceResource.id(ctx), PathParameter.text(ctx, "command"));
    if (view == null) {
      unknown(ctx);
    } else {
      Answers.json(ctx, 200, view);
    }
  }

  private void cancel(RoutingContext ctx) {
    CommandView view = service.cancel(DeviceResource.id(ctx), PathParameter.text(ctx, "command"));
    if (view == null) {
      unknown(ctx);
    } else if (view.state() == CommandService.State.CANCELLED) {
      Answers.json(ctx, 200, view);
    } else {
      Answers.error(
          ctx, 409, "the command is " + ApiJson.name(view.state()) + " and cannot be cancelled");
    }
  }

  private static void unknown(RoutingContext ctx) {
    Answers.error(ctx, 404, "the device has no such command, or it is gone from the history");
  }

  private static ContentType contentType(JsonBody body) {
    String given = body.text("contentType");
    if (given == null) {
      return body.value("payloadBase64") == null ? ContentType.JSON : ContentType.BYTES;
    }
    return Arrays.stream(ContentType.values())
        .filter(type -> !given.isEmpty() && type.mediaType().equals(given))
        .findFirst()
        .orElseThrow(() -> new BadRequestException("contentType must be one of " + mediaTypes()));
  }

  private static String mediaTypes() {
    return Arrays.stream(ContentType.values())
        .map(ContentType::mediaType)
        .filter(type -> !type.isEmpty())
        .collect(Collectors.joining(", "));
  }

  /** A JSON value is sent as it is written; a string with a content type of text as its text. */
  private static byte[] payload(JsonBody body) {
    String base64 = body.text("payloadBase64");
    Object value = body.value("payload");
    if (base64 != null && value != null) {
      throw new BadRequestException("give payload or payloadBase64, not both");
    }
    if (base64 != null) {
      return decode(base64);
    }
    if (value == null) {
      return new byte[0];
    }
    boolean isText = value instanceof String && contentType(body) == ContentType.TEXT;
    String text = isText ? (String) value : ApiJson.write(value);
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] decode(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new BadRequestException("payloadBase64 is no Base64 (RFC 4648 section 4)");
    }
  }
}
