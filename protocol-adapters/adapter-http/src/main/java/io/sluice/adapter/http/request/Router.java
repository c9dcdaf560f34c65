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

  /** Topics by which its devices get commands over MQTT. */
  static final String THINGSBOARD_REQUESTS = THINGSBOARD_TOPICS + "rpc/request/";

  /** eclipse.dev/hono, "HTTP Adapter": where a device answers to a command. */
  private static final String HONO_ANSWER = "command/res/";

  /** One of the topics that Hono's devices have over MQTT. */
  private static final String HONO_TOPIC = "command/t/d/res/1/200";

  private static final String WAIT_SECONDS = "hono-ttd";
  private static final String COMMAND_STATUS = "hono-cmd-status";
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
    if (path.startsWith(HONO_ANSWER) && ingress.maps(HONO_TOPIC)) {
      return honoAnswer(path.substring(HONO_ANSWER.length()), head);
    }
    if (method.equals("GET") && path.startsWith(THINGSBOARD)) {
      Route asked = thingsBoardRead(path.substring(THINGSBOARD.length()), head);
      if (asked != null) {
        return asked;
      }
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
          CommandForm.OWN,
          null,
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
    return new Route.Uplink(topic, token, batch(head), honoPoll(head));
  }

  /** What a device asks for whose token stands in the path; null where there is nothing such. */
  private @Nullable Route thingsBoardRead(String rest, RequestHead head) throws RequestFault {
    int end = rest.indexOf('/');
    if (end < 0 || !ingress.maps(THINGSBOARD_TOPICS + "rpc/response/1")) {
      return null;
    }
    String token = rest.substring(0, end);
    return switch (rest.substring(end + 1)) {
      case "rpc" -> {
        // without one, or with 0, it is a minute there
        long asked = number("timeout", Encoded.parameter(head.query(), "timeout"));
        yield new Route.Poll(
            CommandForm.THINGSBOARD,
            token,
            null,
            asked == 0
                ? CommandPolls.MAX_WAIT_MILLIS
                : Math.min(CommandPolls.MAX_WAIT_MILLIS, asked));
      }
      // no attributes are kept here, as over MQTT
      case "attributes" -> new Route.Same(token, Answers.json(Response.OK, "{}"));
      default -> null;
    };
  }

  /**
   * That a device takes a command in the answer to what it sends; null where it does not say so.
   */
  private Route.@Nullable Poll honoPoll(RequestHead head) throws RequestFault {
    String field = head.fields().first(WAIT_SECONDS);
    String seconds = field == null ? Encoded.parameter(head.query(), WAIT_SECONDS) : field;
    if (seconds == null || !ingress.maps(HONO_TOPIC)) {
      return null;
    }
    long millis = seconds.equals("-1") ? Long.MAX_VALUE : 1_000 * number(WAIT_SECONDS, seconds);
    return new Route.Poll(
        CommandForm.HONO, null, null, Math.min(CommandPolls.MAX_WAIT_MILLIS, millis));
  }

  private static long number(String name, @Nullable String text) throws RequestFault {
    if (text == null) {
      return 0;
    }
    if (text.isEmpty() || text.length() > 9 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new RequestFault(Response.BAD_REQUEST, name + " must be a number, from 0 on");
    }
    return Long.parseLong(text);
  }

  /** By the topic of the same meaning over MQTT. */
  private static Route honoAnswer(String rest, RequestHead head) throws RequestFault {
    String method = head.method();
    if (!method.equals("POST") && !method.equals("PUT")) {
      return fixed(
          method.equals("OPTIONS")
              ? allowing(UPLINK_METHODS)
              : Answers.methodNotAllowed("this path", UPLINK_METHODS));
    }
    String field = head.fields().first(COMMAND_STATUS);
    String status = field == null ? Encoded.parameter(head.query(), COMMAND_STATUS) : field;
    if (status == null || !status.matches("[2-5]\\d\\d")) {
      throw new RequestFault(
          Response.BAD_REQUEST, "hono-cmd-status must be 200 to 599, as a header or parameter");
    }
    String[] levels = rest.split("/", -1);
    String command = levels[levels.length - 1];
    if (command.isEmpty() || (levels.length != 1 && levels.length != 3)) {
      return fixed(Answers.notFound());
    }
    String of = levels.length == 1 ? "own/own" : levels[0] + '/' + levels[1];
    return new Route.Uplink(
        "command/" + of + "/res/" + command + '/' + status, null, Route.Batch.ONE, null);
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
