import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.config.Secret;
import io.sluice.api.fleet.FleetSessions.SignIn;
import io.sluice.api.fleet.FleetSettings;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.fleet.FleetStoreState.Connection;
import io.sluice.api.fleet.GatewayLeases.Run;
import io.sluice.api.store.AppliedChange;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.Step;
import io.sluice.api.store.StoredCredentials;
import io.sluice.api.store.StoredDevice;
import io.sluice.fleet.init.RegistrySchema;
import io.sluice.store.postgres.FollowingStore;
import io.sluice.store.postgres.PostgresCommands;
import io.sluice.store.postgres.PostgresGateways;
import io.sluice.store.postgres.PostgresLink;
import io.sluice.store.postgres.PostgresSessions;
import io.sluice.store.postgres.RegistryReader;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * PostgreSQL under many gateways: {@code GATEWAYS DEVICES CHANGES SIGN-INS SECONDS}. Each gateway
 * is the product's link and following store, with a copy in memory instead of on a disk, its lease
 * renewed every 10 s and its commands expired every minute. Measures so many seconds of nothing
 * else, of that many changes of devices a second, and of that many devices a second that sign in at
 * another gateway; a line each, {@code name=value}.
 */
final class FleetFollowers {
  private static final int BEAT_SECONDS = 10;
  private static final int EXPIRE_SECONDS = 60;

  private final PostgreSql server;
  private final FleetStoreSettings settings;
  private final ScheduledExecutorService timers = Executors.newScheduledThreadPool(12);
  private final List<Gateway> gateways = new ArrayList<>();
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
  private final Map<String, Change> changes = new ConcurrentHashMap<>();
  private final AtomicInteger notices = new AtomicInteger();
  private int mostConnections;

  /** A change on its way to all gateways. */
  private static final class Change {
    final AtomicInteger seen = new AtomicInteger();
    final AtomicLong lastNanos = new AtomicLong();
    volatile long committedNanos;
  }

  /** The copy: nothing of it is kept, but for how far it has followed. */
  private static final class Copy implements RegistryStore {
    private final Step.FollowTo place;
    private volatile Consumer<AppliedChange> listener = change -> {};
    private long revision;

    Copy(RegistryReader.Head head) {
      this.place = new Step.FollowTo(head.registry(), head.revision(), "");
    }

    @Override
    public long load(Loader loader) {
      loader.followed(place);
      return 0;
    }

    @Override
    public synchronized long apply(List<Step> steps) {
      listener.accept(new AppliedChange(++revision, true, steps));
      return revision;
    }

    @Override
    public void changes(Consumer<AppliedChange> told) {
      listener = told;
    }

    @Override
    public void probe() {}

    @Override
    public void close() {}
  }

  /** One of many. */
  private final class Gateway {
    final String id;
    final PostgresLink link;
    final FollowingStore store;
    private final Run run;

    Gateway(int number, RegistryReader.Head head) {
      id = "edge-%05d".formatted(number);
      run = new Run(id, UUID.randomUUID(), "box:/var", "box", "north", "0.1.0", "127.0.0.1:8080");
      link = PostgresLink.open(settings, id, Clock.systemUTC());
      store = FollowingStore.over(new Copy(head), link, new FleetSettings(settings, "north", null));
      store.changes(change -> change.steps().forEach(this::told));
      store.load(new RegistryStore.Loader() {});
      link.listen("sluice_to_" + md5(id), notice -> notices.incrementAndGet(), () -> {});
      store.follow();
    }

    private void told(Step step) {
      Change change =
          step instanceof Step.SaveDevice saved ? changes.get(saved.device().id()) : null;
      if (change != null) {
        change.lastNanos.accumulateAndGet(System.nanoTime(), Math::max);
        change.seen.incrementAndGet();
      }
    }

    void begin() {
      PostgresGateways leases = new PostgresGateways(link.dataSource());
      PostgresCommands commands = new PostgresCommands(link.dataSource());
      each(BEAT_SECONDS, () -> leases.hold(run, Duration.ofSeconds(30), false, 0L));
      each(EXPIRE_SECONDS, () -> commands.expire(1_000));
    }
  }

  private FleetFollowers(int gateways) throws IOException {
    server =
        new PostgreSql(
            "max_connections = " + (4 * gateways + 100),
            "shared_buffers = 256MB",
            "log_min_messages = error");
    String database = server.newDatabase();
    settings =
        new FleetStoreSettings(
            server.uri(database), PostgreSql.USER, new Secret(PostgreSql.PASSWORD), null, null);
    RegistrySchema.migrate(settings);
  }

  public static void main(String[] words) throws Exception {
    int[] numbers = Arrays.stream(words).mapToInt(Integer::parseInt).toArray();
    FleetFollowers all = new FleetFollowers(numbers[0]);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              all.server.close();
              Runtime.getRuntime().halt(0); // thousands of gateways would try again meanwhile
            }));
    all.measure(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    System.exit(0);
  }

  private void each(int seconds, Runnable work) {
    long first = ThreadLocalRandom.current().nextLong(seconds * 1_000L);
    timers.scheduleAtFixedRate(guarded(work), first, seconds * 1_000L, TimeUnit.MILLISECONDS);
  }

  private Runnable guarded(Runnable work) {
    return () -> {
      try {
        work.run();
      } catch (RuntimeException e) {
        failure.compareAndSet(null, e);
      }
    };
  }

  private void measure(int count, int devices, int changesEach, int signInsEach, int seconds)
      throws Exception {
    PostgresLink link = PostgresLink.open(settings, "writer", Clock.systemUTC());
    RegistryReader.Head empty = link.transact(RegistryReader::head);
    FollowingStore writer =
        FollowingStore.over(new Copy(empty), link, new FleetSettings(settings, "north", null));
    writer.load(new RegistryStore.Loader() {});
    writer.follow();
    awaitConnected(writer);
    for (int from = 0; from < devices; from += 1_000) {
      List<Step> steps = new ArrayList<>();
      for (int i = from; i < Math.min(devices, from + 1_000); i++) {
        steps.add(new Step.InsertDevice(device(i, "site-" + i % 20)));
      }
      writer.apply(steps);
    }
    RegistryReader.Head head = link.transact(RegistryReader::head);
    for (int i = 0; i < count; i++) {
      gateways.add(new Gateway(i, head));
      if (i % 50 == 49) {
        awaitConnected(gateways.getLast().store);
      }
    }
    for (Gateway each : gateways) {
      awaitConnected(each.store);
    }
    gateways.forEach(Gateway::begin);
    Thread.sleep(BEAT_SECONDS * 1_000L);
    phase("idle", seconds, () -> {});

    AtomicInteger next = new AtomicInteger();
    List<Change> made = new ArrayList<>();
    var changing =
        timers.scheduleAtFixedRate(
            guarded(() -> {
              int number = next.getAndIncrement() % devices;
              Change change = new Change();
              made.add(change);
              changes.put(device(number, "").id(), change);
              writer.apply(List.of(new Step.SaveDevice(device(number, "site-changed"))));
              change.committedNanos = System.nanoTime();
            }),
            0,
            1_000_000L / changesEach,
            TimeUnit.MICROSECONDS);
    phase("changes", seconds, () -> changing.cancel(false));
    Thread.sleep(3_000);
    awaitAll(made, count);
    long[] took =
        made.stream()
            .mapToLong(each -> (each.lastNanos.get() - each.committedNanos) / 1_000_000)
            .sorted()
            .toArray();
    long lacking = made.stream().filter(each -> each.seen.get() < count).count();
    System.out.printf(
        "last changes=%d lacking=%d p50=%d p99=%d max=%d%n",
        took.length,
        lacking,
        took[took.length / 2],
        took[took.length * 99 / 100],
        took[took.length - 1]);

    int roaming = Math.min(devices, 500);
    AtomicInteger signedIn = new AtomicInteger();
    List<PostgresSessions> sessions =
        gateways.stream().map(each -> new PostgresSessions(each.link.dataSource())).toList();
    int slot = 100; // a gateway writes the sign-ins of some milliseconds in one go
    var signing =
        timers.scheduleAtFixedRate(
            guarded(() -> {
              for (int i = 0; i < Math.max(1, signInsEach * slot / 1_000); i++) {
                int number = signedIn.getAndIncrement();
                int at = (number + number / roaming) % count;
                sessions
                    .get(at)
                    .claim(
                        gateways.get(at).id,
                        List.of(new SignIn(device(number % roaming, "").id(), 0)));
              }
            }),
            0,
            slot,
            TimeUnit.MILLISECONDS);
    phase("sign-ins", seconds, () -> signing.cancel(false));
    System.out.printf("signed count=%d notices=%d%n", signedIn.get(), notices.get());
    RuntimeException e = failure.get();
    System.out.println("end " + (e == null ? "" : e));
  }

  private static void awaitAll(List<Change> made, int count) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < until && made.stream().anyMatch(each -> each.seen.get() < count)) {
      Thread.sleep(100);
    }
  }

  private static void awaitConnected(FollowingStore store) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (store.state().connection() != Connection.CONNECTED) {
      if (System.nanoTime() > until) {
        throw new IllegalStateException("not connected: " + store.state());
      }
      Thread.sleep(20);
    }
  }

  private static StoredDevice device(int number, String site) {
    return new StoredDevice(
        new Device(
            new DeviceId("meter-%07d".formatted(number)),
            "energy-meter",
            "factory",
            site,
            Duration.ofMinutes(1),
            null,
            true,
            true,
            false),
        StoredCredentials.NONE,
        null);
  }

  private void phase(String name, int seconds, Runnable end) throws Exception {
    long transactions = transactions();
    double cpu = cpuSeconds();
    long began = System.nanoTime();
    mostConnections = 0;
    for (int i = 0; i < seconds; i++) {
      Thread.sleep(1_000);
      mostConnections = Math.max(mostConnections, connections());
    }
    double took = (System.nanoTime() - began) / 1e9;
    double used = cpuSeconds() - cpu;
    long done = transactions() - transactions;
    end.run();
    System.out.printf(
        Locale.ROOT,
        "%s gateways=%d seconds=%.1f cores=%.3f transactions=%.0f connections=%d mb=%.0f%n",
        name,
        gateways.size(),
        took,
        used / took,
        done / took,
        mostConnections,
        megabytes());
  }

  private long transactions() throws IOException {
    return Long.parseLong(
        server.sql(
            settings.database(),
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"));
  }

  private int connections() throws IOException {
    return Integer.parseInt(
        server.sql(
            PostgreSql.DATABASE,
            "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + settings.database() + "'"));
  }

  /** The server and the processes of its connections. */
  private static List<ProcessHandle> server() {
    List<ProcessHandle> all = new ArrayList<>();
    ProcessHandle.current()
        .children()
        .filter(each -> each.info().command().orElse("").endsWith("/postgres"))
        .forEach(each -> {
          all.add(each);
          each.children().forEach(all::add);
        });
    return all;
  }

  /** Of the server, of its connections, and of those that have ended. */
  private static double cpuSeconds() throws IOException {
    long ticks = 0;
    boolean isFirst = true;
    for (ProcessHandle each : server()) {
      try {
        String stat = Files.readString(Path.of("/proc/" + each.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        for (int i = 11; i < (isFirst ? 15 : 13); i++) {
          ticks += Long.parseLong(fields[i]);
        }
      } catch (NoSuchFileException e) {
        // it has ended, and counts with the server from now on
      }
      isFirst = false;
    }
    return ticks / 100.0;
  }

  /** Its share of what processes share, and its own. */
  private static double megabytes() throws IOException {
    long kilobytes = 0;
    for (ProcessHandle each : server()) {
      try {
        for (String line : Files.readAllLines(Path.of("/proc/" + each.pid() + "/smaps_rollup"))) {
          if (line.startsWith("Pss:")) {
            kilobytes += Long.parseLong(line.replaceAll("\\D", ""));
          }
        }
      } catch (NoSuchFileException e) {
        // it has ended
      }
    }
    return kilobytes / 1024.0;
  }

  private static String md5(String text) {
    try {
      return java.util.HexFormat.of()
          .formatHex(
              java.security.MessageDigest.getInstance("MD5")
                  .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
