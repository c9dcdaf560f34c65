package io.sluice.engine.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import io.sluice.api.ByteSink;
import io.sluice.api.CanonicalRecord;
import io.sluice.api.Cap;
import io.sluice.api.Lane;
import io.sluice.api.Measurement;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.QualityReason;
import io.sluice.api.TimeSource;
import io.sluice.spool.TermDictionary;
import io.sluice.spool.Terms;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is written is what protobuf-java reads by the published schema, byte for byte. */
class RecordProtobufTest {
  static final Path SCHEMA = Path.of("../../config/schema/sluice-record.proto");
  private static final int RECORDS = 3_000;

  private final long seed = System.nanoTime();
  private final SplittableRandom random = new SplittableRandom(seed);
  private final RandomRecords records = new RandomRecords(random);
  private final TermDictionary dictionary = new TermDictionary(20_000);

  @Test
  void protobufReadsEveryRecordByTheSchemaAndWritesTheSameBytes() throws Exception {
    Descriptor descriptor = descriptor();
    RecordWriter[] writers = {new RecordWriter(), new RecordWriter(dictionary)};
    for (int i = 0; i < RECORDS; i++) {
      CanonicalRecord record = records.next(i);
      byte[] body = RandomRecords.write(writers[i & 1], record, false);
      byte[] bytes = encode(view(body, i, dictionary.terms()));
      DynamicMessage read = DynamicMessage.parseFrom(descriptor, bytes);
      assertThat(read.getUnknownFields().asMap()).isEmpty();
      assertThat(bytes).as("seed %d", seed).isEqualTo(message(descriptor, record).toByteArray());
    }
  }

  @Test
  void everyNameOfAnEnumerationIsInTheSchemaUnderItsNumber() throws Exception {
    FileDescriptor file = ProtoFile.read(SCHEMA);
    names(file, "MessageClass", MessageClass.values(), 1);
    names(file, "TimeSource", TimeSource.values(), 1);
    names(file, "Quality", Quality.values(), 0);
    names(file, "Reason", QualityReason.values(), 1);
  }

  private static void names(FileDescriptor file, String type, Enum<?>[] known, int first) {
    List<EnumValueDescriptor> values = file.findEnumTypeByName(type).getValues();
    assertThat(values.stream().skip(first).map(EnumValueDescriptor::getName))
        .containsExactlyElementsOf(Arrays.stream(known).map(Enum::name).toList());
    assertThat(values.stream().map(EnumValueDescriptor::getNumber))
        .containsExactlyElementsOf(
            java.util.stream.IntStream.range(0, known.length + first).boxed().toList());
  }

  /** The first version is read for ever: these bytes were written by it, and are not to change. */
  @Test
  void goldenBytesOfTheFirstVersionAreWrittenAndRead() throws Exception {
    byte[] golden = HexFormat.of().parseHex(GOLDEN);
    CanonicalRecord record = golden();
    byte[] body = RandomRecords.write(new RecordWriter(), record, false);
    EncodedRecord view = new EncodedRecord();
    view.wrap(body, 0, body.length, Lane.ALARM, 17, "k3x9");
    assertThat(HexFormat.of().formatHex(encode(view))).isEqualTo(GOLDEN);
    assertThat(
            new RecordDecoder()
                .decode("meter-07".getBytes(StandardCharsets.UTF_8), golden)
                .toRecord())
        .usingRecursiveComparison()
        .isEqualTo(record);
  }

  /** Written by hand from protobuf.dev, Encoding, field by field. */
  private static final String GOLDEN =
      "0a"
          + "10"
          + "656467652d30312d6b3378392d613137" // id: edge-01-k3x9-a17
          + "12"
          + "07"
          + "656467652d3031" // gateway: edge-01
          + "1a"
          + "08"
          + "6d657465722d3037" // device: meter-07
          + "22"
          + "07"
          + "666163746f7279" // sector: factory
          + "2a"
          + "07"
          + "706c616e742d61" // site: plant-a
          + "32"
          + "0c"
          + "656e657267792d6d65746572" // model: energy-meter
          + "38"
          + "03" // class: ALARM
          + "41"
          + "c0df124648470600" // time: 1767225599123392
          + "48"
          + "01" // time_source: DEVICE
          + "51"
          + "0100000000000000" // received: 1
          + "58"
          + "11" // sequence: 17
          + "60"
          + "01" // historical
          + "6a"
          + "14" // measurement of 20 bytes
          + "0a"
          + "07"
          + "766f6c74616765" // name: voltage
          + "12"
          + "01"
          + "56" // unit: V
          + "18"
          + "02" // quality: BAD
          + "20"
          + "01" // reason: RANGE
          + "30"
          + "e5e20e" // integer: -121011, zigzag 242021
          + "72"
          + "04"
          + "6d717474" // protocol: mqtt
          + "7a"
          + "0e"
          + "74656c656d657472793b6a736f6e" // source: telemetry;json
          + "8201"
          + "1f" // cap of 31 bytes
          + "0a"
          + "05"
          + "4d696e6f72" // severity: Minor
          + "12"
          + "06"
          + "467574757265" // urgency: Future
          + "1a"
          + "06"
          + "4c696b656c79" // certainty: Likely
          + "22"
          + "06"
          + "41637475616c"; // status: Actual

  private static CanonicalRecord golden() {
    return new CanonicalRecord(
        "edge-01-k3x9-a17",
        "edge-01",
        "meter-07",
        "factory",
        "plant-a",
        "energy-meter",
        MessageClass.ALARM,
        1_767_225_599_123_392L,
        TimeSource.DEVICE,
        1,
        17,
        true,
        List.of(new Measurement("voltage", -121_011L, "V", Quality.BAD, QualityReason.RANGE, null)),
        "mqtt",
        "telemetry;json",
        new Cap("Minor", "Future", "Likely", "Actual"));
  }

  static Descriptor descriptor() throws Exception {
    return ProtoFile.read(SCHEMA).findMessageTypeByName("Record");
  }

  static byte[] encode(EncodedRecord view) {
    ByteSink out = new ByteSink(16);
    out.write('#');
    RecordProtobuf.write(view, out);
    return Arrays.copyOfRange(out.bytes(), 1, out.length());
  }

  static EncodedRecord view(byte[] body, long sequence, Terms terms) throws Exception {
    EncodedRecord view = new EncodedRecord();
    return view.wrap(body, 0, body.length, Lane.EVENT, sequence, "ep", terms);
  }

  /** The record as protobuf-java's own message. */
  static DynamicMessage message(Descriptor type, CanonicalRecord record) {
    DynamicMessage.Builder made = DynamicMessage.newBuilder(type);
    set(made, "id", record.id());
    set(made, "gateway", record.gateway());
    set(made, "device", record.device());
    set(made, "sector", record.sector());
    set(made, "site", record.site());
    set(made, "model", record.model());
    choose(made, "class", record.messageClass().name());
    set(made, "time", record.timeMicros());
    choose(made, "time_source", record.timeSource().name());
    set(made, "received", record.receivedMicros());
    set(made, "sequence", record.sequence());
    set(made, "historical", record.historical());
    for (Measurement each : record.measurements()) {
      made.addRepeatedField(type.findFieldByName("measurements"), measurement(type, each));
    }
    set(made, "protocol", record.protocol());
    set(made, "source", record.source());
    @Nullable Cap cap = record.cap();
    if (cap != null) {
      Descriptor of = type.findFieldByName("cap").getMessageType();
      DynamicMessage.Builder inner = DynamicMessage.newBuilder(of);
      set(inner, "severity", cap.severity());
      set(inner, "urgency", cap.urgency());
      set(inner, "certainty", cap.certainty());
      set(inner, "status", cap.status());
      set(made, "cap", inner.build());
    }
    return made.build();
  }

  private static DynamicMessage measurement(Descriptor type, Measurement from) {
    Descriptor of = type.findFieldByName("measurements").getMessageType();
    DynamicMessage.Builder made = DynamicMessage.newBuilder(of);
    set(made, "name", from.name());
    if (from.unit() != null) {
      set(made, "unit", from.unit());
    }
    choose(made, "quality", from.quality().name());
    if (from.reason() != null) {
      choose(made, "reason", from.reason().name());
    }
    if (from.timeMicros() != null) {
      set(made, "time", from.timeMicros());
    }
    switch (from.value()) {
      case Long l -> set(made, "integer", l);
      case Double d -> set(made, "number", d);
      case Boolean b -> set(made, "flag", b);
      case byte[] b -> set(made, "data", ByteString.copyFrom(b));
      default -> set(made, "text", from.value());
    }
    return made.build();
  }

  private static void set(DynamicMessage.Builder to, String field, Object value) {
    to.setField(to.getDescriptorForType().findFieldByName(field), value);
  }

  private static void choose(DynamicMessage.Builder to, String field, String name) {
    var of = to.getDescriptorForType().findFieldByName(field);
    to.setField(of, of.getEnumType().findValueByName(name));
  }
}
