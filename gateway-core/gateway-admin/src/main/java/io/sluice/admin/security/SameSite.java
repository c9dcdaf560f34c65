package io.sluice.admin.security;

import io.sluice.admin.http.Answers;
import io.sluice.api.operator.AdminSettings;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what a foreign page makes an operator's browser do. A token is never sent unasked; a
 * client certificate and the loopback address are. So without a token the host must be one of ours
 * (DNS rebinding), and a change must come from our own page: by Sec-Fetch-Site (W3C Fetch Metadata)
 * or Origin (RFC 6454) where the browser sends them. There are no CORS headers.
 */
public final class SameSite implements Handler<RoutingContext> {
  private final Set<String> hosts = new HashSet<>();

  public SameSite(AdminSettings settings) {
    hosts.add(settings.host().toLowerCase(Locale.ROOT));
    settings.allowedHosts().forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
  }

  @Override
  public void handle(RoutingContext ctx) {
    if (!AdminUser.in(ctx).isAmbient()) {
      ctx.next();
      return;
    }
    HttpServerRequest request = ctx.request();
    HostAndPort authority = request.authority();
    String host = authority == null ? "" : authority.host().toLowerCase(Locale.ROOT);
    if (!AdminSettings.isLoopback(host) && !hosts.contains(host)) {
      Answers.error(
          ctx,
          403,
          "\"" + host + "\" is not a name of this gateway; add it to admin.allowed-hosts");
    } else if (changes(request) && isForeign(request, host)) {
      Answers.error(ctx, 403, "a page of another site may not change anything here");
    } else {
      ctx.next();
    }
  }

  private static boolean changes(HttpServerRequest request) {
    return !Authorization.READING.contains(request.method());
  }

  private static boolean isForeign(HttpServerRequest request, String host) {
    String site = request.getHeader("Sec-Fetch-Site");
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      return true;
    }
    String origin = request.getHeader("Origin");
    return origin != null && !isOwn(origin, request.authority(), host);
  }

  private static boolean isOwn(String origin, @Nullable HostAndPort authority, String host) {
    String port = authority == null || authority.port() <= 0 ? "" : ":" + authority.port();
    String own = (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + port;
    return origin.equals("http://" + own) || origin.equals("https://" + own);
  }
}
