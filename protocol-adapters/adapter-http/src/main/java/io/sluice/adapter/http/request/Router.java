package io.sluice.adapter.http.request;

import io.sluice.adapter.http.message.Encoded;
import io.sluice.adapter.http.message.Problem;
import io.sluice.adapter.http.message.RequestFault;
import io.sluice.adapter.http.message.RequestHead;
import io.sluice.adapter.http.message.Response;
import io.sluice.api.adapter.Ingress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says what a request is about. A path is to the dialects what a topic is; only where a vendor's
 * HTTP puts something else into the path is it looked at here. Thread-safe.
 */
final class Router {
  private static final String UPLINK_METHODS = "POST, PUT, OPTIONS";
  private static final String READ_METHODS = "GET, HEAD, OPTIONS";

  /** Those of RFC 9110 and PATCH; others are not implemented. */
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  /** thingsboard.io, "HTTP Device API Reference": the token stands in the path. */
  private static final String THINGSBOARD = "api/v1/";

  private static final String THINGSBOARD_TOPICS = "v1/devices/me/";
  private static final int MAX_EVENT_CHARS = 32;

  private final Ingress ingress;
  private final InstantSource clock;

  Router(Ingress ingress, InstantSource clock) {
    this.ingress = ingress;
    this.clock = clock;
  }

  Route route(RequestHead head) throws RequestFault {
    String method = head.method();
    if (!METHODS.contains(method)) {
      return fixed(Problem.of(Response.NOT_IMPLEMENTED, "the method " + method + " is not known"));
    }
    if (head.path().equals("*")) {
      return fixed(allowing("GET, HEAD, POST, PUT, OPTIONS"));
    }
    String path = path(head.path());
    if (path.equals("time")) {
      return time(method);
    }
    boolean isUplink = method.equals("POST") || method.equals("PUT");
    if (path.equals("command") || (path.startsWith("command/") && !isUplink)) {
      return command(path, method, head);
    }
    Route.Uplink uplink = uplink(path, head);
    if (uplink == null) {
      return fixed(Answers.notFound());
    }
    return switch (method) {
      case "POST", "PUT" -> uplink;
      case "OPTIONS" -> fixed(allowing(UPLINK_METHODS));
      default -> fixed(Answers.methodNotAllowed("this path", UPLINK_METHODS));
    };
  }

  private static Route fixed(Response response) {
    return new Route.Fixed(response);
  }

  private static Response allowing(String methods) {
    return Response.of(Response.NO_CONTENT).with("allow", methods);
  }

  /** Without leading slash, decoded. */
  private static String path(String encoded) throws RequestFault {
    String lower = encoded.toLowerCase(Locale.ROOT);
    String path = lower.contains("%2f") ? null : Encoded.decoded(encoded.substring(1));
    if (path == null || path.indexOf('+') >= 0 || path.indexOf('#') >= 0) {
      throw new RequestFault(
          Response.BAD_REQUEST, "a segment of the path is no text, or has one of / + # in it");
    }
    return path;
  }

  /** Milliseconds since the epoch, for devices without a clock of their own. */
  private Route time(String method) {
    return switch (method) {
      case "GET", "HEAD" ->
          fixed(
              Response.of(
                      Response.OK,
                      "text/plain",
                      Long.toString(clock.millis()).getBytes(StandardCharsets.US_ASCII))
                  .with("cache-control", "no-store"));
      case "OPTIONS" -> fixed(allowing(READ_METHODS));
      default -> fixed(Answers.methodNotAllowed("/time", READ_METHODS));
    };
  }

  private static Route command(String path, String method, RequestHead head) throws RequestFault {
    boolean isOne = path.startsWith("command/");
    String methods = isOne ? "DELETE, OPTIONS" : "GET, OPTIONS";
    if (method.equals("OPTIONS")) {
      return fixed(allowing(methods));
    }
    if (method.equals("GET") && !isOne) {
      return new Route.Poll(
          Encoded.parameter(head.query(), "ack"),
          CommandPolls.waitMillis(Encoded.parameter(head.query(), "wait")));
    }
    return method.equals("DELETE") && isOne
        ? new Route.Acknowledge(path.substring("command/".length()))
        : fixed(Answers.methodNotAllowed("/command", methods));
  }

  private Route.@Nullable Uplink uplink(String path, RequestHead head) throws RequestFault {
    String token = null;
    String topic = path;
    if (path.startsWith(THINGSBOARD)) {
      int end = path.indexOf('/', THINGSBOARD.length());
      String mapped = end < 0 ? null : thingsBoardTopic(path.substring(end + 1));
      if (mapped != null && ingress.maps(mapped)) {
        token = path.substring(THINGSBOARD.length(), end);
        topic = mapped;
      }
    }
    String event = Encoded.parameter(head.query(), "event");
    String ofEvent = event == null || !isWord(event) ? null : topic + "/event/" + event;
    if (ofEvent != null && ingress.maps(ofEvent)) {
      topic = ofEvent; // chirpstack.io, "HTTP integration": ?event=up
    } else if (token == null && !ingress.maps(topic)) {
      return null;
    }
    return new Route.Uplink(topic, token, batch(head));
  }

  /** The topic of the same meaning over MQTT; null where there is none. */
  private static @Nullable String thingsBoardTopic(String rest) {
    if (rest.equals("rpc")) {
      return THINGSBOARD_TOPICS + "rpc/request/1";
    }
    if (rest.startsWith("rpc/")) {
      return THINGSBOARD_TOPICS + "rpc/response/" + rest.substring("rpc/".length());
    }
    return List.of("telemetry", "attributes", "claim").contains(rest)
        ? THINGSBOARD_TOPICS + rest
        : null;
  }

  private static boolean isWord(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_EVENT_CHARS
        && text.chars().allMatch(c -> c >= 'a' && c <= 'z');
  }

  private static Route.Batch batch(RequestHead head) throws RequestFault {
    String type = head.fields().only("content-type");
    if (type != null && MediaTypes.isLines(type)) {
      return Route.Batch.LINES;
    }
    return Encoded.parameter(head.query(), "batch") == null
        ? Route.Batch.ONE
        : Route.Batch.ELEMENTS;
  }
}
