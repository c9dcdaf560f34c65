package io.sluice.engine.forward.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ByteSink;
import io.sluice.api.CanonicalRecord;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.TimeSource;
import io.sluice.api.upstream.ForwardSettings.Attributes;
import io.sluice.api.upstream.ForwardSettings.BadValues;
import io.sluice.api.upstream.RecordEncoder;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.RandomRecords;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordWriter;
import io.sluice.spool.TermDictionary;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.dataformat.cbor.CBORMapper;

/** What is written by texts made once is what Jackson writes, whatever is in the record. */
class FormatsAgainstJacksonTest {
  private static final int RECORDS = 3_000;
  private static final long NOW = 1_767_225_600_000_000L;

  private final long seed = System.nanoTime();
  private final SplittableRandom random = new SplittableRandom(seed);
  private final RandomRecords records = new RandomRecords(random);
  private final TermDictionary dictionary = new TermDictionary(20_000);
  private final RecordWriter[] writers = {new RecordWriter(), new RecordWriter(dictionary)};
  private final EncodedRecord view = new EncodedRecord();

  enum Format {
    THINGSBOARD {
      @Override
      RecordEncoder own(RecordAttributes attributes) {
        return new ThingsBoardFormat(false, attributes);
      }

      @Override
      RecordEncoder byJackson(RecordAttributes attributes) {
        return new JacksonThingsBoard(false, attributes);
      }
    },
    THINGSBOARD_GATEWAY {
      @Override
      RecordEncoder own(RecordAttributes attributes) {
        return new ThingsBoardFormat(true, attributes);
      }

      @Override
      RecordEncoder byJackson(RecordAttributes attributes) {
        return new JacksonThingsBoard(true, attributes);
      }
    },
    SENML_JSON {
      @Override
      RecordEncoder own(RecordAttributes attributes) {
        return new SenmlJsonFormat(attributes);
      }

      @Override
      RecordEncoder byJackson(RecordAttributes attributes) {
        return JacksonSenml.json(attributes);
      }
    },
    SENML_CBOR {
      @Override
      RecordEncoder own(RecordAttributes attributes) {
        return new SenmlCborFormat(attributes);
      }

      @Override
      RecordEncoder byJackson(RecordAttributes attributes) {
        return JacksonSenml.cbor(attributes);
      }
    };

    abstract RecordEncoder own(RecordAttributes attributes);

    abstract RecordEncoder byJackson(RecordAttributes attributes);
  }

  @ParameterizedTest
  @EnumSource
  void recordsOfEveryKindAreWrittenTheSame(Format format) throws Exception {
    for (BadValues badValues : BadValues.values()) {
      for (Attributes which : Attributes.values()) {
        RecordAttributes attributes = new RecordAttributes(badValues, which);
        RecordEncoder own = format.own(attributes);
        RecordEncoder byJackson = format.byJackson(attributes);
        for (int i = 0; i < RECORDS / 9; i++) {
          CanonicalRecord record = records.next(i);
          compare(format, own, byJackson, RandomRecords.write(writers[i & 1], record, false), i);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void manyMoreMetricsThanAreKeptAreWrittenTheSame(Format format) throws Exception {
    RecordAttributes attributes = new RecordAttributes(BadValues.KEEP, Attributes.NONE);
    RecordEncoder own = format.own(attributes);
    RecordEncoder byJackson = format.byJackson(attributes);
    TermDictionary large = new TermDictionary(1 << 20);
    RecordWriter writer = new RecordWriter(large);
    for (int i = 0; i < 40; i++) {
      writer.begin(MessageClass.TELEMETRY, NOW + i, TimeSource.DEVICE, NOW, false);
      writer.identity("d-" + i, "farm", "north", "soil", "edge", "mqtt", "telemetry");
      for (int j = 0; j < 1_000; j++) {
        // each name of the first half again in the second: with another unit
        String unit = j < 500 ? "V" : null;
        writer
            .measurement("m" + i + "-" + j % 500, unit, Quality.GOOD, null, RecordFormat.NO_TIME)
            .value(j / 8.0);
      }
      byte[] body = writer.finish();
      view.wrap(body, 0, body.length, Lane.TELEMETRY, i, "k3x9abcd", large.terms());
      assertSame(format, own, byJackson);
    }
  }

  private void compare(
      Format format, RecordEncoder own, RecordEncoder byJackson, byte[] body, long sequence)
      throws Exception {
    view.wrap(body, 0, body.length, Lane.EVENT, sequence, "k3x9abcd", dictionary.terms());
    assertSame(format, own, byJackson);
  }

  private void assertSame(Format format, RecordEncoder own, RecordEncoder byJackson) {
    byte[] mine = encode(own);
    byte[] its = encode(byJackson);
    if (format == Format.SENML_CBOR) { // long texts are in pieces there
      CBORMapper mapper = new CBORMapper();
      assertThat(mapper.readTree(mine)).as("seed %d", seed).isEqualTo(mapper.readTree(its));
    } else {
      assertThat(new String(mine, StandardCharsets.UTF_8))
          .as("seed %d", seed)
          .isEqualTo(new String(its, StandardCharsets.UTF_8));
    }
  }

  private byte[] encode(RecordEncoder encoder) {
    ByteSink out = new ByteSink(random.nextInt(300));
    out.write('#');
    encoder.encode(view, out);
    byte[] bytes = out.toByteArray();
    assertThat(bytes[0]).isEqualTo((byte) '#');
    return java.util.Arrays.copyOfRange(bytes, 1, bytes.length);
  }
}
