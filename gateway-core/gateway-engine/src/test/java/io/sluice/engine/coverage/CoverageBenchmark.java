package io.sluice.engine.coverage;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.TimeSource;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.coverage.slot.Exclusions;
import io.sluice.engine.coverage.slot.ReportingExpectation;
import io.sluice.engine.record.CorruptRecordException;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.RecordFormat;
import io.sluice.engine.record.RecordWriter;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What coverage costs: bytes of heap a device, time a sample, a summing-up, a save. Devices report
 * 10 metrics each minute over three hours, one report in fifty is missing. Arguments: a directory,
 * number of devices.
 */
final class CoverageBenchmark {
  private static final int METRICS = 10;
  private static final int MINUTES = 180;
  private static final long START = 1_790_000_000_000_000L;

  private CoverageBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    int devices = Integer.parseInt(arguments[1]);
    Path file = Path.of(arguments[0]).resolve("coverage.db");
    PrintStream out = System.out;
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < METRICS; i++) {
      places.put("metric" + i, i);
    }
    ReportingExpectation shape = new ReportingExpectation(places, Calendar.MINUTE_MICROS);
    long before = heap();
    try (CoverageDatabase database = CoverageDatabase.open(file)) {
      CoverageState book = new CoverageState(device -> shape, Calendar.UTC, database::load);
      for (int i = 0; i < devices; i++) {
        DeviceId id = new DeviceId("device-" + i);
        String site = "site-" + i % 100;
        Duration interval = Duration.ofMinutes(1);
        book.change(
            id.value(),
            new Device(id, "model", "farm", site, interval, null, true, true, false),
            START);
      }
      long nanos = 0;
      long samples = 0;
      long saved = 0;
      long saves = 0;
      for (int minute = 0; minute < MINUTES; minute++) {
        long now = START + minute * Calendar.MINUTE_MICROS;
        long began = System.nanoTime();
        samples += minute(book, devices, minute, now);
        nanos += System.nanoTime() - began;
        if (minute % 5 == 4) {
          began = System.nanoTime();
          CoverageSnapshot.save(database, book, "e", Map.of(), now);
          saved += System.nanoTime() - began;
          saves++;
        }
      }
      long now = START + MINUTES * Calendar.MINUTE_MICROS;
      long began = System.nanoTime();
      CoverageFigures first = book.figures(now, CoverageSessions.NONE);
      long summed = System.nanoTime() - began;
      began = System.nanoTime();
      CoverageFigures again = book.figures(now, CoverageSessions.NONE);
      long summedAgain = System.nanoTime() - began;
      out.printf("heap: %d bytes a device%n", (heap() - before) / devices);
      out.printf("sample of %d metrics: %d ns%n", METRICS, nanos / samples);
      out.printf("save each 5 min: %d ms%n", saved / saves / 1_000_000);
      out.printf("summing up: %d ms, again %d ms%n", summed / 1_000_000, summedAgain / 1_000_000);
      out.printf("file: %d bytes a device%n", Files.size(file) / devices);
      if (first.atMicros != again.atMicros || book.exclusions() != Exclusions.NONE) {
        throw new IllegalStateException("kept alive for the measurement");
      }
    }
  }

  private static int minute(CoverageState book, int devices, int minute, long now)
      throws CorruptRecordException {
    EncodedRecord view = new EncodedRecord();
    RecordWriter writer = new RecordWriter();
    int samples = 0;
    for (int i = 0; i < devices; i++) {
      if ((i + 7 * minute) % 50 == 0) {
        continue;
      }
      writer
          .begin(MessageClass.TELEMETRY, now, TimeSource.DEVICE, now, false)
          .identity("device-" + i, "farm", "site", "model", "gw", "mqtt", "t");
      for (int metric = 0; metric < METRICS; metric++) {
        writer
            .measurement("metric" + metric, null, Quality.GOOD, null, RecordFormat.NO_TIME)
            .value(1L);
      }
      byte[] body = writer.finish();
      book.count(view.wrap(body, 0, body.length, Lane.TELEMETRY, 1, "e"));
      samples++;
    }
    return samples;
  }

  private static long heap() {
    for (int i = 0; i < 5; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
