package io.sluice.api.fleet;

import io.sluice.api.config.Option;

/** Whether a gateway takes its configuration from the fleet. */
public record FleetConfiguration(
    @Option(
            doc =
                "Take over what `sluice fleet config push` has for this gateway: checked, on trial,"
                    + " and taken back where the uplink, readiness or the rate of accepted messages"
                    + " does not come back. A pushed section stands in the place of the box's own;"
                    + " `gateway`, `admin` and `fleet` stay the box's.",
            def = "false")
        boolean take) {}
