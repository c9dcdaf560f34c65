package io.sluice.fleet.partition;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.engine.coverage.slot.ReportingExpectation;
import io.sluice.engine.record.PoisonRecordException;
import io.sluice.fleet.topic.TopicJson;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What the registry's topic says of a device.
 *
 * @param revision of the registry by which it is so
 * @param atMicros since when, microseconds since the epoch
 * @param held what it is held to
 */
record RegisteredWord(long revision, long atMicros, Device device, ReportingExpectation held) {
  private static final long INTERVAL_MICROS = 60_000_000L;

  /** Of an interval; what is longer no profile can have. */
  private static final long INTERVAL_MAX_MICROS = 400L * 86_400_000_000L;

  /**
   * Reads it.
   *
   * @throws PoisonRecordException where it cannot be used
   */
  static RegisteredWord of(String id, byte[] value, long nowMicros) throws PoisonRecordException {
    JsonNode said = TopicJson.object(value);
    TopicJson.requireKey(said, "device", id);
    long revision = TopicJson.integer(said, "rev");
    long at = TopicJson.time(said, "at", nowMicros);
    JsonNode interval = said.path("interval");
    long micros =
        interval.isMissingNode() || interval.isNull()
            ? INTERVAL_MICROS
            : TopicJson.integer(said, "interval");
    if (revision < 0 || micros < 1 || micros > INTERVAL_MAX_MICROS) {
      throw TopicJson.invalid("its rev or interval is out of range");
    }
    return new RegisteredWord(revision, at, device(id, said, micros), held(said, micros));
  }

  private static Device device(String id, JsonNode said, long micros) throws PoisonRecordException {
    JsonNode parent = said.path("parent");
    try {
      return new Device(
          new DeviceId(id),
          TopicJson.text(said, "profile"),
          TopicJson.text(said, "sector"),
          TopicJson.text(said, "site"),
          Duration.ofNanos(Math.multiplyExact(micros, 1_000L)),
          parent.isString() ? new DeviceId(parent.asString()) : null,
          said.path("planned").asBoolean(true),
          said.path("commissioned").asBoolean(true),
          said.path("retired").asBoolean(false));
    } catch (IllegalArgumentException e) {
      throw TopicJson.invalid("names no device: " + e.getMessage());
    }
  }

  private static ReportingExpectation held(JsonNode said, long micros)
      throws PoisonRecordException {
    JsonNode metrics = said.path("metrics");
    if (!metrics.isArray()) {
      return ReportingExpectation.NOTHING;
    }
    Map<String, Integer> places = new HashMap<>();
    for (JsonNode each : metrics) {
      if (!each.isString()) {
        throw TopicJson.invalid("its metrics are no texts");
      }
      places.putIfAbsent(each.asString(), places.size());
    }
    return new ReportingExpectation(places, micros);
  }
}
