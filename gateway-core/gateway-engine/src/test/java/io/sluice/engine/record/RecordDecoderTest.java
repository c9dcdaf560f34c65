package io.sluice.engine.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.sluice.api.CanonicalRecord;
import io.sluice.api.Cap;
import io.sluice.api.Measurement;
import io.sluice.engine.record.PoisonRecordException.Kind;
import io.sluice.spool.Terms;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A consumer reads back what the gateway wrote, in either format, and is not felled by the rest.
 */
class RecordDecoderTest {
  private static final int RECORDS = 2_000;
  private static final byte[] KEY = "meter-07".getBytes(UTF_8);
  private static final String JSON =
      """
      {"id":"edge-01-k3x9-t17","gateway":"edge-01","device":"meter-07","sector":"factory",\
      "site":"plant-a","model":"energy-meter","class":"telemetry","t":1767225599123000,\
      "tsrc":"device","rx":1767225599140211,"seq":17,"hist":false,\
      "m":[{"n":"voltage","v":230.1,"u":"V","q":"good"}],"proto":"mqtt","src":"telemetry;json"}\
      """;

  private final long seed = System.nanoTime();
  private final SplittableRandom random = new SplittableRandom(seed);
  private final RandomRecords records = new RandomRecords(random);
  private final RecordDecoder decoder = new RecordDecoder();

  @Test
  void everyRecordIsReadBackFromProtobuf() throws Exception {
    for (int i = 0; i < RECORDS; i++) {
      CanonicalRecord record = named(records.next(i));
      assertThat(decoder.decode(key(record), protobuf(record, i)).toRecord())
          .as("seed %d", seed)
          .usingRecursiveComparison()
          .isEqualTo(record);
    }
  }

  @Test
  void everyRecordIsReadBackFromJsonWhereBytesAreText() throws Exception {
    for (int i = 0; i < RECORDS; i++) {
      CanonicalRecord record = named(records.next(i));
      CanonicalRecord read = decoder.decode(key(record), json(record, i)).toRecord();
      assertThat(read)
          .as("seed %d", seed)
          .usingRecursiveComparison()
          .ignoringFields("measurements")
          .isEqualTo(record);
      assertThat(read.measurements()).as("seed %d", seed).hasSameSizeAs(record.measurements());
      for (int j = 0; j < read.measurements().size(); j++) {
        isSame(read.measurements().get(j), record.measurements().get(j));
      }
    }
  }

  private void isSame(Measurement read, Measurement written) {
    assertThat(read).usingRecursiveComparison().ignoringFields("value").isEqualTo(written);
    Object value = written.value();
    if (value instanceof byte[] bytes) {
      assertThat(read.value()).isEqualTo(Base64.getEncoder().encodeToString(bytes));
    } else if (value instanceof Number number) { // 3.0 may be written as 3
      assertThat(((Number) read.value()).doubleValue())
          .as("seed %d", seed)
          .isEqualTo(number.doubleValue());
    } else {
      assertThat(read.value()).isEqualTo(value);
    }
  }

  /** Those of the gateway's classes, with and without classification, value of each kind. */
  @Test
  void everyKindOfRecordFitsTheSchemaOfItsJson() throws Exception {
    JsonNode text =
        new JsonMapper()
            .readTree(Files.readString(Path.of("../../config/schema/record.schema.json")));
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(text);
    for (int i = 1; i < RECORDS / 4; i++) {
      CanonicalRecord record = named(records.next(i));
      JsonNode json = new JsonMapper().readTree(json(record, i));
      assertThat(schema.validate(json)).as(json.toString()).isEmpty();
    }
  }

  @Test
  void oldReaderReadsWhatANewerWriterAdded() throws Exception {
    String newer =
        Files.readString(RecordProtobufTest.SCHEMA)
            .replace(
                "  uint32 version = 17;",
                "  uint32 version = 17; string region = 18;"
                    + " repeated Cap more = 19; fixed32 hash = 20; double ratio = 900;")
            .replace("    bytes data = 10;", "    bytes data = 10; Cap other = 11;")
            .replace("  TYPE = 10;", "  TYPE = 10; GUESS = 11;");
    Descriptor type = ProtoFile.read(newer).findMessageTypeByName("Record");
    Descriptor cap = type.findFieldByName("cap").getMessageType();
    Descriptor measurement = type.findFieldByName("measurements").getMessageType();
    CanonicalRecord record = named(records.next(3));
    DynamicMessage.Builder message = RecordProtobufTest.message(type, record).toBuilder();
    message.setField(type.findFieldByName("region"), "north");
    message.addRepeatedField(type.findFieldByName("more"), DynamicMessage.getDefaultInstance(cap));
    message.setField(type.findFieldByName("hash"), -5);
    message.setField(type.findFieldByName("ratio"), 0.5);
    message.addRepeatedField(
        type.findFieldByName("measurements"),
        DynamicMessage.newBuilder(measurement)
            .setField(measurement.findFieldByName("name"), "of another kind")
            .setField(measurement.findFieldByName("other"), DynamicMessage.getDefaultInstance(cap))
            .build());
    var reason = measurement.findFieldByName("reason");
    message.addRepeatedField(
        type.findFieldByName("measurements"),
        DynamicMessage.newBuilder(measurement)
            .setField(measurement.findFieldByName("name"), "guessed")
            .setField(measurement.findFieldByName("integer"), 5L)
            .setField(reason, reason.getEnumType().findValueByName("GUESS"))
            .build());

    CanonicalRecord read = decoder.decode(message.build().toByteArray()).toRecord();

    List<Measurement> expected = new ArrayList<>(record.measurements());
    expected.add(new Measurement("guessed", 5L, null, io.sluice.api.Quality.GOOD, null, null));
    assertThat(read.measurements()).usingRecursiveComparison().isEqualTo(expected);
    assertThat(read.id()).isEqualTo(record.id());
  }

  @Test
  void fieldsOfJsonThatAreNotKnownArePassedOver() throws Exception {
    String newer =
        JSON.replace("\"hist\":false", "\"hist\":false,\"region\":{\"a\":[1,{\"id\":2}]},\"v\":1")
            .replace("\"q\":\"good\"", "\"q\":\"good\",\"qr\":\"GUESS\",\"w\":[[]]");
    EncodedRecord read = decoder.decode(KEY, newer.getBytes(UTF_8));
    assertThat(read.id()).isEqualTo("edge-01-k3x9-t17");
    assertThat(read.next()).isTrue();
    assertThat(read.doubleValue()).isEqualTo(230.1);
    assertThat(read.measurementReason()).isNull();
  }

  @Test
  void whatIsNoRecordIsToldApart() throws Exception {
    CanonicalRecord record = named(records.next(1));
    byte[] protobuf = protobuf(record, 1);
    poison(null, JSON.getBytes(UTF_8), Kind.NO_KEY);
    poison(new byte[0], JSON.getBytes(UTF_8), Kind.NO_KEY);
    poison(KEY, null, Kind.EMPTY);
    poison(KEY, new byte[0], Kind.EMPTY);
    poison(KEY, new byte[RecordDecoder.BYTES_MAX + 1], Kind.TOO_LARGE);
    poison(KEY, "{\"id\":".getBytes(UTF_8), Kind.NOT_JSON);
    poison(KEY, (JSON + "{}").getBytes(UTF_8), Kind.NOT_JSON);
    poison(KEY, "{".repeat(5_000).getBytes(UTF_8), Kind.NOT_JSON);
    poison(KEY, "hello".getBytes(UTF_8), Kind.NOT_PROTOBUF);
    poison(KEY, java.util.Arrays.copyOf(protobuf, protobuf.length - 1), Kind.NOT_PROTOBUF);
    poison(KEY, "{}".getBytes(UTF_8), Kind.INVALID);
    poison(KEY, with("\"seq\":17", "\"seq\":18"), Kind.INVALID);
    poison(KEY, with("\"telemetry\",", "\"gossip\","), Kind.INVALID);
    poison(KEY, with("edge-01-k3x9-t17", "whatever"), Kind.INVALID);
    poison(KEY, with("\"rx\":1767225599140211,", ""), Kind.INVALID);
    poison(KEY, with("230.1", "1e999"), Kind.INVALID);
    poison(KEY, with("\"hist\":false", "\"v\":2"), Kind.FUTURE_VERSION);
    poison(KEY, bytes(protobuf, new byte[] {(byte) 0x88, 1, 2}), Kind.FUTURE_VERSION);
    poison("meter-08".getBytes(UTF_8), JSON.getBytes(UTF_8), Kind.KEY_DIFFERS);
    assertThat(decoder.decode(KEY, JSON.getBytes(UTF_8)).device()).isEqualTo("meter-07");
  }

  /** Whatever is done to the bytes, it is a record or it is refused; what follows is read. */
  @Test
  void damagedRecordsAreRefusedOrReadAndNothingElse() throws Exception {
    int refused = 0;
    for (int i = 0; i < 8 * RECORDS; i++) {
      CanonicalRecord record = named(records.next(i % 100));
      byte[] bytes = damaged(i % 2 == 0 ? protobuf(record, i % 100) : json(record, i % 100));
      try {
        CanonicalRecord read = decoder.decode(key(record), bytes).toRecord();
        assertThat(read.device()).isNotEmpty();
      } catch (PoisonRecordException e) {
        refused++;
        assertThat(e).hasMessageNotContaining("\n").hasNoCause();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ", record " + i, e);
      }
    }
    assertThat(refused).isPositive();
    assertThat(decoder.decode(KEY, JSON.getBytes(UTF_8)).id()).isEqualTo("edge-01-k3x9-t17");
  }

  private byte[] damaged(byte[] of) {
    byte[] bytes = of.clone();
    for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes = java.util.Arrays.copyOf(bytes, at);
        default -> {
          byte[] tail = java.util.Arrays.copyOfRange(bytes, at, bytes.length);
          bytes = bytes(java.util.Arrays.copyOf(bytes, at), bytes(tail, tail));
        }
      }
    }
    return bytes;
  }

  private static byte[] bytes(byte[] one, byte[] other) {
    byte[] both = java.util.Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private static byte[] with(String what, String instead) {
    assertThat(JSON).contains(what);
    return JSON.replace(what, instead).getBytes(UTF_8);
  }

  private void poison(byte @Nullable [] key, byte @Nullable [] value, Kind kind) {
    PoisonRecordException e =
        catchThrowableOfType(PoisonRecordException.class, () -> decoder.decode(key, value));
    assertThat(e).as("%s", kind).isNotNull();
    assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind);
    assertThat(e.getMessage().length()).isLessThan(400);
    assertThat(e).hasMessageNotContaining("\n");
  }

  /** With a device, and a classification that the schema has. */
  private static CanonicalRecord named(CanonicalRecord from) {
    @Nullable Cap cap = from.cap() == null ? null : new Cap("Minor", "Future", "Likely", "Actual");
    return new CanonicalRecord(
        "gw-ep-e" + from.sequence(),
        "gw",
        from.device() + "é1",
        from.sector(),
        from.site(),
        from.model(),
        from.messageClass(),
        from.timeMicros(),
        from.timeSource(),
        from.receivedMicros(),
        from.sequence(),
        from.historical(),
        from.measurements(),
        from.protocol(),
        from.source(),
        cap);
  }

  private static byte[] key(CanonicalRecord record) {
    return record.device().getBytes(UTF_8);
  }

  private static byte[] protobuf(CanonicalRecord record, long sequence) throws Exception {
    byte[] body = RandomRecords.write(new RecordWriter(), record, false);
    return RecordProtobufTest.encode(RecordProtobufTest.view(body, sequence, Terms.NONE));
  }

  private static byte[] json(CanonicalRecord record, long sequence) throws Exception {
    byte[] body = RandomRecords.write(new RecordWriter(), record, false);
    return StoredJson.text(RecordProtobufTest.view(body, sequence, Terms.NONE)).getBytes(UTF_8);
  }
}
