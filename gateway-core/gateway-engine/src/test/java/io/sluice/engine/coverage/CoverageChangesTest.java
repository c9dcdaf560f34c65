package io.sluice.engine.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.TimeSource;
import io.sluice.api.operator.CoverageService.By;
import io.sluice.api.operator.CoverageService.Change;
import io.sluice.api.operator.CoverageService.ChangeFilter;
import io.sluice.api.operator.CoverageService.Changes;
import io.sluice.api.operator.CoverageService.Stop;
import io.sluice.api.operator.CoverageService.StopScope;
import io.sluice.api.operator.CoverageService.What;
import io.sluice.api.operator.CoverageService.Window;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.coverage.slot.ReportingExpectation;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordWriter;
import io.sluice.engine.registry.presence.Presence.Contact;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is connected, what became of devices, and that both outlive a restart. */
class CoverageChangesTest {
  private static final long SECOND = 1_000_000L;
  private static final long MINUTE = Calendar.MINUTE_MICROS;
  private static final ReportingExpectation SHAPE =
      new ReportingExpectation(Map.of("state", 0), 60 * MINUTE);

  @TempDir Path directory;

  private long now = Instant.parse("2026-10-05T00:00:00Z").toEpochMilli() * 1_000;
  private CoverageDatabase database;
  private CoverageState book;
  private DowntimeStore stops;
  private final EncodedRecord view = new EncodedRecord();
  private final Map<String, Contact> contacts = new HashMap<>();
  private final CoverageState.Sessions sessions =
      new CoverageState.Sessions() {
        @Override
        public Contact contact(String id) {
          return contacts.getOrDefault(id, Contact.UNKNOWN);
        }

        @Override
        public long lastSeenMicros(String id) {
          return Long.MIN_VALUE;
        }
      };

  @BeforeEach
  void open() throws Exception {
    database = CoverageDatabase.open(directory.resolve("coverage.db"));
    book = new CoverageState(device -> SHAPE, Calendar.UTC, database::load);
    stops = new DowntimeStore(database, book, () -> now);
    CoverageSnapshot.load(database, book, "e", id -> SHAPE);
    stops.load(now);
  }

  private void restart() throws Exception {
    CoverageSnapshot.save(database, book, "e", Map.of(), now);
    database.close();
    open();
    contacts.clear();
  }

  private void device(String id, @Nullable String parent) {
    DeviceId by = parent == null ? null : new DeviceId(parent);
    book.change(
        id,
        new Device(
            new DeviceId(id), "probe", "farm", "a", Duration.ofHours(1), by, true, true, false),
        now);
  }

  private void report(String id) throws Exception {
    byte[] body =
        new RecordWriter()
            .begin(MessageClass.TELEMETRY, now, TimeSource.DEVICE, now, false)
            .identity(id, "-", "-", "probe", "gw", "mqtt", "telemetry")
            .measurement("state", null, Quality.GOOD, null, RecordFormat.NO_TIME)
            .value(1L)
            .finish();
    book.count(view.wrap(body, 0, body.length, Lane.TELEMETRY, 1, "e"));
  }

  private long connected() {
    return book.figures(now, sessions)
        .view(Window.NOW, By.ALL, book.exclusions())
        .groups()
        .getFirst()
        .connected();
  }

  private Changes changes(int hours, int limit, long before, What... what) {
    return book.changes(
        new ChangeFilter(hours, List.of(what), limit, before), now - hours * Calendar.HOUR_MICROS);
  }

  private List<What> kinds() {
    return changes(1, 100, Long.MAX_VALUE).changes().stream().map(Change::what).toList();
  }

  @Test
  void aSessionThatEndsIsTheEndOfTheConnection() throws Exception {
    device("d", null);
    contacts.put("d", Contact.LIVE);
    report("d");
    assertThat(connected()).isEqualTo(1);
    contacts.put("d", Contact.ENDED);
    now += SECOND;
    assertThat(connected()).isZero();
    assertThat(kinds()).containsExactly(What.LOST, What.REGISTERED);
    contacts.put("d", Contact.LIVE);
    assertThat(connected()).isEqualTo(1);
    assertThat(kinds()).containsExactly(What.RETURNED, What.LOST, What.REGISTERED);
  }

  @Test
  void withoutSessionsItIsConnectedForThreeIntervalsAndGrace() throws Exception {
    device("d", null);
    contacts.put("d", Contact.SESSIONLESS);
    report("d");
    now += 186 * MINUTE;
    assertThat(connected()).isEqualTo(1);
    now += SECOND;
    assertThat(connected()).isZero();
  }

  @Test
  void aChildHasNoSessionOfItsOwnAndIsConnectedByWhatItSends() throws Exception {
    device("concentrator", null);
    contacts.put("concentrator", Contact.LIVE);
    device("child", "concentrator");
    contacts.put("child", Contact.ENDED); // it sent for itself before it was put behind another
    report("child");
    assertThat(connected()).isEqualTo(2);
  }

  @Test
  void whoHadASessionIsNotConnectedAfterARestartUntilItIsBackAndLostAfterAMinute()
      throws Exception {
    device("back", null);
    device("away", null);
    device("coap", null);
    contacts.put("back", Contact.LIVE);
    contacts.put("away", Contact.LIVE);
    contacts.put("coap", Contact.SESSIONLESS);
    for (String id : List.of("back", "away", "coap")) {
      report(id);
    }
    assertThat(connected()).isEqualTo(3);
    now += MINUTE;
    restart();
    assertThat(connected()).isEqualTo(1);
    contacts.put("back", Contact.LIVE);
    now += 59 * SECOND;
    assertThat(connected()).isEqualTo(2);
    assertThat(kinds()).doesNotContain(What.LOST, What.RETURNED);
    now += SECOND;
    assertThat(connected()).isEqualTo(2);
    assertThat(changes(1, 9, Long.MAX_VALUE, What.LOST).changes())
        .extracting(Change::device)
        .containsExactly("away");
  }

  @Test
  void changesOutliveARestartAndAreNotToldTwice() throws Exception {
    device("d", null);
    contacts.put("d", Contact.LIVE);
    assertThat(connected()).isEqualTo(1);
    contacts.put("d", Contact.ENDED);
    assertThat(connected()).isZero();
    stops.add(new Stop(0, StopScope.SITE, "a", now, null, "works", "ada"));
    assertThat(connected()).isZero();
    List<What> before = kinds();
    assertThat(before).containsExactly(What.STOPPED, What.LOST, What.REGISTERED);
    now += 2 * MINUTE;
    restart();
    connected();
    now += 2 * MINUTE;
    connected();
    assertThat(kinds()).isEqualTo(before);
    contacts.put("d", Contact.LIVE);
    connected();
    assertThat(kinds()).startsWith(What.RETURNED);
    restart();
    assertThat(kinds()).hasSize(before.size() + 1);
  }

  @Test
  void manyRegistrationsDriveNoLossOutAndEachCanBeReached() throws Exception {
    device("d", null);
    contacts.put("d", Contact.LIVE);
    connected();
    contacts.put("d", Contact.ENDED);
    connected();
    for (int i = 0; i < 1_500; i++) {
      device("n" + i, null);
    }
    restart();
    Changes first = changes(1, 400, Long.MAX_VALUE);
    assertThat(first.counts()).containsEntry(What.LOST, 1L).containsEntry(What.REGISTERED, 1_000L);
    assertThat(first.cut()).isTrue();
    int reached = 0;
    long before = Long.MAX_VALUE;
    for (List<Change> page = first.changes(); !page.isEmpty(); ) {
      reached += page.size();
      before = page.getLast().id();
      page = changes(1, 400, before).changes();
    }
    assertThat(reached).isEqualTo(1_001);
    assertThat(changes(1, 5, Long.MAX_VALUE, What.LOST, What.RETURNED).changes()).hasSize(1);
    now += 61 * MINUTE;
    assertThat(changes(1, 5, Long.MAX_VALUE).counts()).isEmpty();
    assertThat(changes(24, 5, Long.MAX_VALUE).changes()).hasSize(5);
  }

  @Test
  void aKeyThatNoDeviceHasIsToldWithANameToPick() {
    device("d", null);
    CoverageViews views = new CoverageViews(book, sessions);
    assertThat(views.unknown(StopScope.SITE, "a")).isNull();
    assertThat(views.unknown(StopScope.ALL, "")).isNull();
    assertThat(views.unknown(StopScope.DEVICE, "d")).isNull();
    assertThat(views.unknown(StopScope.SITE, "no-such-site"))
        .isEqualTo(
            "no device has the site \"no-such-site\", so that nothing is stopped until one has;"
                + " known are a");
    assertThat(views.unknown(StopScope.SECTOR, "fram")).endsWith("did you mean \"farm\"?");
  }
}
