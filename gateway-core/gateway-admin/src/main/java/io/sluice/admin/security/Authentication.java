package io.sluice.admin.security;

import io.sluice.admin.http.Answers;
import io.sluice.api.AddressKey;
import io.sluice.api.audit.AuditEvent;
import io.sluice.api.audit.AuditEvent.Result;
import io.sluice.api.audit.AuditTrail;
import io.sluice.api.operator.AdminRole;
import io.sluice.api.operator.AdminSettings;
import io.sluice.api.tls.SubjectName;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who asks: by bearer token (RFC 6750 section 2.1), else by client certificate; without
 * any of these configured, everyone who reaches the listener. 401 otherwise, and 429 for an address
 * that has shown wrong tokens too often: it has to wait longer each time, and meanwhile only tokens
 * that were right from there before are taken. On the event loop.
 */
public final class Authentication implements Handler<RoutingContext> {
  private static final String SCHEME = "Bearer ";

  private record Known(byte[] digest, AdminUser user) {}

  private final List<Known> tokens = new ArrayList<>();
  private final Map<String, AdminUser> clients = new HashMap<>();
  private final boolean isOpen;
  private final boolean wantsBoth;
  private final WrongTokens wrong;
  private final AuditTrail audit;
  private final @Nullable AdminTls tls;

  /**
   * @param tls knows whose certificate was revoked since the connection began; null without TLS
   * @param nanoTime as {@link System#nanoTime}; who has shown wrong tokens waits by it
   */
  public Authentication(
      AdminSettings settings, AuditTrail audit, @Nullable AdminTls tls, LongSupplier nanoTime) {
    this.audit = audit;
    this.tls = tls;
    this.wrong = new WrongTokens(nanoTime);
    this.isOpen = !settings.isAuthenticated();
    this.wantsBoth = settings.require() == AdminSettings.Require.BOTH;
    if (settings.token() != null) {
      tokens.add(
          new Known(
              digest(settings.token().value()),
              new AdminUser("admin", AdminRole.ADMINISTRATOR, false)));
    }
    for (AdminSettings.Token token : settings.tokens()) {
      tokens.add(
          new Known(
              HexFormat.of().parseHex(token.hash().substring("sha256:".length())),
              new AdminUser(token.name(), token.role(), false)));
    }
    for (AdminSettings.Client client : settings.clients()) {
      X500Principal subject = new X500Principal(client.subject());
      clients.put(
          SubjectName.canonical(subject), new AdminUser(subject.getName(), client.role(), true));
    }
  }

  @Override
  public void handle(RoutingContext ctx) {
    String header = ctx.request().getHeader("Authorization");
    if (header != null && header.startsWith(SCHEME)) {
      AdminUser user = ofToken(header.substring(SCHEME.length()));
      String address = String.valueOf(ctx.request().remoteAddress().hostAddress());
      AddressKey from = AddressKey.of(address);
      if (user == null) {
        refuseToken(ctx, from, address);
      } else if (!isOpen && !wrong.mayPass(from, user.name())) {
        refuseWaiting(ctx, wrong.waitSeconds(from));
      } else if (wantsBoth) {
        byCertificate(ctx, user);
      } else {
        let(ctx, user);
      }
    } else if (isOpen) {
      let(ctx, new AdminUser("anonymous", AdminRole.ADMINISTRATOR, true));
    } else if (wantsBoth) {
      unauthorized(ctx);
    } else {
      byCertificate(ctx, null);
    }
  }

  private static void let(RoutingContext ctx, AdminUser user) {
    user.of(ctx);
    ctx.next();
  }

  /** All are compared, each in constant time, so that neither content nor place leaks. */
  private @Nullable AdminUser ofToken(String token) {
    byte[] shown = digest(token);
    AdminUser found = null;
    for (Known known : tokens) {
      if (MessageDigest.isEqual(known.digest(), shown)) {
        found = known.user();
      }
    }
    return found != null || !isOpen
        ? found
        : new AdminUser("anonymous", AdminRole.ADMINISTRATOR, false);
  }

  private void refuseToken(RoutingContext ctx, AddressKey from, String address) {
    long wait = wrong.waitSeconds(from);
    if (wait > 0) {
      refuseWaiting(ctx, wait);
      return;
    }
    wrong.failed(from);
    audit.record(
        new AuditEvent("admin.refused", "unknown", address, null, Result.REFUSED, "wrong token"));
    // RFC 6750 3.1
    ctx.response()
        .putHeader("WWW-Authenticate", "Bearer realm=\"sluice\", error=\"invalid_token\"");
    Answers.error(ctx, 401, "this admin token is not known; sluice admin-token makes one");
  }

  private static void refuseWaiting(RoutingContext ctx, long seconds) {
    ctx.response().putHeader("Retry-After", Long.toString(Math.max(1, seconds)));
    Answers.error(ctx, 429, "too many wrong tokens from here; wait " + seconds + " s");
  }

  private static void unauthorized(RoutingContext ctx) {
    ctx.response().putHeader("WWW-Authenticate", "Bearer realm=\"sluice\"");
    Answers.error(ctx, 401, "send the admin token as \"Authorization: Bearer ...\"");
  }

  /**
   * @param byToken who has shown a token already, where both are wanted; else null
   */
  private void byCertificate(RoutingContext ctx, @Nullable AdminUser byToken) {
    SSLSession session = ctx.request().connection().sslSession();
    X500Principal subject = subject(session);
    if (subject != null && tls != null && tls.isRevoked(session)) {
      audit.record(
          new AuditEvent(
              "admin.refused",
              subject.getName(),
              ctx.request().remoteAddress().hostAddress(),
              null,
              Result.REFUSED,
              "revoked certificate"));
      Answers.error(ctx, 403, "the certificate " + subject.getName() + " has been revoked");
      return;
    }
    AdminUser user = subject == null ? null : clients.get(SubjectName.canonical(subject));
    if (user != null) {
      let(ctx, byToken == null ? user : byToken.with(user));
    } else if (subject == null && byToken != null) {
      Answers.error(
          ctx, 403, "the token alone is not enough: show a client certificate too (admin.require)");
    } else if (subject == null || clients.isEmpty()) {
      unauthorized(ctx);
    } else {
      audit.record(
          new AuditEvent(
              "admin.refused",
              subject.getName(),
              ctx.request().remoteAddress().hostAddress(),
              null,
              Result.REFUSED,
              "certificate without a role"));
      Answers.error(
          ctx, 403, "the certificate " + subject.getName() + " has no role; see admin.clients");
    }
  }

  private static @Nullable X500Principal subject(@Nullable SSLSession session) {
    if (session == null) {
      return null;
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      return ((X509Certificate) chain[0]).getSubjectX500Principal();
    } catch (SSLPeerUnverifiedException e) {
      return null; // it has shown none
    }
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
