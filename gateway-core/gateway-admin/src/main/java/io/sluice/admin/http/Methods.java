package io.sluice.admin.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which methods each path takes. Answers OPTIONS (RFC 9110 9.3.7), and every method that a path
 * does not take with 405 and Allow (RFC 9110 15.5.6).
 */
public final class Methods implements Handler<RoutingContext> {
  private record Known(Pattern path, HttpMethod method) {}

  private final Router router;

  /** All routes, once they are mounted; those without a path or a method do not count. */
  private final List<Known> known = new ArrayList<>();

  public Methods(Router router) {
    this.router = router;
  }

  /** Lets every route that takes GET take HEAD too; call it once, when all are mounted. */
  public void addHead() {
    for (Route route : router.getRoutes()) {
      Set<HttpMethod> methods = route.methods();
      if (methods != null && methods.contains(HttpMethod.GET)) {
        route.method(HttpMethod.HEAD);
      }
    }
    for (Route route : router.getRoutes()) {
      String path = route.getPath();
      Set<HttpMethod> methods = route.methods();
      if (path != null && methods != null) {
        methods.forEach(method -> known.add(new Known(pattern(path, route.isExactPath()), method)));
      }
    }
  }

  private static Pattern pattern(String path, boolean isExact) {
    StringBuilder form = new StringBuilder();
    for (String segment : path.substring(1).split("/", -1)) {
      form.append('/').append(segment.startsWith(":") ? "[^/]+" : Pattern.quote(segment));
    }
    return Pattern.compile(form + (isExact ? "/?" : ".*"));
  }

  private Set<String> of(String path) {
    Set<String> names = new TreeSet<>();
    for (Known each : known) {
      if (each.path().matcher(path).matches()) {
        names.add(each.method().name());
      }
    }
    if (!names.isEmpty()) {
      names.add(HttpMethod.OPTIONS.name());
    }
    return names;
  }

  @Override
  public void handle(RoutingContext ctx) {
    Set<String> allowed = of(ctx.normalizedPath());
    String method = ctx.request().method().name();
    if (allowed.isEmpty()) {
      ctx.next();
      return;
    }
    String allow = String.join(", ", allowed);
    if (method.equals(HttpMethod.OPTIONS.name())) {
      ctx.response().putHeader("Allow", allow).setStatusCode(204).end();
    } else if (allowed.contains(method)) {
      ctx.next();
    } else {
      ctx.response().putHeader("Allow", allow);
      Answers.error(ctx, 405, "this path does not take " + method + "; it takes " + allow);
    }
  }
}
