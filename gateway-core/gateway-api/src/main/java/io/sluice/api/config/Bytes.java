package io.sluice.api.config;

/**
 * A number of bytes, written {@code 512}, {@code 64KB}, {@code 64MB}, {@code 2GB} (powers of 1024).
 */
public record Bytes(long value) {}
