package io.sluice.fleet.partition;

import static io.sluice.fleet.partition.Scene.MINUTE;
import static io.sluice.fleet.partition.Scene.SECOND;
import static io.sluice.fleet.partition.Scene.START;
import static io.sluice.fleet.partition.Scene.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.api.Quality;
import io.sluice.engine.record.PoisonRecordException;
import io.sluice.engine.record.PoisonRecordException.Kind;
import io.sluice.engine.record.RecordDecoder;
import io.sluice.fleet.alarm.Acknowledgements;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What comes on a topic and cannot be used is counted by topic and kind, and changes nothing. */
class PoisonTest {
  private static final long YEAR_9999 = 253_370_764_800_000_000L;
  private static final List<Long> NO_TIMES = List.of(YEAR_9999, -1L, Long.MIN_VALUE);
  private static final List<String> RECORDS = List.of("telemetry", "event", "state", "alarm");

  private static final String DEVICE =
      """
      {"v":1,"device":"d","rev":9,"at":%d,"profile":"meter","sector":"factory","site":"b",
      "interval":60000000,"metrics":["humidity","temperature"],"planned":true,
      "commissioned":true,"retired":false,"parent":null}\
      """
          .formatted(START);
  private static final String PRESENCE =
      """
      {"v":1,"device":"d","gateway":"gw","run":"r1","contact":"live","since":%d,"seen":%d}\
      """
          .formatted(START, START);
  private static final String STATUS =
      """
      {"v":1,"kind":"status","gateway":"gw","version":"2","run":"r2","at":%d,"ready":true}\
      """
          .formatted(START);
  private static final String DOWNTIME =
      """
      {"v":1,"kind":"downtime","gateway":"gw","outages":[[%d,%d]],"stops":[]}\
      """
          .formatted(START, START + 1);
  private static final String ACT =
      """
      {"v":1,"id":7,"gateway":"gw","state":"cleared","by":"anna","note":null,"at":%d}\
      """
          .formatted(START);

  @TempDir static Path directory;
  private static Scene scene;

  /** One for all: what is left out changes nothing. */
  @BeforeAll
  static void open() throws Exception {
    scene = new Scene(directory);
    scene.register("d", "a");
    scene.status("gw", false);
    scene.at(START + SECOND);
    scene.report("d", "gw", START, 1);
    scene.at(START + 2 * MINUTE);
  }

  @AfterAll
  static void close() {
    scene.close();
  }

  record Case(
      String topic, String what, byte @Nullable [] key, byte @Nullable [] value, Kind kind) {
    @Override
    public String toString() {
      return topic + ": " + what;
    }
  }

  /** Those that any topic has. */
  private static List<Case> common(String topic, String key, String good) {
    byte[] utf8 = utf8(key);
    byte[] tooLarge = new byte[RecordDecoder.BYTES_MAX + 1];
    Arrays.fill(tooLarge, (byte) '{');
    return List.of(
        new Case(topic, "no key", null, utf8(good), Kind.NO_KEY),
        new Case(topic, "an empty key", new byte[0], utf8(good), Kind.NO_KEY),
        new Case(topic, "empty", utf8, new byte[0], Kind.EMPTY),
        new Case(topic, "no JSON", utf8, utf8("{\"v\":1,"), Kind.NOT_JSON),
        new Case(topic, "too large", utf8, tooLarge, Kind.TOO_LARGE),
        new Case(topic, "of the future", utf8, utf8(future(good)), Kind.FUTURE_VERSION),
        new Case(topic, "another key", utf8("other"), utf8(good), Kind.KEY_DIFFERS));
  }

  /** The text with another value of a number. */
  private static String with(String json, String field, String value) {
    return json.replaceFirst("\"" + field + "\":-?\\d+", "\"" + field + "\":" + value);
  }

  /** A record has its version only where it is not the first; its measurements have a v, too. */
  private static String future(String json) {
    return json.replaceFirst("^\\{(\"v\":1,)?", "{\"v\":2,");
  }

  private static void times(String topic, String key, String good, String field, List<Case> all) {
    for (long time : NO_TIMES) {
      all.add(
          new Case(
              topic,
              field + " " + time,
              utf8(key),
              utf8(with(good, field, Long.toString(time))),
              Kind.INVALID));
    }
    all.add(
        new Case(
            topic,
            "no number as " + field,
            utf8(key),
            utf8(with(good, field, "\"now\"")),
            Kind.INVALID));
  }

  static Stream<Case> ofThePartition() throws Exception {
    List<Case> all = new ArrayList<>();
    for (String topic : RECORDS) {
      String record = record();
      all.addAll(common("sluice." + topic, "d", record));
      for (long time : NO_TIMES) {
        all.add(
            new Case(
                "sluice." + topic,
                "rx " + time,
                utf8("d"),
                utf8(with(record, "rx", Long.toString(time))),
                Kind.INVALID));
      }
      all.add(
          new Case("sluice." + topic, "neither", utf8("d"), utf8("no record"), Kind.NOT_PROTOBUF));
      all.add(new Case("sluice." + topic, "removed", utf8("d"), null, Kind.EMPTY));
    }
    all.addAll(common("sluice.fleet.devices", "d", DEVICE));
    times("sluice.fleet.devices", "d", DEVICE, "at", all);
    for (String interval : List.of("0", "-60000000", "" + Long.MAX_VALUE, "\"1m\"")) {
      all.add(
          new Case(
              "sluice.fleet.devices",
              "interval " + interval,
              utf8("d"),
              utf8(with(DEVICE, "interval", interval)),
              Kind.INVALID));
    }
    all.addAll(common("sluice.fleet.presence", "d", PRESENCE));
    times("sluice.fleet.presence", "d", PRESENCE, "since", all);
    all.add(
        new Case(
            "sluice.fleet.presence",
            "seen in 9999",
            utf8("d"),
            utf8(with(PRESENCE, "seen", "" + YEAR_9999)),
            Kind.INVALID));
    all.add(
        new Case(
            "sluice.fleet.presence",
            "no contact",
            utf8("d"),
            utf8(PRESENCE.replace("live", "elsewhere")),
            Kind.INVALID));
    return all.stream();
  }

  private static String record() {
    return new String(scene.record("d", "gw", START + 5, Quality.GOOD), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @MethodSource("ofThePartition")
  void whatCannotBeUsedIsCountedByKindAndChangesNothing(Case of) throws Exception {
    long before = scene.refusals.counted(of.topic, of.kind);
    long all = refused();
    List<FleetDevice> devices = scene.book().devices(any -> true, scene.now);

    scene.put(of.topic, of.key, of.value);

    assertThat(scene.refusals.counted(of.topic, of.kind)).isEqualTo(before + 1);
    assertThat(refused()).isEqualTo(all + 1);
    assertThat(scene.book().devices(any -> true, scene.now)).isEqualTo(devices);
    assertThat(scene.ofFleet()).isEqualTo(scene.ofGateway());
  }

  private static long refused() {
    return scene.refusals.counts().stream().mapToLong(each -> each.count().sum()).sum();
  }

  @Test
  void anAlarmOfAnUnknownStateOrKindIsLeftOut() {
    long before = scene.refusals.counted("sluice.alarm", Kind.INVALID);
    scene.alarm("d", "gw", 1, "raised", "thinking");
    scene.alarm("d", "gw", 2, "raised", "active", "weather", START);
    assertThat(scene.refusals.counted("sluice.alarm", Kind.INVALID)).isEqualTo(before + 2);
    assertThat(scene.book().alarms()).isEmpty();
  }

  static Stream<Case> ofTheGateways() {
    List<Case> all = new ArrayList<>(common("gateways", "gw", STATUS));
    all.addAll(common("gateways", "gw#downtime", DOWNTIME));
    for (String times : List.of("[1]", "[5,4]", "[-5,4]", "[%d,%d]".formatted(START, YEAR_9999))) {
      all.add(
          new Case(
              "gateways",
              "an outage " + times,
              utf8("gw#downtime"),
              utf8(DOWNTIME.replaceFirst("\\[\\[.*?]", "[" + times)),
              Kind.INVALID));
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("ofTheGateways")
  void whatAGatewayCannotSayChangesNothing(Case of) {
    assertThatExceptionOfType(PoisonRecordException.class)
        .isThrownBy(() -> scene.gateways.take(of.key, of.value, START / 1_000))
        .extracting(PoisonRecordException::kind)
        .isEqualTo(of.kind);
    assertThat(scene.gateways.all()).singleElement().extracting("version").isEqualTo("1");
    assertThat(scene.gateways.outages()).isEmpty();
  }

  static Stream<Case> ofAcknowledgements() {
    List<Case> all = new ArrayList<>(common("acts", "gw/7", ACT));
    times("acts", "gw/7", ACT, "at", all);
    all.add(
        new Case(
            "acts",
            "no state",
            utf8("gw/7"),
            utf8(ACT.replace("cleared", "active")),
            Kind.INVALID));
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("ofAcknowledgements")
  void whatIsNoAcknowledgementIsLeftOut(Case of) {
    assertThatExceptionOfType(PoisonRecordException.class)
        .isThrownBy(() -> new Acknowledgements().take(of.key, of.value, START))
        .extracting(PoisonRecordException::kind)
        .isEqualTo(of.kind);
  }

  @Test
  void aClockThatIsAnHourAheadOrBehindIsTaken() throws Exception {
    try (Scene own = new Scene(directory.resolve("own"))) {
      own.register("d", "a");
      own.at(START + SECOND);
      for (long off : List.of(60 * MINUTE, -60 * MINUTE)) {
        String time = Long.toString(START + off);
        own.put("sluice.fleet.presence", "d", with(PRESENCE, "since", time));
        own.put("sluice.fleet.devices", "d", with(DEVICE, "at", time));
        String record = own.ofClock("d", "gw", START + off);
        own.put("sluice.telemetry", "d", record);
      }
      assertThat(own.refusals.counts()).isEmpty();
      assertThat(own.live.counted("records")).isEqualTo(2);
    }
  }
}
