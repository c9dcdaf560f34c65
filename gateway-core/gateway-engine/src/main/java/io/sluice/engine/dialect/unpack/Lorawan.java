package io.sluice.engine.dialect.unpack;

import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Reading;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What LoRaWAN network servers publish of devices, known by its fields, whatever the topic: by The
 * Things Stack, ChirpStack, and gateways with a server of their own that write as ChirpStack 3
 * does. Immutable, thread-safe.
 */
final class Lorawan implements Unpacker {
  private static final int MAX_PORT = 255;

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    ObjectNode message = Json.object(payload);
    return List.of(
        message.has("end_device_ids")
            ? TheThingsStack.part(message, payload)
            : ChirpStack.part(message, topic, payload));
  }

  /**
   * How well a frame was heard: by the gateway that heard it best.
   *
   * @param gateways what each of them says
   * @param snr name of the ratio of signal to noise, in dB
   * @param id names inwards to a gateway's id
   */
  static List<Reading> link(JsonNode gateways, String snr, String... id) {
    JsonNode best = null;
    for (JsonNode each : gateways) {
      boolean isHeard = each.path("rssi").isNumber();
      if (isHeard && (best == null || rssi(each) > rssi(best))) {
        best = each;
      }
    }
    List<Reading> readings = new ArrayList<>();
    if (best != null) {
      readings.add(new Reading("rssi", "dBm", value(best.path("rssi"))));
      if (best.path(snr).isNumber()) {
        readings.add(new Reading("snr", "dB", value(best.path(snr))));
      }
      String gateway = Json.text(best, id);
      if (gateway != null) {
        readings.add(new Reading("gateway", gateway));
      }
      readings.add(new Reading("gateways", (long) gateways.size()));
    }
    return readings;
  }

  private static double rssi(JsonNode gateway) {
    return gateway.path("rssi").doubleValue();
  }

  private static Object value(JsonNode number) {
    return number.isIntegralNumber() && number.canConvertToLong()
        ? (Object) number.longValue()
        : (Object) number.doubleValue();
  }

  /** A count that is left out where it is 0. */
  static Reading count(String name, JsonNode from, String field) {
    JsonNode node = from.path(field);
    return new Reading(name, node.canConvertToLong() ? node.longValue() : 0L);
  }

  static int port(JsonNode node) {
    int port = node.isInt() ? node.intValue() : Part.NO_PORT;
    return port >= 0 && port <= MAX_PORT ? port : Part.NO_PORT;
  }

  /** The bytes of a text in base64, or null where it is none. */
  static byte @Nullable [] base64(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return null; // it is kept as the text that it is
    }
  }

  /** The bytes of a text in hex digits, or null where it is none. */
  static byte @Nullable [] hex(@Nullable String text) {
    boolean isHex =
        text != null
            && text.length() % 2 == 0
            && text.chars().allMatch(c -> Character.digit(c, 16) >= 0);
    return isHex ? HexFormat.of().parseHex(text) : null;
  }

  /** A time with its zone, as RFC 3339 writes it; {@link Part#NO_TIME} where it is none. */
  static long micros(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return Part.NO_TIME;
    }
    try {
      return ChronoUnit.MICROS.between(Instant.EPOCH, OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException | ArithmeticException e) {
      return Part.NO_TIME; // a time that cannot be read is never a reason to refuse
    }
  }
}
