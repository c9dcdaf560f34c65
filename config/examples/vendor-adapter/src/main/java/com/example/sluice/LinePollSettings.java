package com.example.sluice;

import io.sluice.api.config.Option;
import java.time.Duration;

/** What stands beside {@code name} and {@code type: line-poll} in the configuration. */
public record LinePollSettings(
    @Option(doc = "Host of the far end.", def = "127.0.0.1") String host,
    @Option(doc = "Port of the far end.", required = true, min = 1, max = 65_535) int port,
    @Option(
            doc = "Device in whose name its values are taken.",
            required = true,
            pattern = "[A-Za-z0-9._:@-]{1,128}",
            hint = "write a device id: 1 to 128 letters, digits and . _ : @ -")
        String device,
    @Option(doc = "Time between two questions.", def = "10s", min = 100, max = 86_400_000)
        Duration interval) {}
