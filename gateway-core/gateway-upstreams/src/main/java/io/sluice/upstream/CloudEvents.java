package io.sluice.upstream;

import io.sluice.api.upstream.OutboundBatch;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The attributes of CloudEvents 1.0 in binary mode. The content type is set where it is known: by
 * the upstream.
 */
public record CloudEvents(String id, String source, String type, String time) {
  public static final String SPEC_VERSION = "1.0";

  /** {@code source} is {@code /{gateway}/{device}}, {@code type} is {@code io.sluice.{class}}. */
  public static CloudEvents of(String gateway, OutboundBatch batch, int index) {
    return new CloudEvents(
        batch.id(index),
        "/" + gateway + '/' + batch.device(index),
        "io.sluice." + batch.messageClass(index).jsonName(),
        Instant.EPOCH.plus(batch.timeMicros(index), ChronoUnit.MICROS).toString());
  }
}
