package io.sluice.cli.support;

import io.sluice.api.files.OwnerOnly;
import io.sluice.cli.AdminClient;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.Version;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.cli.config.ShownSettings;
import io.sluice.cli.doctor.Doctor;
import io.sluice.cli.logging.LoggingSettings;
import io.sluice.engine.config.GatewayConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what somebody who helps from afar asks for: versions, what doctor finds, the settings
 * without secrets, the gateway's figures, its latest log lines, names and sizes in the spool. No
 * record, no payload and no device's credentials are in it. What cannot be had is noted in its
 * place.
 */
final class SupportBundle {
  private static final int LOG_BYTES = 1 << 20;
  private static final int JOURNAL_LINES = 5_000;
  private static final int SPOOL_FILES = 10_000;
  private static final Map<String, String> ASKED =
      new TreeMap<>(
          Map.of(
              "status.json",
              "/api/v1/status",
              "upstreams.json",
              "/api/v1/upstreams",
              "ledger.json",
              "/api/v1/ledger",
              "coverage.json",
              "/api/v1/coverage",
              "alarms.json",
              "/api/v1/alarms",
              "metrics.txt",
              "/metrics"));

  private final Map<String, String> entries = new LinkedHashMap<>();
  private KnownSecrets secrets = KnownSecrets.none();

  /**
   * Gathers all.
   *
   * @param client of the admin API
   */
  static SupportBundle gather(Path file, @Nullable GatewayFiles files, AdminClient client) {
    SupportBundle bundle = new SupportBundle();
    bundle.versions();
    bundle.doctor(file);
    if (files == null) {
      bundle.entries.put("settings.txt", "the configuration has faults: sluice check\n");
    } else {
      bundle.configured(files.config());
    }
    bundle.ask(client);
    return bundle;
  }

  private void configured(GatewayConfig config) {
    secrets = KnownSecrets.of(config);
    entries.put("settings.json", ShownSettings.of(config).toPrettyString());
    spool(config.gateway().data());
    log(config.section(LoggingSettings.class));
  }

  private void versions() {
    StringBuilder text = new StringBuilder("sluice " + Version.current() + "\n");
    for (String name :
        List.of(
            "java.runtime.version",
            "java.vendor",
            "os.name",
            "os.version",
            "os.arch",
            "user.name")) {
      text.append(name).append(' ').append(System.getProperty(name)).append('\n');
    }
    for (String file : List.of("/etc/os-release", "/proc/meminfo", "/proc/self/limits")) {
      text.append("\n# ").append(file).append('\n').append(textOf(Path.of(file)));
    }
    entries.put("versions.txt", text.toString());
  }

  private void doctor(Path file) {
    StringBuilder text = new StringBuilder();
    Doctor.ofThisMachine().examine(file).forEach(each -> text.append(each.line()).append('\n'));
    entries.put("doctor.txt", text.toString());
  }

  private void spool(Path data) {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.walk(data)) {
      files
          .sorted()
          .limit(SPOOL_FILES)
          .forEach(file ->
              text.append("%12d %s%n".formatted(file.toFile().length(), data.relativize(file))));
    } catch (IOException | UncheckedIOException e) {
      text.append("cannot be listed: ").append(e.getMessage()).append('\n');
    }
    entries.put("data.txt", text.toString());
  }

  private void log(LoggingSettings settings) {
    Path file = settings.file();
    if (file == null) {
      entries.put("log.txt", journal());
      return;
    }
    entries.put("log.txt", tail(file));
    Path before = file.resolveSibling(file.getFileName() + ".1");
    if (Files.exists(before)) {
      entries.put("log.1.txt", tail(before));
    }
  }

  private static String journal() {
    try {
      Process journal =
          new ProcessBuilder(
                  "journalctl", "-u", "sluice", "--no-pager", "-n", String.valueOf(JOURNAL_LINES))
              .redirectErrorStream(true)
              .start();
      String text =
          new String(journal.getInputStream().readNBytes(LOG_BYTES), StandardCharsets.UTF_8);
      if (!journal.waitFor(5, TimeUnit.SECONDS)) {
        journal.destroyForcibly();
      }
      return text;
    } catch (IOException e) {
      return "no logging.file is set and there is no journalctl: the log went to standard error\n";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted\n";
    }
  }

  private static String tail(Path file) {
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      log.seek(Math.max(0, log.length() - LOG_BYTES));
      byte[] bytes = new byte[(int) Math.min(LOG_BYTES, log.length())];
      log.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return file + " cannot be read: " + e.getMessage() + "\n";
    }
  }

  private static String textOf(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "cannot be read\n";
    }
  }

  private void ask(AdminClient client) {
    try {
      for (Map.Entry<String, String> each : ASKED.entrySet()) {
        entries.put(each.getKey(), client.text(each.getValue()));
      }
    } catch (CommandFailure e) {
      entries.put("figures.txt", "the gateway's figures are missing: " + e.getMessage() + "\n");
    }
  }

  Set<String> names() {
    return entries.keySet();
  }

  /** Writes the archive, readable by its owner alone; one that is there is not overwritten. */
  void write(Path archive, Instant now) throws IOException {
    String name = String.valueOf(archive.getFileName());
    String stem = name.replaceFirst("\\.(tar\\.gz|tgz|tar|gz)$", "");
    // never the archive's own name: beside it no folder of that name could be made
    String folder = stem.isEmpty() || stem.equals(name) ? name + ".d" : stem;
    Files.createFile(archive, OwnerOnly.file(archive));
    try (OutputStream out = Files.newOutputStream(archive, StandardOpenOption.WRITE);
        TarGz tar = new TarGz(out, now.getEpochSecond())) {
      for (Map.Entry<String, String> each : entries.entrySet()) {
        String text = secrets.struckOut(each.getValue());
        tar.add(folder + "/" + each.getKey(), text.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  void print(PrintWriter out) {
    names().forEach(name -> out.println("  " + name));
  }
}
