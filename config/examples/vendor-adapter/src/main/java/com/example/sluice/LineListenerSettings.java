package com.example.sluice;

import io.sluice.api.config.Option;
import java.time.Duration;

/** What stands beside {@code type: lines} in the configuration. */
public record LineListenerSettings(
    @Option(doc = "Local address to bind.", def = "0.0.0.0") String host,
    @Option(doc = "TCP port; 0 takes a free one.", def = "9200", min = 0, max = 65_535) int port,
    @Option(doc = "Connections at once.", def = "1000", min = 1, max = 100_000) int maxConnections,
    @Option(
            doc = "A device that is silent for so long is disconnected.",
            def = "10m",
            min = 1000,
            max = 86_400_000)
        Duration idle) {}
