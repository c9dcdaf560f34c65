package io.sluice.store.postgres;

import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A table of a real PostgreSQL on a disk that can be filled: a file system of 4 MB in memory, where
 * this may be mounted; else the table says itself what PostgreSQL says of a full disk.
 */
final class FullDisk implements AutoCloseable {
  private static final String MEGABYTES = "4";

  private final PostgreSql server;
  private final String database;
  private final String table;
  private final Path mounted;
  private final boolean isReal;

  private FullDisk(PostgreSql server, String database, String table) throws IOException {
    this.server = server;
    this.database = database;
    this.table = table;
    this.mounted = Files.createTempDirectory("sluice-full-disk-");
    this.isReal = run("mount", "-t", "tmpfs", "-o", "size=" + MEGABYTES + "m", "tmpfs", mounted);
  }

  static FullDisk under(PostgreSql server, String database, String table) throws IOException {
    FullDisk disk = new FullDisk(server, database, table);
    if (disk.isReal) {
      Path folder = Files.createDirectory(disk.mounted.resolve("space"));
      if (!run("chown", "-R", "postgres", disk.mounted)) {
        throw new IOException("no user postgres");
      }
      server.sql(
          database,
          "CREATE TABLESPACE " + disk.space() + " LOCATION '" + folder + "'",
          "ALTER TABLE " + table + " SET TABLESPACE " + disk.space());
    }
    return disk;
  }

  private String space() {
    return "small_" + database;
  }

  /** From now on the table gets no more room than it has. */
  void fill() throws IOException {
    if (isReal) {
      Path filler = mounted.resolve("filler");
      boolean isFull = false;
      while (!isFull) {
        isFull = !run("sh", "-c", "head -c 65536 /dev/zero >> " + filler + " && test -s " + filler);
      }
    } else {
      server.sql(
          database,
          "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE"
              + " 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$",
          "CREATE TRIGGER full_disk BEFORE INSERT ON "
              + table
              + " FOR EACH ROW EXECUTE FUNCTION full_disk()");
    }
  }

  void empty() throws IOException {
    if (isReal) {
      Files.delete(mounted.resolve("filler"));
    } else {
      server.sql(database, "DROP TRIGGER full_disk ON " + table);
    }
  }

  private static boolean run(Object... words) throws IOException {
    Process run =
        new ProcessBuilder(List.of(words).stream().map(String::valueOf).toList())
            .redirectErrorStream(true)
            .start();
    run.getOutputStream().close();
    String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assert said != null;
    return run.onExit().join().exitValue() == 0;
  }

  @Override
  public void close() throws IOException {
    if (isReal) {
      server.sql(database, "ALTER TABLE " + table + " SET TABLESPACE pg_default");
      server.sql(database, "DROP TABLESPACE " + space());
      if (!run("umount", mounted)) {
        throw new IOException("cannot unmount " + mounted);
      }
    }
    Files.delete(mounted);
  }
}
