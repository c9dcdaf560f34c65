package com.example.sluice;

import io.sluice.api.config.Option;

/** What stands beside {@code type: tcp-lines} in the configuration. */
public record LineSettings(
    @Option(doc = "Host of the far end.", def = "127.0.0.1") String host,
    @Option(doc = "Port of the far end.", required = true, min = 1, max = 65_535) int port) {}
