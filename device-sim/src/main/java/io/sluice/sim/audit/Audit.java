package io.sluice.sim.audit;

import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.fleet.FleetRun.Played;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Compares the far end's JSON-lines files with what a run knows that it sent. */
public final class Audit {
  private Audit() {}

  /**
   * Audits a stopped run.
   *
   * @param directory where the gateway's file upstream wrote; read with its sub-folders
   * @throws IOException if a file cannot be read, or is compressed in a way that the JDK cannot
   *     read
   */
  public static AuditResult of(FleetRun run, Path directory) throws IOException {
    return of(run, directory, AuditTerms.EXACTLY_ONCE);
  }

  /** The same on other terms. */
  public static AuditResult of(FleetRun run, Path directory, AuditTerms terms) throws IOException {
    return of(run.ledger(), run.startMillis(), directory, terms.until(run.time().millis()));
  }

  /** The same for a ledger of one's own. */
  public static AuditResult of(List<Played> ledger, long startMillis, Path directory)
      throws IOException {
    return of(ledger, startMillis, directory, AuditTerms.EXACTLY_ONCE);
  }

  /** The same on other terms. */
  public static AuditResult of(
      List<Played> ledger, long startMillis, Path directory, AuditTerms terms) throws IOException {
    return read(ledger, startMillis, directory, terms).result();
  }

  /** What is at the far end, message by message. */
  public static FarEnd farEnd(FleetRun run, Path directory) throws IOException {
    return read(run.ledger(), run.startMillis(), directory, AuditTerms.EXACTLY_ONCE);
  }

  private static Reconciliation read(
      List<Played> ledger, long startMillis, Path directory, AuditTerms terms) throws IOException {
    Reconciliation reconciliation = new Reconciliation(ledger, startMillis, terms);
    for (Path file : files(directory)) {
      read(file, reconciliation);
    }
    return reconciliation;
  }

  private static List<Path> files(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new IOException(
          directory + " is not a folder; name the one that the file upstream writes to");
    }
    try (var paths = Files.walk(directory)) {
      return paths.filter(Files::isRegularFile).filter(Audit::holdsRecords).sorted().toList();
    }
  }

  private static boolean holdsRecords(Path file) {
    String name = file.getFileName().toString();
    return name.contains(".jsonl") || name.contains(".ndjson") || name.endsWith(".json");
  }

  private static void read(Path file, Reconciliation reconciliation) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(open(file), StandardCharsets.UTF_8))) {
      String line;
      for (long number = 1; (line = lines.readLine()) != null; number++) {
        if (!line.isBlank()) {
          reconciliation.take(line, file, number);
        }
      }
    }
  }

  private static InputStream open(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith(".zst")) {
      throw new IOException(
          file + ": zstd files cannot be audited; set `compression: none` on the file upstream");
    }
    InputStream in = Files.newInputStream(file);
    return name.endsWith(".gz") ? new GZIPInputStream(in) : in;
  }
}
