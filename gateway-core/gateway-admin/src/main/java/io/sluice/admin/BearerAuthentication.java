package io.sluice.admin;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Lets a request on that carries the bearer token (RFC 6750 section 2.1); 401 otherwise. */
final class BearerAuthentication implements Handler<RoutingContext> {
  private static final String SCHEME = "Bearer ";

  private final byte[] expectedDigest;

  BearerAuthentication(String token) {
    this.expectedDigest = digest(token);
  }

  @Override
  public void handle(RoutingContext ctx) {
    String header = ctx.request().getHeader("Authorization");
    if (header != null && header.startsWith(SCHEME) && matches(header.substring(SCHEME.length()))) {
      ctx.next();
      return;
    }
    ctx.response().putHeader("WWW-Authenticate", "Bearer realm=\"sluice\"");
    Answers.error(ctx, 401, "send the admin token as \"Authorization: Bearer ...\"");
  }

  /** Digests are compared, in constant time, so that neither content nor length leaks. */
  private boolean matches(String token) {
    return MessageDigest.isEqual(expectedDigest, digest(token));
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
