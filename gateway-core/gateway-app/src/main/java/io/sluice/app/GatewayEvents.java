package io.sluice.app;

import io.sluice.api.audit.AuditEvent;
import io.sluice.api.audit.AuditEvent.Result;
import io.sluice.cli.Version;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What the audit log has of the gateway's own doings. */
final class GatewayEvents {
  private static final String GATEWAY = "gateway";

  private GatewayEvents() {}

  static AuditEvent loaded(Path config, String digest) {
    return event("config.loaded", config.toString(), "sha256 " + digest);
  }

  static AuditEvent started(String addresses) {
    return event("gateway.started", null, "version " + Version.current() + " " + addresses);
  }

  static AuditEvent stopped() {
    return event("gateway.stopped", null, null);
  }

  static AuditEvent enrolled(String device, String how) {
    return new AuditEvent("device.enrolled", device, null, device, Result.DONE, how);
  }

  private static AuditEvent event(String action, @Nullable String target, @Nullable String detail) {
    return new AuditEvent(action, GATEWAY, null, target, Result.DONE, detail);
  }
}
