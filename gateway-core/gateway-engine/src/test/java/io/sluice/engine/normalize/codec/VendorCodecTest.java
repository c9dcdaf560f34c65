package io.sluice.engine.normalize.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.api.CanonicalRecord;
import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.RejectReason;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.Bench;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.sample.FieldFaults;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Codecs of vendors' jars: what a profile does with what they find, and what they may not do. */
class VendorCodecTest {
  private static final String METRICS =
      "metrics: { temp: { unit: Cel, max: 60, from: [ { path: t1.raw, scale: 0.1 } ] },"
          + " door: { type: boolean }, note: { type: string } }";

  private final Bench lines = Bench.of("codec: test-lines", METRICS);
  private final Bench faulty = Bench.of("codec: test-faulty");

  private static RejectReason reason(Bench bench, String payload) {
    try {
      bench.decode(payload);
    } catch (PayloadException e) {
      return e.reason();
    }
    throw new AssertionError("it was taken");
  }

  @Test
  void profileLeadsPathsIntoMetrics() throws PayloadException {
    CanonicalRecord record =
        lines.decode("t1.raw long 215\ndoor text on\nnote text ok\nother double 1.5");
    assertThat(Bench.value(record, "temp")).isEqualTo(21.5);
    assertThat(Bench.value(record, "door")).isEqualTo(true);
    assertThat(Bench.value(record, "note")).isEqualTo("ok");
    assertThat(Bench.value(record, "other")).isEqualTo(1.5);
    assertThat(record.measurements().getFirst().unit()).isEqualTo("Cel");
    assertThat(record.source()).isEqualTo("telemetry;test-lines");
  }

  @Test
  void valueOutOfRangeAndOneThatIsNoneAreBad() throws PayloadException {
    String payload = "t1.raw long 999\nother double NaN\ndoor refuse is open and shut";
    CanonicalRecord record = lines.decode(payload);
    assertThat(record.measurements())
        .allSatisfy(each -> assertThat(each.quality()).isEqualTo(Quality.BAD))
        .hasSize(2);
    FieldFaults faults = lines.faults(payload);
    assertThat(faults).isNotNull();
    assertThat(faults.detail()).contains("$.other at byte 16: ").contains("(and 1 more)");
  }

  @Test
  void profileThatToleratesNothingRefusesTheMessage() {
    Bench strict = Bench.of("codec: test-lines", "tolerate: none", METRICS);
    assertThatThrownBy(() -> strict.decode("t1.raw long 1\ndoor refuse is stuck; free it"))
        .isInstanceOf(PayloadException.class)
        .hasMessage("$.door at byte 14: is stuck; free it");
  }

  @Test
  void whatTheProfileDoesNotKnowIsDroppedOrRefusedAsItSays() throws PayloadException {
    String payload = "t1.raw long 1\nother long 1\nskipped long 1";
    String ignore = "ignore: [skipped]";
    assertThat(lines.decode(payload).measurements()).hasSize(3);
    Bench drop = Bench.of("codec: test-lines", "unknown: drop", ignore, METRICS);
    assertThat(drop.decode(payload).measurements()).hasSize(1);
    Bench reject = Bench.of("codec: test-lines", "unknown: reject", ignore, METRICS);
    assertThat(reject.decode("t1.raw long 1\nskipped long 1").measurements()).hasSize(1);
    assertThatThrownBy(() -> reject.decode(payload)).hasMessageContaining("$.other at byte 14");
  }

  @Test
  void samplesHaveTimesOfTheirOwn() throws PayloadException {
    long earlier = Bench.NOW - 20_000_000;
    CanonicalRecord record =
        lines.decode(
            "x sample\nt1.raw long 1\nx time %d\nx sample\nx time %d\nt1.raw long 2\nx historical"
                .formatted(earlier, Bench.NOW - 10_000_000));
    assertThat(record.measurements()).hasSize(2);
    assertThat(record.measurements().getFirst().timeMicros()).isEqualTo(earlier);
    assertThat(record.timeMicros()).isEqualTo(Bench.NOW - 10_000_000);
    assertThat(record.historical()).isTrue();
  }

  @Test
  void timeMayStandInAPathOfTheProfile() throws PayloadException {
    long seconds = Bench.NOW / 1_000_000 - 7;
    CanonicalRecord record = lines.decode("ts long " + seconds + "\nt1.raw long 1");
    assertThat(record.timeMicros()).isEqualTo(seconds * 1_000_000);
    assertThat(record.measurements()).hasSize(1);
    assertThat(lines.decode("ts long 5\nt1.raw long 1").measurements()).hasSize(2);
  }

  @Test
  void timeThatIsNoneCostsItselfAlone() throws PayloadException {
    CanonicalRecord record = lines.decode("x time 9223372036854775807\nt1.raw long 1");
    assertThat(record.timeMicros()).isEqualTo(Bench.NOW);
  }

  @Test
  void alarmRuleSeesWhatACodecFinds() throws PayloadException {
    Bench alarms =
        Bench.of(
            "codec: test-lines",
            "metrics: { smoke: { type: boolean } }",
            "alarms: [ { name: fire, when: smoke == true, severity: Severe } ]");
    CanonicalRecord record = alarms.decode("smoke boolean true");
    assertThat(record.messageClass()).isEqualTo(MessageClass.ALARM);
  }

  @Test
  void codecGoesBeforeWhatTheMessageSaysAndPayloadBehindIt() throws PayloadException {
    Bench fallback = Bench.of("payload: test-lines", METRICS);
    for (ContentType type : ContentType.values()) {
      assertThat(lines.decode(type, "t1.raw long 1").measurements()).hasSize(1);
    }
    assertThat(fallback.decode("t1.raw long 1").measurements()).hasSize(1);
    assertThat(fallback.decode(ContentType.JSON, "{\"a\":1}").measurements()).hasSize(1);
    assertThatThrownBy(() -> fallback.decode(ContentType.JSON, "t1.raw long 1"))
        .isInstanceOf(PayloadException.class);
  }

  @Test
  void codecOfOursMayBeNamedToo() throws PayloadException {
    Bench text = Bench.of("codec: text");
    assertThat(Bench.value(text.decode(ContentType.JSON, "a=1"), "a")).isEqualTo(1L);
  }

  @Test
  void bytesComeOutOfTheTextThatTheProfileNames() throws PayloadException {
    Bench hex = Bench.of("codec: test-lines", "encoding: hex");
    assertThat(Bench.value(hex.decode("78 20 6c 6f 6e 67 20 37"), "x")).isEqualTo(7L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"runtime", "linkage", "deep"})
  void whatACodecThrowsRefusesItsMessageAlone(String fault) throws PayloadException {
    assertThatThrownBy(() -> faulty.decode(fault))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("the codec test-faulty failed at this message")
        .hasMessageContaining("replace its jar")
        .hasMessageNotContaining("\n");
    assertThat(reason(faulty, fault)).isEqualTo(RejectReason.INTERNAL);
    assertThat(faulty.decode("fine").measurements()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"some", "all"})
  void codecThatPutsTooMuchIsRefusedThoughItMindsNothing(String payload) {
    for (String unknown : new String[] {"keep", "drop"}) {
      Bench greedy = Bench.of("codec: test-greedy", "unknown: " + unknown);
      assertThatThrownBy(() -> greedy.decode(payload))
          .isInstanceOf(PayloadException.class)
          .hasMessageContaining("more than");
      assertThat(reason(greedy, payload)).isEqualTo(RejectReason.PAYLOAD_INVALID);
    }
  }

  @Test
  void nameThatNoCodecHasIsAFaultWithItsPlace() {
    assertThat(Bench.load("id: a", "codec: test-line").faults())
        .singleElement()
        .asString()
        .endsWith("test.yaml:2:8: codec: \"test-line\" is not known; did you mean \"test-lines\"?");
    assertThat(Bench.load("payload: sparkle").faults())
        .singleElement()
        .asString()
        .contains("write one of bytes, cbor, influx-line, json, senml-cbor, senml-json, ")
        .endsWith(", or put the jar that has it into adapters");
    assertThat(Bench.load("payload: json", "codec: json").faults())
        .singleElement()
        .asString()
        .contains("test.yaml:1:10: payload: stands beside codec");
  }

  @Test
  void classOfACodecThatNobodyNamesIsNotLoaded() throws PayloadException {
    lines.decode("t1.raw long 1");
    assertThat(TestCodecs.Unnamed.isLoaded).isFalse();
    assertThat(Bench.value(Bench.of("codec: test-unnamed").decode("1234"), "length")).isEqualTo(4L);
    assertThat(TestCodecs.Unnamed.isLoaded).isTrue();
  }

  @Test
  void payloadThatNamesAnotherDeviceIsRefused() {
    Normalizer normalizer =
        new Normalizer(
            "gw", Bench.load("id: test", "codec: test-lines").profiles(), id -> id.equals("other"));
    Device device =
        new Device(new DeviceId("dev-1"), "test", "farm", "n", null, null, true, true, false);
    byte[] payload = "deviceId text other\nx long 1".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() ->
            normalizer.normalize(
                device,
                MessageClass.TELEMETRY,
                ContentType.UNSPECIFIED,
                "mqtt",
                "telemetry",
                payload,
                Bench.NOW))
        .hasMessageContaining("names device other and comes as dev-1");
  }
}
