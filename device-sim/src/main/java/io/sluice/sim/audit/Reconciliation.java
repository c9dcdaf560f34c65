package io.sluice.sim.audit;

import io.sluice.sim.audit.AuditFaults.Kind;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.fleet.SentLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Ticks off the far end's records against the ledger, one after the other, in the order in which
 * they came there.
 */
final class Reconciliation implements FarEnd {
  /** Clocks of gateway and fleet may differ by so much. */
  private static final long CLOCKS_MILLIS = 60_000;

  private static final int MOST_STRANGERS = 1_000;
  private static final int MOST_ALARM_RECORDS = 100_000;

  /** What the gateway itself says of a device, such as that it is silent. */
  private static final String OF_THE_GATEWAY = "gateway";

  private final JsonMapper json = new JsonMapper();
  private final Map<String, Book> books = new HashMap<>();
  private final long startMillis;
  private final AuditTerms terms;
  private final AuditFaults faults = new AuditFaults();
  private final RecordIds ids = new RecordIds();
  private final List<AlarmRecord> alarmRecords = new ArrayList<>();
  private final Map<String, Long> strangers = new TreeMap<>();
  private final Map<String, Integer> gateways = new HashMap<>();
  private int arrival;
  private long redelivered;
  private long doubledAfterResend;
  private long foreign;
  private long ofGateway;
  private long acrossBacklog;

  Reconciliation(List<Played> ledger, long startMillis, AuditTerms terms) {
    this.startMillis = startMillis;
    this.terms = terms;
    ledger.forEach(played -> books.put(played.device().spec().id(), new Book(played, startMillis)));
  }

  void take(String line, Path file, long number) {
    JsonNode record;
    try {
      record = json.readTree(line);
    } catch (JacksonException e) {
      faults.add(
          Kind.UNREADABLE,
          "",
          file.getFileName() + ":" + number + " is not JSON: " + e.getOriginalMessage());
      return;
    }
    if (!record.path("device").isString()) {
      faults.add(Kind.UNREADABLE, "", file.getFileName() + ":" + number + " has no device");
      return;
    }
    arrival++;
    String device = record.path("device").asString();
    Book book = books.get(device);
    if (book == null) {
      stranger(device, record);
    } else if (record.path("proto").asString("").equals(OF_THE_GATEWAY)) {
      ofGateway++;
      if (alarmRecords.size() < MOST_ALARM_RECORDS && isOfAlarm(record)) {
        alarmRecords.add(AlarmRecord.of(record));
      }
    } else {
      ours(book, record);
    }
  }

  private static boolean isOfAlarm(JsonNode record) {
    return record.path("src").asString("").startsWith("alarm/");
  }

  @Override
  public List<AlarmRecord> alarmRecords() {
    return List.copyOf(alarmRecords);
  }

  private void stranger(String device, JsonNode record) {
    foreign++;
    if (strangers.size() < MOST_STRANGERS || strangers.containsKey(device)) {
      strangers.merge(device, 1L, Long::sum);
    }
    if (terms.strict()) {
      faults.add(
          Kind.STRANGER,
          device,
          device + " is no device of the fleet, and has record " + id(record));
    }
  }

  private void ours(Book book, JsonNode record) {
    List<RecordedSample> samples = RecordedSample.of(record);
    if (!isOfThisRun(book, record, samples)) {
      foreign++;
      return;
    }
    boolean isNew = ids.add(RecordIds.hash(id(record)));
    RecordComparison comparison = new RecordComparison(book.played());
    boolean isFirst = true;
    for (RecordedSample sample : samples) {
      int index = index(book, record, sample, isNew);
      if (index < 0) {
        continue;
      }
      if (isFirst) {
        comparison.record(record, book.log().kindAt(index));
        received(record, comparison.differences());
        isFirst = false;
      }
      tick(book, index, record, isNew);
      comparison.sample(
          record, sample, book.sample(index), book.log().historyAt(index), samples.size() == 1);
      altered(book, index, comparison);
      comparison = new RecordComparison(book.played());
    }
    if (samples.isEmpty()) {
      faults.add(
          Kind.INVENTED, book.device(), book.device() + ": record " + id(record) + " is empty");
    }
  }

  /** A far end may hold what earlier runs of the same fleet sent. */
  private boolean isOfThisRun(Book book, JsonNode record, List<RecordedSample> samples) {
    for (RecordedSample sample : samples) {
      if (sample.n() != null && book.log().contains(sample.n())) {
        return true;
      }
    }
    return record.path("rx").asLong(0) >= startMillis * 1000;
  }

  private void received(JsonNode record, List<String> differences) {
    long rx = record.path("rx").asLong(0) / 1000;
    if (rx < startMillis - CLOCKS_MILLIS) {
      differences.add("rx is " + rx * 1000 + ", before the run");
    } else if (rx - CLOCKS_MILLIS > terms.untilMillis()) {
      differences.add("rx is " + rx * 1000 + ", in the future");
    }
  }

  /** Of the message that a sample is, or -1: then it is none. */
  private int index(Book book, JsonNode record, RecordedSample sample, boolean isNew) {
    SentLog log = book.log();
    if (sample.n() != null && book.form().carriesCounter()) {
      if (log.contains(sample.n())) {
        return log.index(sample.n());
      }
      faults.add(
          Kind.INVENTED,
          book.device(),
          book.device() + " #" + sample.n() + " was never sent, and has record " + id(record));
      return -1;
    }
    if (book.form().carriesCounter()) {
      faults.add(
          Kind.INVENTED,
          book.device(),
          "%s: record %s has values of %d without a counter: %s"
              .formatted(
                  book.device(), id(record), sample.micros(), sample.measurements().keySet()));
      return -1;
    }
    return uncounted(book, record, sample, isNew);
  }

  /** Values alone tell which message it is. */
  private int uncounted(Book book, JsonNode record, RecordedSample sample, boolean isNew) {
    String messageClass = record.path("class").asString("");
    int index = isNew ? -1 : book.indexOfRecord(RecordIds.hash(id(record)));
    if (index >= 0) {
      return index;
    }
    index = book.indexOf(messageClass, sample);
    if (index >= 0) {
      return index;
    }
    index = book.earlier(messageClass, sample);
    if (index >= 0) {
      return index;
    }
    faults.add(
        Kind.INVENTED,
        book.device(),
        "%s never sent what record %s says: %s"
            .formatted(book.device(), id(record), sample.measurements().values()));
    return -1;
  }

  private void tick(Book book, int index, JsonNode record, boolean isNew) {
    if (book.log().badAt(index)) {
      fault(Kind.BAD_ACCEPTED, book, index, "was spoilt on purpose, but is at the far end");
      return;
    }
    long id = RecordIds.hash(id(record));
    if (!book.has(index)) {
      book.take(index, id, record.path("seq").asLong(0), arrival, record.path("rx").asLong(0));
      book.at(index, gateway(record));
      if (record.path("class").asString("").equals("alarm")) {
        book.isAlarm(index);
      }
      if (!isNew) {
        fault(
            Kind.ID_REUSED,
            book,
            index,
            "has the id of an earlier record, " + id(record) + ": who de-duplicates loses it");
      }
    } else if (book.arrival(index) == arrival) {
      fault(Kind.DOUBLED, book, index, "stands twice in record " + id(record));
    } else if (book.id(index) == id && !terms.exactlyOnce()) {
      redelivered++;
    } else if (book.id(index) == id) {
      fault(Kind.DUPLICATED, book, index, "was delivered twice, as record " + id(record));
    } else if (book.log().resentAt(index)) {
      doubledAfterResend++;
      book.copy();
    } else {
      book.copy();
      fault(
          Kind.DOUBLED, book, index, "was sent once but stored twice; second record " + id(record));
    }
  }

  private void altered(Book book, int index, RecordComparison comparison) {
    if (!comparison.units().isEmpty()) {
      fault(
          Kind.WRONG_UNIT,
          book,
          index,
          "has another unit: " + String.join(", ", comparison.units()));
    }
    if (!comparison.differences().isEmpty()) {
      fault(
          Kind.ALTERED, book, index, "was altered: " + String.join(", ", comparison.differences()));
    }
  }

  /** A number for the gateway that took the record. */
  private int gateway(JsonNode record) {
    return gateways.computeIfAbsent(record.path("gateway").asString(""), any -> gateways.size());
  }

  private static String id(JsonNode record) {
    return record.path("id").asString("");
  }

  @Override
  public boolean has(Played played, int index) {
    Book book = books.get(played.device().spec().id());
    return book != null && book.has(index);
  }

  @Override
  public long latenessMicros(Played played, int index) {
    Book book = books.get(played.device().spec().id());
    return book == null || !book.has(index) ? 0 : book.lateness(index);
  }

  @Override
  public long copies(Played played) {
    Book book = books.get(played.device().spec().id());
    return book == null ? 0 : book.copies();
  }

  /** Called once, after the last record. */
  AuditResult result() {
    long sent = 0;
    long acked = 0;
    long refused = 0;
    long found = 0;
    long bad = 0;
    for (Book book : books.values()) {
      SentLog log = book.log();
      long deviceAcked = 0;
      for (int i = 0; i < log.size(); i++) {
        sent++;
        deviceAcked += log.ackedAt(i) ? 1 : 0;
        refused += log.refusedAt(i) ? 1 : 0;
        bad += log.badAt(i) ? 1 : 0;
        if (log.refusedAt(i) && !log.badAt(i)) {
          fault(Kind.GOOD_REFUSED, book, i, "was refused");
        }
      }
      acked += deviceAcked;
      found += book.found();
      if (book.form().carriesCounter() || book.played().device().spec().group().isOfSession()) {
        lost(book);
      } else {
        lostOfMany(book, deviceAcked);
      }
      order(book);
    }
    return new AuditResult(
        sent,
        acked,
        refused,
        found,
        faults.count(Kind.LOST),
        faults.count(Kind.DUPLICATED) + redelivered,
        faults.count(Kind.DOUBLED),
        doubledAfterResend,
        faults.count(Kind.REORDERED),
        acrossBacklog,
        faults.count(Kind.ALTERED),
        faults.count(Kind.WRONG_UNIT),
        faults.count(Kind.INVENTED),
        faults.count(Kind.ID_REUSED),
        faults.count(Kind.UNREADABLE),
        foreign,
        ofGateway,
        bad,
        faults.count(Kind.BAD_ACCEPTED),
        faults.count(Kind.GOOD_REFUSED),
        terms.exactlyOnce(),
        terms.strict(),
        Map.copyOf(strangers),
        faults.byDevice(),
        faults.inWords());
  }

  private void lost(Book book) {
    SentLog log = book.log();
    for (int i = 0; i < log.size(); i++) {
      if (log.ackedAt(i) && !log.badAt(i) && !log.forgottenAt(i) && !book.has(i)) {
        fault(Kind.LOST, book, i, "was acknowledged but is not at the far end");
      }
    }
  }

  /** Values may come again: which one of those that look alike is missing, nobody knows. */
  private void lostOfMany(Book book, long acked) {
    for (long missing = acked - book.found(); missing > 0; missing--) {
      faults.add(
          Kind.LOST,
          book.device(),
          book.device() + ": a message was acknowledged but is not at the far end");
    }
  }

  /**
   * By the gateway's own sequence and by the arrival at the far end, within a class; messages sent
   * twice may come in any order, and so may what is delivered again, and what another gateway took.
   * Across a backlog live records arrive first.
   */
  private void order(Book book) {
    SentLog log = book.log();
    Map<Way, Integer> last = new HashMap<>();
    Map<String, List<Integer>> arrivedEarly = new HashMap<>();
    for (int i = 0; i < log.size(); i++) {
      if (!book.has(i) || log.resentAt(i) || log.anyOrderAt(i)) {
        continue;
      }
      Integer before = last.put(new Way(book.messageClass(i), book.gateway(i)), i);
      if (before == null) {
        continue;
      }
      if (book.sequence(before) > book.sequence(i)) {
        fault(Kind.REORDERED, book, i, "was stored before one that was sent earlier");
      } else if (book.arrival(before) > book.arrival(i)) {
        arrivedEarly.computeIfAbsent(book.messageClass(i), each -> new ArrayList<>()).add(i);
      }
    }
    for (List<Integer> early : arrivedEarly.values()) {
      if (early.size() <= terms.backlogs()) {
        acrossBacklog += early.size();
      } else {
        early.forEach(
            i -> fault(Kind.REORDERED, book, i, "arrived before one that was sent earlier"));
      }
    }
  }

  /** Along which messages of a device keep their order. */
  private record Way(String messageClass, int gateway) {}

  private void fault(Kind kind, Book book, int index, String what) {
    faults.add(kind, book.device(), book.name(index) + " " + what);
  }
}
