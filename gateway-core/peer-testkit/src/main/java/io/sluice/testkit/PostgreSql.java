package io.sluice.testkit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A real PostgreSQL as a process, in a temporary folder of its own that goes with it. The server
 * refuses to be run by root: there it runs as the user {@code postgres}, or as {@code nobody}.
 *
 * <p>It does not wait for the disk: what it has committed outlives its own death, not the
 * machine's.
 */
public final class PostgreSql implements AutoCloseable {
  /** The superuser. */
  public static final String USER = "sluice";

  public static final String PASSWORD = "of the test kit";

  /** The database that every server has. */
  public static final String DATABASE = "postgres";

  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final int WAIT_SECONDS = 60;
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private static final class Shared {
    static final PostgreSql SERVER = start();

    private static PostgreSql start() {
      PostgreSql server;
      try {
        server = new PostgreSql();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
      return server;
    }
  }

  private final Path directory;
  private final List<String> options;
  private final boolean isOfItsOwnSession;
  private Process process;
  public final int port;

  /**
   * Makes one on a free port and starts it.
   *
   * @param options lines of {@code postgresql.conf}
   */
  public PostgreSql(String... options) throws IOException {
    this(false, options);
  }

  private PostgreSql(boolean isOfItsOwnSession, String... options) throws IOException {
    this.isOfItsOwnSession = isOfItsOwnSession;
    this.options = List.of(options);
    this.port = FreePort.next();
    this.directory = Files.createTempDirectory("sluice-postgresql-");
    boolean isUp = false;
    try {
      initialize();
      process = start();
      isUp = true;
    } finally {
      if (!isUp) {
        delete();
      }
    }
  }

  /**
   * The same where the terminal's Ctrl-C does not reach it, and the end of whoever started it ends
   * it, however that comes. To Linux the thread that starts it is whoever started it: one that
   * lives as long as the server is to.
   */
  public static PostgreSql ofItsOwnSession(String... options) throws IOException {
    return new PostgreSql(true, options);
  }

  /**
   * The one that the tests of this process share; each makes itself a {@link #newDatabase}, and
   * none stops it.
   */
  public static PostgreSql shared() {
    return Shared.SERVER;
  }

  /**
   * Whether the server is on this machine. In CI, where {@code SLUICE_REQUIRE_TOOLS} is set, it has
   * to be: a test is not to be skipped there.
   */
  public static boolean isInstalled() {
    return System.getenv("SLUICE_REQUIRE_TOOLS") != null || !binaries().isEmpty();
  }

  private static List<Path> binaries() {
    if (!Files.isDirectory(DEBIAN)) {
      return List.of();
    }
    try (Stream<Path> versions = Files.list(DEBIAN)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String binary(String name) {
    List<Path> found = binaries();
    return found.isEmpty() ? name : found.getLast().resolve(name).toString();
  }

  private void initialize() throws IOException {
    Path password = Files.writeString(directory.resolve("password"), PASSWORD);
    own(directory);
    own(password);
    make(
        command(
            binary("initdb"),
            "--pgdata",
            data().toString(),
            "--username",
            USER,
            "--pwfile",
            password.toString(),
            "--auth",
            "scram-sha-256",
            "--encoding",
            "UTF8",
            "--no-locale",
            "--no-sync"));
    List<String> lines = new ArrayList<>();
    lines.add("listen_addresses = '127.0.0.1'");
    lines.add("unix_socket_directories = ''");
    lines.add("port = " + port);
    lines.add("fsync = off");
    lines.add("max_connections = 200");
    lines.addAll(options);
    Path configuration = directory.resolve("test.conf");
    Files.write(configuration, lines);
    own(configuration);
    Files.writeString(
        data().resolve("postgresql.conf"),
        "\ninclude = '" + configuration + "'\n",
        StandardOpenOption.APPEND);
  }

  /**
   * The terminal's Ctrl-C must not make it fail: whoever waits is interrupted.
   *
   * @throws InterruptedIOException where the thread is interrupted, and stays so; it has ended then
   */
  private void make(List<String> initdb) throws IOException {
    Path said = directory.resolve("initdb.log");
    Process making =
        new ProcessBuilder(initdb)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    making.getOutputStream().close();
    try {
      int status = making.waitFor();
      if (status != 0) {
        throw new IOException("initdb ended with " + status + ": " + Files.readString(said));
      }
    } catch (InterruptedException e) {
      making.descendants().forEach(ProcessHandle::destroyForcibly);
      making.destroyForcibly().onExit().join();
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted while initdb ran").initCause(e);
    }
  }

  private Path data() {
    return directory.resolve("data");
  }

  /** The owner's files have to be the server's user's. */
  private static void own(Path file) throws IOException {
    if (isRoot()) {
      Files.setOwner(
          file,
          file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(owner()));
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static String owner() throws IOException {
    try {
      return Path.of("/")
          .getFileSystem()
          .getUserPrincipalLookupService()
          .lookupPrincipalByName("postgres")
          .getName();
    } catch (UserPrincipalNotFoundException e) {
      return "nobody";
    }
  }

  /** What takes the place of its own process: the process that is known here is the server. */
  private static List<String> asOwner(String... command) throws IOException {
    List<String> words = new ArrayList<>();
    if (isRoot()) {
      words.addAll(List.of("setpriv", "--reuid", owner(), "--clear-groups", "--no-new-privs"));
    }
    words.addAll(List.of(command));
    return words;
  }

  /** Of the server's user; out of the terminal's reach where it is of its own session. */
  private List<String> command(String... words) throws IOException {
    if (!isOfItsOwnSession) {
      return asOwner(words);
    }
    List<String> command = new ArrayList<>(List.of("setsid"));
    // a change of the user takes the signal away
    command.addAll(asOwner("setpriv", "--pdeathsig", "INT"));
    command.addAll(List.of(words));
    return command;
  }

  private Process start() throws IOException {
    List<String> command = command(binary("postgres"), "-D", data().toString());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    Process[] last = {builder.start()};
    boolean isUp = false;
    try {
      // one that was killed leaves children behind, for which the next may refuse to start
      Awaitility.await()
          .pollInSameThread()
          .atMost(WAIT_SECONDS, TimeUnit.SECONDS)
          .until(() -> {
            if (!last[0].isAlive()) {
              last[0] = builder.start();
            }
            return answers();
          });
      isUp = true;
    } finally {
      if (!isUp) {
        last[0].destroyForcibly();
      }
    }
    return last[0];
  }

  private boolean answers() throws IOException, InterruptedException {
    return new ProcessBuilder(
                binary("pg_isready"), "-q", "-h", "127.0.0.1", "-p", String.valueOf(port))
            .start()
            .waitFor()
        == 0;
  }

  /** What the server has written to its log. */
  public Path log() {
    return directory.resolve("postgres.log");
  }

  /** As configurations name a database of it. */
  public String uri(String database) {
    return "postgresql://127.0.0.1:" + port + "/" + database;
  }

  /** Makes an empty database of a name that no other has, and returns the name. */
  public String newDatabase() throws IOException {
    String name = "test_" + ProcessHandle.current().pid() + "_" + NUMBER.incrementAndGet();
    sql(DATABASE, "CREATE DATABASE " + name);
    return name;
  }

  /**
   * Runs statements as the superuser, each in a transaction of its own.
   *
   * @return the rows, one a line, columns divided by {@code |}
   */
  public String sql(String database, String... statements) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                binary("psql"),
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                "127.0.0.1",
                "-p",
                String.valueOf(port),
                "-U",
                USER,
                "-d",
                database));
    for (String statement : statements) {
      words.add("-c");
      words.add(statement);
    }
    return run(words);
  }

  private static String run(List<String> words) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().put("PGPASSWORD", PASSWORD);
    // a user that may not look into the folder of the tests must not start in it
    builder.directory(Path.of("/").toFile());
    Process run = builder.start();
    run.getOutputStream().close();
    String output = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    int status = run.onExit().join().exitValue();
    if (status != 0) {
      throw new IOException(words.getFirst() + " ended with " + status + ": " + output);
    }
    return output;
  }

  /** Ends it in order, with its connections. */
  public void stop() throws IOException {
    signal("INT");
    awaitEnd();
  }

  /** Kills it as a power cut does: what it has committed is there when it is started again. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  private void awaitEnd() {
    Process ended = process.onExit().orTimeout(WAIT_SECONDS, TimeUnit.SECONDS).join();
    assert !ended.isAlive();
  }

  /** Starts it once more on what it has, at the same port. */
  public void startAgain() throws IOException {
    process = start();
  }

  /**
   * Starts it once more on what it has, at the same port, as a hot standby that nobody feeds: it
   * answers and takes no writes. {@code SELECT pg_promote()} makes it a primary again.
   */
  public void startAgainAsStandby() throws IOException {
    own(Files.createFile(data().resolve("standby.signal")));
    process = start();
  }

  /** Sends it and all of its children a signal: {@code STOP} makes a far end that hangs. */
  public void signal(String name) throws IOException {
    List<String> words = new ArrayList<>(List.of("kill", "-" + name));
    if (!name.equals("INT")) {
      process.descendants().forEach(child -> words.add(String.valueOf(child.pid())));
    }
    words.add(String.valueOf(process.pid()));
    run(words);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    awaitEnd();
    delete();
  }

  /** Also where whoever waits for it has been, or is, interrupted. */
  private void delete() {
    CompletableFuture.runAsync(this::deleteFiles).join();
  }

  private void deleteFiles() {
    // children of one that was killed may still write their last files
    Awaitility.await()
        .atMost(WAIT_SECONDS, TimeUnit.SECONDS)
        .ignoreException(UncheckedIOException.class)
        .ignoreException(IOException.class)
        .until(() -> {
          List<Path> deepestFirst;
          try (Stream<Path> all = Files.walk(directory)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
          }
          for (Path each : deepestFirst) {
            Files.deleteIfExists(each);
          }
          return true;
        });
  }
}
