package io.sluice.engine.backup;

import io.sluice.api.files.OwnerOnly;
import io.sluice.store.sqlite.SqliteCopy;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a backup: a zip of the registry and its key, the alarm book and the coverage, each
 * consistent in itself, while the gateway goes on or while it is stopped. The spool is not in it:
 * what waits there goes upstream, and a second gateway that sent it again would send it twice.
 */
public final class Backup {
  static final String ABOUT = "sluice-backup.txt";
  static final String FORMAT = "sluice backup 1";
  static final List<String> DATABASES = List.of("registry.db", "alarms.db", "coverage.db");
  static final String KEY = "registry.key";

  private Backup() {}

  /**
   * Writes a backup of a data directory, readable by its owner only.
   *
   * @param to a file that is not there yet
   * @param version of the program that writes it
   * @return the files that are in it
   * @throws IOException where anything cannot be read or written; the message names it
   */
  public static List<String> write(Path data, Path to, String version, Instant now)
      throws IOException {
    if (!Files.exists(data.resolve(DATABASES.getFirst()))) {
      throw new IOException(
          data
              + " has no registry.db; name the directory that gateway.data of its configuration"
              + " names");
    }
    Path target = to.toAbsolutePath();
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(to.toString());
    }
    Path scratch =
        Files.createTempDirectory(
            target.getParent(), ".sluice-backup", OwnerOnly.directory(target));
    try {
      List<String> names = gather(data, scratch);
      Path whole = scratch.resolve("whole.zip");
      zip(scratch, names, whole, FORMAT + "\nversion " + version + "\nmade " + now + "\n");
      Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE);
      return names;
    } finally {
      clear(scratch);
    }
  }

  private static List<String> gather(Path data, Path scratch) throws IOException {
    List<String> names = new ArrayList<>();
    Path key = data.resolve(KEY);
    if (Files.exists(key)) {
      Files.copy(key, scratch.resolve(KEY));
      names.add(KEY);
    }
    for (String name : DATABASES) {
      Path database = data.resolve(name);
      if (Files.exists(database)) {
        SqliteCopy.copy(database, scratch.resolve(name));
        names.add(name);
      }
    }
    return names;
  }

  private static void zip(Path scratch, List<String> names, Path whole, String about)
      throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            whole,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            OwnerOnly.file(whole))) {
      ZipOutputStream zip = new ZipOutputStream(Channels.newOutputStream(channel));
      zip.putNextEntry(new ZipEntry(ABOUT));
      zip.write(about.getBytes(StandardCharsets.UTF_8));
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        Files.copy(scratch.resolve(name), zip);
      }
      zip.finish();
      channel.force(true);
    }
  }

  /** Deletes a directory that has only files. */
  static void clear(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
