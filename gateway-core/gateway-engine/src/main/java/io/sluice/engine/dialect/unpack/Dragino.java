package io.sluice.engine.dialect.unpack;

import static io.sluice.api.dialect.Frame.IGNORE;
import static io.sluice.api.dialect.Frame.SAMPLES;
import static io.sluice.api.dialect.Frame.TIME;

import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Frame;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON of Dragino's devices on NB-IoT and LTE-M, of the models {@code -NB}, {@code -CB} and their
 * like (github.com/dragino/NBSN95, SN50V3-NB and SN50V3-CB, nb_payload.c {@code pro_data}): values
 * with a time, and what was logged before as {@code "1": [v, .., "time"]} up to {@code "32"}. The
 * device is its IMEI. A place of 0, 0 at 1970 is none.
 *
 * <p>The columns of the log have no names in the message. Those of the models whose order Dragino
 * publishes have the names of the values beside them, all others {@code log.0}, {@code log.1}.
 * Immutable, thread-safe.
 */
final class Dragino implements Unpacker {
  /** Where the rows go; a name that they do not have themselves. */
  private static final String LOG = "history";

  private static final Map<String, Frame> FRAME =
      Map.of("IMEI", IGNORE, "IMSI", IGNORE, "Model", IGNORE, "time", TIME, LOG, SAMPLES);

  private static final String TEMP = "DS18B20_Temp";
  private static final String TEMP2 = "DS18B20_Temp2";
  private static final String TEMP3 = "DS18B20_Temp3";

  /** Of SN50V3 by its mode {@code mod}. */
  private static final Map<Integer, List<String>> BY_MODE =
      Map.of(
          1, List.of("temperature", "humidity", "adc1", TEMP),
          2, List.of("distance", "adc1", TEMP),
          3, List.of("temperature", "humidity", "adc1", "adc2", "adc3"),
          4, List.of("adc1", TEMP, TEMP2, TEMP3),
          5, List.of("adc1", TEMP, "weight"),
          6, List.of("count"),
          7, List.of("adc1", "adc2", "adc3", TEMP, TEMP2, TEMP3),
          9, List.of("temperature", "humidity", "count"),
          10, List.of(TEMP, "adc1", "temperature"));

  /** Mode 8 counts, or measures. */
  private static final int TWO_KINDS = 8;

  private static final List<String> COUNTS = List.of("count1", "count2", "count3");
  private static final List<String> MEASURES = List.of("adc2", TEMP);

  /**
   * Of other models, by what their name begins with (dragino-end-node-decoder, Datacake-Dragino_NB
   * and -CB: S31, PS).
   */
  private static final Map<String, List<String>> BY_MODEL =
      Map.of(
          "S31", List.of("temperature", "humidity"),
          "PS-", List.of("idc_input", "vdc_input"));

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    ObjectNode message = Json.object(payload);
    String imei = Json.text(message, "IMEI");
    if (imei == null) {
      throw new PayloadException("the message names no IMEI; send what Dragino's devices do");
    }
    String fix = Json.text(message, "gps_time");
    if (fix != null && fix.startsWith("1970")) {
      message.remove(List.of("latitude", "longitude", "gps_time"));
    }
    ArrayNode log = log(message);
    if (!log.isEmpty()) {
      message.set(LOG, log);
    }
    return List.of(Part.of(ContentType.JSON, Json.bytes(message)).in(FRAME).ofDevice(imei));
  }

  /** Takes the logged rows out. */
  private static ArrayNode log(ObjectNode message) {
    ArrayNode log = Json.newObject().arrayNode();
    for (Map.Entry<String, JsonNode> each : List.copyOf(message.properties())) {
      boolean isSlot = each.getKey().chars().allMatch(c -> c >= '0' && c <= '9');
      if (isSlot && each.getValue() instanceof ArrayNode row && isLogged(row)) {
        log.add(sample(row, columns(message, row.size() - 1)));
        message.remove(each.getKey());
      }
    }
    return log;
  }

  private static boolean isLogged(ArrayNode row) {
    return row.size() > 1 && row.get(row.size() - 1).isString();
  }

  private static ObjectNode sample(ArrayNode row, @Nullable List<String> names) {
    ObjectNode sample = Json.newObject();
    int last = row.size() - 1;
    sample.set("time", row.get(last));
    for (int i = 0; i < last; i++) {
      sample.set(names == null ? "log." + i : names.get(i), row.get(i));
    }
    return sample;
  }

  /** Null where nobody says what they are. */
  private static @Nullable List<String> columns(ObjectNode message, int count) {
    String model = Json.text(message, "Model");
    for (Map.Entry<String, List<String>> each : BY_MODEL.entrySet()) {
      if (model != null && model.startsWith(each.getKey())) {
        return ifNamed(each.getValue(), message, count);
      }
    }
    int mode = message.path("mod").asInt(0);
    if (mode == TWO_KINDS) {
      List<String> counts = ifNamed(COUNTS, message, count);
      return counts == null ? ifNamed(MEASURES, message, count) : counts;
    }
    return ifNamed(BY_MODE.getOrDefault(mode, List.of()), message, count);
  }

  /** The names, where the message has values of all of them beside its log. */
  private static @Nullable List<String> ifNamed(List<String> names, ObjectNode message, int count) {
    return names.size() == count && names.stream().allMatch(message::has) ? names : null;
  }
}
