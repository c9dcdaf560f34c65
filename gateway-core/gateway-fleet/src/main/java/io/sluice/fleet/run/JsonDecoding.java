package io.sluice.fleet.run;

import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.TimeSource;
import io.sluice.engine.record.CorruptRecordException;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordWriter;
import io.sluice.fleet.partition.RecordDecoding;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads records in JSON, as docs/record.md has them. One for each thread. */
final class JsonDecoding implements RecordDecoding {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final RecordWriter writer = new RecordWriter();
  private final EncodedRecord view = new EncodedRecord();

  @Override
  public EncodedRecord decode(byte[] key, byte[] value) throws PoisonException {
    try {
      JsonNode record = JSON.readTree(value);
      MessageClass kind = MessageClass.valueOf(upper(record.path("class").asString()));
      writer
          .begin(
              kind,
              record.path("t").asLong(),
              TimeSource.valueOf(upper(record.path("tsrc").asString())),
              record.path("rx").asLong(),
              record.path("hist").asBoolean(false))
          .identity(
              record.path("device").asString(),
              record.path("sector").asString(),
              record.path("site").asString(),
              record.path("model").asString(),
              record.path("gateway").asString(),
              record.path("proto").asString(),
              record.path("src").asString(""));
      record.path("m").forEach(this::measurement);
      byte[] body = writer.finish();
      String id = record.path("id").asString();
      int lane = id.lastIndexOf('-');
      int epoch = id.lastIndexOf('-', lane - 1);
      return view.wrap(
          body,
          0,
          body.length,
          lane(id.charAt(lane + 1)),
          record.path("seq").asLong(),
          id.substring(epoch + 1, lane));
    } catch (JacksonException | IllegalArgumentException e) {
      throw new PoisonException("NOT_JSON", String.valueOf(e.getMessage()));
    } catch (IndexOutOfBoundsException | CorruptRecordException e) {
      throw new PoisonException("INCOMPLETE", String.valueOf(e.getMessage()));
    }
  }

  private static Lane lane(char letter) {
    return switch (letter) {
      case 'a' -> Lane.ALARM;
      case 'e' -> Lane.EVENT;
      default -> Lane.TELEMETRY;
    };
  }

  private static String upper(String word) {
    return word.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  private void measurement(JsonNode each) {
    JsonNode time = each.path("t");
    writer.measurement(
        each.path("n").asString(),
        each.path("u").isString() ? each.path("u").asString() : null,
        Quality.valueOf(upper(each.path("q").asString("good"))),
        null,
        time.isNumber() ? time.asLong() : RecordFormat.NO_TIME);
    JsonNode value = each.path("v");
    if (value.isBoolean()) {
      writer.value(value.asBoolean());
    } else if (value.isIntegralNumber()) {
      writer.value(value.asLong());
    } else if (value.isNumber()) {
      writer.value(value.asDouble());
    } else {
      writer.value(value.asString(""));
    }
  }
}
