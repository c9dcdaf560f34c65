package io.sluice.sim.audit;

import io.sluice.sim.device.Kind;
import io.sluice.sim.device.PayloadForm;
import io.sluice.sim.device.Sample;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.fleet.SentLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ticks off the far end's records against the ledger, one after the other. */
final class Reconciliation implements FarEnd {
  private static final int MOST_FAULTS = 100;
  private static final double TOLERANCE = 1e-9;
  private static final long TIME_TOLERANCE_MICROS = 1_000;
  private final JsonMapper json = new JsonMapper();
  private final Map<String, Book> books = new HashMap<>();
  private final long startMillis;
  private final List<String> faults = new ArrayList<>();
  private long duplicated;
  private long doubled;
  private long doubledAfterResend;
  private long reordered;
  private long altered;
  private long wrongUnits;
  private long unreadable;
  private long foreign;
  private long badAccepted;

  /** One device's side: 8 bytes a message for the hash of its record id, 8 for its sequence. */
  private static final class Book {
    final Played played;
    final long[] ids;
    final long[] sequences;
    long uncounted;

    Book(Played played) {
      this.played = played;
      this.ids = new long[played.log().size()];
      this.sequences = new long[played.log().size()];
    }

    PayloadForm form() {
      return played.device().spec().group().form();
    }
  }

  Reconciliation(List<Played> ledger, long startMillis) {
    this.startMillis = startMillis;
    ledger.forEach(played -> books.put(played.device().spec().id(), new Book(played)));
  }

  void take(String line, Path file, long number) {
    JsonNode record;
    try {
      record = json.readTree(line);
    } catch (JacksonException e) {
      unreadable++;
      fault(file.getFileName() + ":" + number + " is not JSON: " + e.getOriginalMessage());
      return;
    }
    if (!record.path("device").isString()) {
      unreadable++;
      fault(file.getFileName() + ":" + number + " has no device");
      return;
    }
    Book book = books.get(record.path("device").asString());
    if (book == null || !ours(book, record)) {
      foreign++;
    }
  }

  private boolean ours(Book book, JsonNode record) {
    List<RecordedSample> samples = RecordedSample.of(record);
    if (samples.isEmpty()) {
      boolean counted = book.form().carriesCounter();
      if (counted || record.path("rx").asLong() < startMillis * 1000) {
        return false;
      }
      book.uncounted++;
      return true;
    }
    SentLog log = book.played.log();
    if (!samples.stream().allMatch(sample -> log.contains(sample.n()))) {
      return false;
    }
    samples.forEach(sample -> tick(book, log.index(sample.n()), record, sample));
    return true;
  }

  private void tick(Book book, int index, JsonNode record, RecordedSample recorded) {
    if (book.played.log().badAt(index)) {
      badAccepted++;
      fault(name(book, index) + " was spoilt on purpose, but is at the far end");
      return;
    }
    long id = record.path("id").asString("").hashCode() * 0x9E3779B97F4A7C15L | 1;
    if (book.ids[index] == 0) {
      book.ids[index] = id;
      book.sequences[index] = record.path("seq").asLong(0);
      compare(book, index, record, recorded);
    } else if (book.ids[index] == id) {
      duplicated++;
      fault(
          name(book, index) + " was delivered twice, as record " + record.path("id").asString(""));
    } else if (book.played.log().resentAt(index)) {
      doubledAfterResend++;
    } else {
      doubled++;
      fault(
          name(book, index)
              + " was sent once but stored twice; second record "
              + record.path("id").asString(""));
    }
  }

  private void compare(Book book, int index, JsonNode record, RecordedSample recorded) {
    SentLog log = book.played.log();
    Kind kind = log.kindAt(index);
    Sample sample =
        book.played
            .device()
            .sample(log.nAt(index), (startMillis + log.millisAt(index)) * 1000, kind);
    List<String> differences = new ArrayList<>();
    String messageClass = record.path("class").asString("");
    if (kind != Kind.TELEMETRY && !messageClass.equals(kind.address())) {
      differences.add("class is " + messageClass + ", sent as " + kind.address());
    }
    if (log.historyAt(index) && !record.path("hist").asBoolean(false)) {
      differences.add("it is of before the run, and not marked as historical");
    }
    if (book.form().carriesTime()
        && Math.abs(recorded.micros() - sample.micros()) > TIME_TOLERANCE_MICROS) {
      differences.add("time is " + recorded.micros() + ", sent as " + sample.micros());
    }
    List<String> units = new ArrayList<>();
    for (Sample.Field field : sample.fields()) {
      JsonNode there = recorded.measurement(field.name());
      if (there == null) {
        differences.add(field.name() + " is missing");
      } else if (!same(field.value(), there.path("v"))) {
        differences.add(field.name() + " is " + there.path("v") + ", sent " + field.value());
      } else if (field.unit() != null && !there.path("u").asString("").equals(field.unit())) {
        units.add(field.name() + " is in " + there.path("u") + ", sent in " + field.unit());
      }
    }
    if (!units.isEmpty()) {
      wrongUnits++;
      fault(name(book, index) + " has another unit: " + String.join(", ", units));
    }
    if (!differences.isEmpty()) {
      altered++;
      fault(name(book, index) + " was altered: " + String.join(", ", differences));
    }
  }

  private static boolean same(Object sent, JsonNode there) {
    return switch (sent) {
      case Number number -> there.isNumber() && near(number.doubleValue(), there.asDouble());
      case Boolean flag -> there.isBoolean() && there.asBoolean() == flag;
      default -> there.isString() && there.asString().equals(sent.toString());
    };
  }

  private static boolean near(double a, double b) {
    return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.max(Math.abs(a), Math.abs(b)));
  }

  @Override
  public boolean has(Played played, int index) {
    Book book = books.get(played.device().spec().id());
    return book != null && index < book.ids.length && book.ids[index] != 0;
  }

  AuditResult result() {
    long sent = 0;
    long acked = 0;
    long refused = 0;
    long found = 0;
    long lost = 0;
    long bad = 0;
    long goodRefused = 0;
    for (Book book : books.values()) {
      SentLog log = book.played.log();
      long deviceAcked = 0;
      for (int i = 0; i < log.size(); i++) {
        sent++;
        deviceAcked += log.ackedAt(i) ? 1 : 0;
        refused += log.refusedAt(i) ? 1 : 0;
        bad += log.badAt(i) ? 1 : 0;
        if (log.refusedAt(i) && !log.badAt(i)) {
          goodRefused++;
          fault(name(book, i) + " was refused");
        }
      }
      acked += deviceAcked;
      if (book.form().carriesCounter()) {
        found += Arrays.stream(book.ids).filter(id -> id != 0).count();
        lost += lost(book);
        order(book);
      } else {
        found += book.uncounted;
        lost += Math.max(0, deviceAcked - book.uncounted);
      }
    }
    return new AuditResult(
        sent,
        acked,
        refused,
        found,
        lost,
        duplicated,
        doubled,
        doubledAfterResend,
        reordered,
        altered,
        wrongUnits,
        unreadable,
        foreign,
        bad,
        badAccepted,
        goodRefused,
        List.copyOf(faults));
  }

  private long lost(Book book) {
    SentLog log = book.played.log();
    long lost = 0;
    for (int i = 0; i < log.size(); i++) {
      if (log.ackedAt(i) && !log.badAt(i) && book.ids[i] == 0) {
        lost++;
        fault(name(book, i) + " was acknowledged but is not at the far end");
      }
    }
    return lost;
  }

  /** By the gateway's own sequence within a class; messages sent twice may come in any order. */
  private void order(Book book) {
    SentLog log = book.played.log();
    Map<String, Long> last = new HashMap<>();
    for (int i = 0; i < log.size(); i++) {
      if (book.sequences[i] == 0 || log.resentAt(i) || log.anyOrderAt(i)) {
        continue;
      }
      Long before = last.put(log.kindAt(i).address(), book.sequences[i]);
      if (before != null && before > book.sequences[i]) {
        reordered++;
        fault(name(book, i) + " was stored before one that was sent earlier");
      }
    }
  }

  private static String name(Book book, int index) {
    return book.played.device().spec().id()
        + " #"
        + book.played.log().nAt(index)
        + " ("
        + book.played.log().kindAt(index).address()
        + ")";
  }

  private void fault(String what) {
    if (faults.size() < MOST_FAULTS) {
      faults.add(what);
    }
  }
}
