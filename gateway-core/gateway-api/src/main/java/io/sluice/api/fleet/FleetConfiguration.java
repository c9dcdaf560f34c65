package io.sluice.api.fleet;

import io.sluice.api.config.Option;

/** Whether a gateway takes its configuration from the fleet. */
public record FleetConfiguration(
    @Option(
            doc =
                "Take over what `sluice fleet config push` has for this gateway: checked, on trial,"
                    + " and taken back where the uplink, readiness or the rate of accepted messages"
                    + " does not come back. A pushed section stands in the place of the box's own;"
                    + " `gateway` and `fleet` stay the box's.",
            def = "false")
        boolean take,
    @Option(
            doc =
                "Whether `push --restart` may end this gateway's process, for what takes effect with"
                    + " a restart only: `auto` where a service manager waits for its notice of"
                    + " readiness (`NOTIFY_SOCKET`, as systemd's `Type=notify` sets it), `always`"
                    + " where something else starts it again whenever it ends (a container's restart"
                    + " policy), or `never`.",
            def = "auto")
        Restart restart) {
  /** Whether something starts the process again when it has ended. */
  public enum Restart {
    AUTO,
    ALWAYS,
    NEVER
  }
}
