package io.sluice.fleet.topic;

import io.sluice.engine.record.PoisonRecordException;
import io.sluice.engine.record.PoisonRecordException.Kind;
import io.sluice.engine.record.RecordDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads what stands on the fleet's own topics, with the bounds of records: what has no version that
 * is known, or a field that it cannot have, is a {@link PoisonRecordException} before anything is
 * changed by it.
 */
public final class TopicJson {
  /** The newest version of what stands there that this build knows. */
  public static final long VERSION = 1;

  /** No gateway gives an earlier time: what a device says before that counts as no clock. */
  private static final long EARLIEST_MICROS =
      Instant.parse("2015-01-01T00:00:00Z").toEpochMilli() * 1_000;

  /** So far ahead a gateway's clock may be. */
  private static final long AHEAD_MICROS = 86_400_000_000L;

  private static final JsonMapper JSON = JsonMapper.shared();

  private TopicJson() {}

  /**
   * The key as text.
   *
   * @throws PoisonRecordException where there is none
   */
  public static String key(byte @Nullable [] key) throws PoisonRecordException {
    if (key == null || key.length == 0) {
      throw new PoisonRecordException(Kind.NO_KEY, "has no key");
    }
    return new String(key, StandardCharsets.UTF_8);
  }

  /**
   * The object of a known version.
   *
   * @throws PoisonRecordException where it is none
   */
  public static JsonNode object(byte[] value) throws PoisonRecordException {
    if (value.length == 0) {
      throw new PoisonRecordException(Kind.EMPTY, "has no value");
    }
    if (value.length > RecordDecoder.BYTES_MAX) {
      throw new PoisonRecordException(
          Kind.TOO_LARGE,
          "has " + value.length + " bytes; at most " + RecordDecoder.BYTES_MAX + " are read");
    }
    JsonNode said;
    try {
      said = JSON.readTree(value);
    } catch (JacksonException e) {
      throw new PoisonRecordException(Kind.NOT_JSON, "is no JSON: " + e.getOriginalMessage());
    }
    if (!said.isObject()) {
      throw new PoisonRecordException(Kind.NOT_JSON, "is no JSON object");
    }
    long version = integer(said, "v");
    if (version < 1 || version > VERSION) {
      throw new PoisonRecordException(
          Kind.FUTURE_VERSION,
          "is of version " + version + ", and this build knows " + VERSION + "; upgrade it");
    }
    return said;
  }

  /**
   * Has a field name what the key names.
   *
   * @throws PoisonRecordException where it does not
   */
  public static void requireKey(JsonNode said, String field, String key)
      throws PoisonRecordException {
    if (!text(said, field).equals(key)) {
      throw new PoisonRecordException(Kind.KEY_DIFFERS, "its key is not its " + field);
    }
  }

  /** A text that has to be there. */
  public static String text(JsonNode said, String field) throws PoisonRecordException {
    JsonNode value = said.path(field);
    if (!value.isString()) {
      throw invalid("its " + field + " is missing, or no text");
    }
    return value.asString();
  }

  /** A whole number that has to be there. */
  public static long integer(JsonNode said, String field) throws PoisonRecordException {
    JsonNode value = said.path(field);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw invalid("its " + field + " is missing, or no whole number");
    }
    return value.asLong();
  }

  /** A time that has to be there, and that a gateway can have written by now. */
  public static long time(JsonNode said, String field, long nowMicros)
      throws PoisonRecordException {
    long micros = integer(said, field);
    requireTime(micros, field, nowMicros);
    return micros;
  }

  /**
   * Has a time be one that a gateway can have given: from 2015 on, and a day ahead of this machine
   * at most.
   *
   * @throws PoisonRecordException where it is not
   */
  public static void requireTime(long micros, String field, long nowMicros)
      throws PoisonRecordException {
    if (micros < EARLIEST_MICROS) {
      throw invalid("its " + field + " is before 2015: " + micros);
    }
    if (micros > nowMicros + AHEAD_MICROS) {
      throw invalid("its " + field + " is more than a day ahead of this machine: " + micros);
    }
  }

  /** That a field is missing, or has a value that it cannot have. */
  public static PoisonRecordException invalid(String why) {
    return new PoisonRecordException(Kind.INVALID, why);
  }
}
