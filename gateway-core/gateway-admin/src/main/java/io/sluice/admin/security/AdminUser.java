package io.sluice.admin.security;

import io.sluice.api.operator.AdminRole;
import io.vertx.ext.web.RoutingContext;

/**
 * Who asks.
 *
 * @param name of the token, subject of the certificate, or {@code anonymous}
 * @param isAmbient whether the browser shows it unasked: then a foreign page can use it too
 */
public record AdminUser(String name, AdminRole role, boolean isAmbient) {
  private static final String KEY = "sluice-user";

  static final AdminUser NOBODY = new AdminUser("nobody", AdminRole.VIEWER, true);

  /** Who has shown a token and this certificate: of two roles the lesser. */
  AdminUser with(AdminUser byCertificate) {
    AdminRole lesser = role.mayDoWhat(byCertificate.role()) ? byCertificate.role() : role;
    return new AdminUser(name + " (" + byCertificate.name() + ")", lesser, false);
  }

  void of(RoutingContext ctx) {
    ctx.put(KEY, this);
  }

  public static AdminUser in(RoutingContext ctx) {
    AdminUser user = ctx.get(KEY);
    return user == null ? NOBODY : user;
  }
}
