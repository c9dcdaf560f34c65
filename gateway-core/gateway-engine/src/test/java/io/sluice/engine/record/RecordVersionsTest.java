package io.sluice.engine.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.api.ByteSink;
import io.sluice.api.CanonicalRecord;
import io.sluice.api.Cap;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.QualityReason;
import io.sluice.api.TimeSource;
import io.sluice.spool.TermDictionary;
import io.sluice.spool.Terms;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Version 2 of the record says what version 1 said, with names by number and without. */
class RecordVersionsTest {
  private static final int RECORDS = 500;

  private final long seed = System.nanoTime();
  private final SplittableRandom random = new SplittableRandom(seed);
  private final RandomRecords records = new RandomRecords(random);
  private final TermDictionary dictionary = new TermDictionary(20_000);
  private final TemplatedJson templated = new TemplatedJson();

  @Test
  void bothVersionsReadBackTheSame() throws Exception {
    RecordWriter alone = new RecordWriter();
    RecordWriter numbered = new RecordWriter(dictionary);
    for (int i = 0; i < RECORDS; i++) {
      CanonicalRecord record = records.next(i);
      boolean isRuled = random.nextBoolean();
      byte[] first = FirstFormatWriter.write(record, isRuled);
      byte[] second = RandomRecords.write(alone, record, isRuled);
      byte[] third = RandomRecords.write(numbered, record, isRuled);
      EncodedRecord old = read(first, i, Terms.NONE);
      assertSame(old, read(second, i, Terms.NONE));
      assertSame(old, read(third, i, dictionary.terms()));
      assertSame(old, read(RecordWriter.alone(old), i, Terms.NONE));
      byte[] again = RecordWriter.alone(read(third, i, dictionary.terms()));
      assertThat(again).as("seed %d", seed).isEqualTo(second);
      assertThat(old.toRecord()).as("seed %d", seed).usingRecursiveComparison().isEqualTo(record);
    }
    assertThat(dictionary.terms().size()).isGreaterThan(20);
  }

  @Test
  void valueIsWrittenTheSameWhateverTheValuesBeforeItWere() {
    RecordWriter used = new RecordWriter(dictionary);
    for (int i = 0; i < 20 * RECORDS; i++) {
      CanonicalRecord record = records.next(i);
      byte[] fresh = RandomRecords.write(new RecordWriter(dictionary), record, false);
      assertThat(RandomRecords.write(used, record, false)).as("seed %d", seed).isEqualTo(fresh);
    }
  }

  private void assertSame(EncodedRecord expected, EncodedRecord actual) {
    assertThat(actual.toRecord())
        .as("seed %d", seed)
        .usingRecursiveComparison()
        .isEqualTo(expected.toRecord());
    assertThat(json(actual)).as("seed %d", seed).isEqualTo(json(expected));
    ByteSink quick = new ByteSink(64);
    templated.write(actual, quick);
    assertThat(new String(quick.toByteArray(), StandardCharsets.UTF_8))
        .as("seed %d", seed)
        .isEqualTo(json(expected));
    assertThat(actual.isRuled()).isEqualTo(expected.isRuled());
    assertThat(actual.isOfGateway()).isEqualTo(expected.isOfGateway());
    expected.rewind();
    actual.rewind();
    while (expected.next()) {
      assertThat(actual.next()).isTrue();
      assertThat(actual.kind()).isEqualTo(expected.kind());
      assertThat(actual.measurementNameHash()).isEqualTo(expected.measurementNameHash());
      assertThat(actual.measurementMicros()).isEqualTo(expected.measurementMicros());
      byte[] name = expected.measurementName().getBytes(StandardCharsets.UTF_8);
      assertThat(actual.measurementNameIs(name)).isTrue();
      String unit = expected.measurementUnit();
      byte[] unitBytes = unit == null ? new byte[0] : unit.getBytes(StandardCharsets.UTF_8);
      assertThat(actual.measurementUnitIs(unitBytes)).isTrue();
      assertThat(actual.hasUnit()).isEqualTo(unit != null);
      if (expected.kind() == RecordFormat.Kind.DOUBLE) {
        assertThat(Double.doubleToRawLongBits(actual.doubleValue()))
            .as("seed %d", seed)
            .isEqualTo(Double.doubleToRawLongBits(expected.doubleValue()));
      }
    }
    assertThat(actual.next()).isFalse();
  }

  private static String json(EncodedRecord view) {
    ByteSink sink = new ByteSink(64);
    RecordJson.write(view, sink);
    return new String(sink.toByteArray(), StandardCharsets.UTF_8);
  }

  private static EncodedRecord read(byte[] body, long sequence, Terms terms) throws Exception {
    byte[] shifted = new byte[body.length + 11];
    System.arraycopy(body, 0, shifted, 5, body.length);
    return new EncodedRecord().wrap(shifted, 5, body.length, Lane.EVENT, sequence, "ep", terms);
  }

  @Test
  void bothVersionsMakeTheSameRecordAnAlarm() throws Exception {
    RecordWriter numbered = new RecordWriter(dictionary);
    Cap cap = new Cap("Severe", "Immediate", "Observed", "Actual");
    for (int i = 0; i < 500; i++) {
      CanonicalRecord record = without(records.next(i));
      byte[] alarm = RecordWriter.asRuledAlarm(RandomRecords.write(numbered, record, false), cap);
      EncodedRecord view = read(alarm, i, dictionary.terms());
      assertThat(view.messageClass()).isEqualTo(MessageClass.ALARM);
      assertThat(view.isRuled()).isTrue();
      assertThat(view.cap()).isEqualTo(cap);
      assertThat(view.toRecord().measurements())
          .as("seed %d", seed)
          .usingRecursiveComparison()
          .isEqualTo(record.measurements());
    }
  }

  private static CanonicalRecord without(CanonicalRecord record) {
    return new CanonicalRecord(
        record.id(),
        record.gateway(),
        record.device(),
        record.sector(),
        record.site(),
        record.model(),
        record.messageClass(),
        record.timeMicros(),
        record.timeSource(),
        record.receivedMicros(),
        record.sequence(),
        record.historical(),
        record.measurements(),
        record.protocol(),
        record.source(),
        null);
  }

  @Test
  void aNumberStandsForOneNameAndUnitInAllRecordsOfARun() throws Exception {
    RecordWriter numbered = new RecordWriter(dictionary);
    Map<Integer, String> known = new HashMap<>();
    EncodedRecord view = new EncodedRecord();
    for (int i = 0; i < RECORDS; i++) {
      byte[] body = RandomRecords.write(numbered, records.next(i), false);
      view.wrap(body, 0, body.length, Lane.EVENT, i, "ep", dictionary.terms());
      while (view.next()) {
        int number = view.measurementNumber();
        if (number >= 0) {
          String what = view.measurementName() + '\u0000' + view.measurementUnit();
          assertThat(known.computeIfAbsent(number, any -> what)).isEqualTo(what);
        }
      }
    }
    assertThat(known).hasSizeGreaterThan(20);
  }

  @Test
  void aNumberThatIsNotDefinedIsDamage() {
    byte[] body = RandomRecords.write(new RecordWriter(dictionary), known(), false);
    assertThatThrownBy(() -> read(body, 1, Terms.NONE))
        .isInstanceOf(CorruptRecordException.class)
        .hasMessageContaining("is not defined");
    TermDictionary others = new TermDictionary(20_000);
    for (int i = 0; i < 10; i++) {
      others.define(TermDictionary.Origin.CONFIGURATION, "three", "texts", "it has" + i);
    }
    assertThatThrownBy(() -> read(body, 1, others.terms()))
        .as("a term of another kind")
        .isInstanceOf(CorruptRecordException.class)
        .hasMessageContaining("is not defined");
  }

  private static CanonicalRecord known() {
    SplittableRandom fixed = new SplittableRandom(7);
    RandomRecords some = new RandomRecords(fixed);
    CanonicalRecord record = some.next(1);
    while (record.measurements().isEmpty()) {
      record = some.next(1);
    }
    return record;
  }

  @Test
  void damagedBytesThrowOnlyTheDeclaredException() {
    RecordWriter numbered = new RecordWriter(dictionary);
    EncodedRecord view = new EncodedRecord();
    ByteSink sink = new ByteSink(64);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      CanonicalRecord record = records.next(i);
      byte[] body =
          i % 3 == 0
              ? FirstFormatWriter.write(record, false)
              : RandomRecords.write(numbered, record, false);
      if (random.nextInt(3) == 0) {
        body = Arrays.copyOf(body, random.nextInt(body.length + 4));
      } else {
        for (int n = random.nextInt(1, 5); n > 0; n--) {
          body[random.nextInt(body.length)] = (byte) random.nextInt();
        }
      }
      try {
        view.wrap(body, 0, body.length, Lane.ALARM, i, "ep", dictionary.terms()).toRecord();
        sink.clear();
        RecordJson.write(view, sink);
        RecordWriter.alone(view);
      } catch (CorruptRecordException e) {
        assertThat(e.getMessage()).as("seed %d", seed).contains("record");
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  /** What the bytes of a record are, by hand from the format's page. */
  @Test
  void theBytesAreThoseOfTheFormat() {
    RecordWriter writer = new RecordWriter(dictionary);
    byte[] body =
        writer
            .begin(MessageClass.TELEMETRY, 1_000_003, TimeSource.DEVICE, 1_000_000, false)
            .identity("d1", "farm", "north", "probe", "gw", "mqtt", "t;json")
            .measurement("temp", "Cel", Quality.GOOD, null, RecordFormat.NO_TIME)
            .value(21.5)
            .measurement("temp", "Cel", Quality.BAD, QualityReason.RANGE, 1_000_001)
            .value(-3L)
            .finish();
    int telemetryOfDevice = MessageClass.TELEMETRY.ordinal() | TimeSource.DEVICE.ordinal() << 2;
    int badRange = Quality.BAD.ordinal() | ((QualityReason.RANGE.ordinal() + 1) << 2);
    assertThat(body)
        .containsExactly(
            2,
            telemetryOfDevice, // version, flags
            0,
            0,
            0,
            0,
            0,
            0x0F,
            0x42,
            0x40, // 1,000,000
            6, // 3 later, zigzag
            2,
            'd',
            '1', // device
            1, // term 0: farm, north, probe, gw, mqtt
            2, // term 1: t;json
            0x82,
            0, // two measurements, in two bytes
            6 | 1 << 5, // a double by digits of one decimal
            3, // term 2: temp, Cel
            0xAE,
            3, // 215, zigzag: 430
            1 << 3 | 1 << 4, // a long, own time, judged
            3,
            badRange,
            3, // 2 earlier, zigzag
            5); // -3, zigzag
  }
}
