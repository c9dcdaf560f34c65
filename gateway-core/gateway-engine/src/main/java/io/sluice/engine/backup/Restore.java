package io.sluice.engine.backup;

import io.sluice.api.files.OwnerOnly;
import io.sluice.store.sqlite.SqliteCopy;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * Puts a backup into an empty data directory, wholly or not at all. The gateway that starts on it
 * makes a spool of its own with a new epoch, so that no new record has the id of an old one.
 * Commands that waited when the backup was made are over: the other gateway has sent them, or
 * somebody has given them anew.
 */
public final class Restore {
  /** What does not make a data directory one that is in use. */
  private static final Set<String> HARMLESS =
      Set.of("lost+found", "tmp", "audit", "archive", "gateway.lock", ".cache");

  private static final String OVER =
      "UPDATE command SET state='EXPIRED', payload=NULL WHERE state IN ('QUEUED','SENT')";

  private Restore() {}

  /**
   * What came back.
   *
   * @param endedCommands that waited, and will not be sent
   */
  public record Restored(List<String> files, long endedCommands) {}

  /**
   * Restores a backup.
   *
   * @param data made where it is missing
   * @throws IOException where the backup is none or is damaged, or the directory is in use; the
   *     message says what to do
   */
  public static Restored into(Path data, Path from) throws IOException {
    Files.createDirectories(data, OwnerOnly.directory(data));
    requireEmpty(data);
    Path scratch = Files.createTempDirectory(data, ".restoring", OwnerOnly.directory(data));
    try {
      List<String> names = unpack(from, scratch);
      for (String name : names) {
        if (Backup.DATABASES.contains(name)) {
          SqliteCopy.verify(scratch.resolve(name));
        }
      }
      long ended = SqliteCopy.update(scratch.resolve("registry.db"), OVER);
      for (String name : names) {
        Path file = scratch.resolve(name);
        sync(file);
        giveTo(data, file);
      }
      // the registry last: with it the directory is one in use
      for (String name : names.reversed()) {
        Files.move(scratch.resolve(name), data.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      }
      return new Restored(names, ended);
    } finally {
      Backup.clear(scratch);
    }
  }

  private static void requireEmpty(Path data) throws IOException {
    try (var there = Files.list(data)) {
      List<String> found =
          there
              .map(each -> each.getFileName().toString())
              .filter(name -> !HARMLESS.contains(name))
              .sorted()
              .toList();
      if (!found.isEmpty()) {
        throw new IOException(
            data
                + " is not empty (it has "
                + String.join(", ", found)
                + "); stop the gateway and move its content away, or name another directory");
      }
    }
  }

  private static List<String> unpack(Path from, Path scratch) throws IOException {
    List<String> names = new ArrayList<>();
    try (InputStream in = Files.newInputStream(from);
        ZipInputStream zip = new ZipInputStream(in)) {
      ZipEntry first = zip.getNextEntry();
      if (first == null || !first.getName().equals(Backup.ABOUT) || !isOurs(zip)) {
        throw new IOException(from + " is no backup that this Sluice reads; name one of its own");
      }
      for (ZipEntry next = zip.getNextEntry(); next != null; next = zip.getNextEntry()) {
        String name = next.getName();
        boolean isKnown = name.equals(Backup.KEY) || Backup.DATABASES.contains(name);
        if (!isKnown || names.contains(name)) {
          throw new IOException(from + " holds " + name + ", which no backup does; it is refused");
        }
        Path file = scratch.resolve(name);
        OwnerOnly.makeMissing(file);
        try (var out = Files.newOutputStream(file)) {
          zip.transferTo(out);
        }
        names.add(name);
      }
    } catch (NoSuchFileException e) {
      throw new IOException(from + ": there is no such file; check the path", e);
    } catch (ZipException | EOFException e) {
      throw new IOException(from + " is damaged (" + e.getMessage() + "); take another", e);
    }
    if (!names.contains("registry.db")) {
      throw new IOException(from + " has no registry.db: it is damaged; take another");
    }
    names.remove("registry.db");
    names.addFirst("registry.db");
    return names;
  }

  private static boolean isOurs(ZipInputStream zip) throws IOException {
    String about = new String(zip.readNBytes(4096), StandardCharsets.UTF_8);
    return about.lines().findFirst().orElse("").equals(Backup.FORMAT);
  }

  private static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Restored by root for the gateway's user, who has the directory. */
  private static void giveTo(Path data, Path file) throws IOException {
    if (!Files.getOwner(data).equals(Files.getOwner(file))) {
      Files.setOwner(file, Files.getOwner(data));
    }
  }
}
