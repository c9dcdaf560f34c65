package io.sluice.engine.coverage;

import io.sluice.api.Device;
import io.sluice.api.GatewayTime;
import io.sluice.api.Lane;
import io.sluice.api.health.Guarded;
import io.sluice.api.operator.CoverageService;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.record.CorruptRecordException;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.RecordReader;
import io.sluice.engine.record.TextCache;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.presence.Presence;
import io.sluice.spool.InternalReader;
import io.sluice.spool.Spool;
import io.sluice.spool.SpoolBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.YearMonth;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what the spool takes, on a thread of its own, and sums it up. It reads the spool itself,
 * so that ingestion never waits for it, and saves how far it came in one transaction with what it
 * counted: across a crash no record is counted twice, and none is left out. Thread-safe.
 */
public final class CoverageEngine implements CoverageService, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CoverageEngine.class);
  private static final int BATCH_RECORDS = 1_024;
  private static final int BATCH_BYTES = 1 << 20;
  private static final long WAIT_MILLIS = 1_000;

  /**
   * Least time between two batches where the first was not full: each wake costs as much as some.
   */
  private static final long LINGER_MILLIS = 20;

  /** What may be read since the last save, so that a restart is not kept busy for long. */
  private static final long UNSAVED_RECORDS_MAX = 10_000_000;

  /** How long a change of a device may wait: after a crash it dates from the restart else. */
  private static final long MOVES_MICROS = 10_000_000;

  private static final int UNSAVED_PAGES_MAX = 200_000;

  /** Of a lane's disk: so much is held for the next start, and no more where it can be saved. */
  private static final double HELD_MAX = 0.25;

  private static final long EARLY_MICROS = 2_000_000;

  private final String gateway;
  private final CoverageState book;
  private final Expectations expectations;
  private final CoverageDatabase database;
  private final DowntimeStore stops;
  private final DayTable days;
  private final CoverageViews views;
  private final FreshFigures figures;
  private final Spool spool;
  private final InternalReader tail;
  private final LifeSigns life;
  private final Clock clock;
  private final long snapshotMicros;
  private final EncodedRecord view = new EncodedRecord();
  private final TextCache ids = new TextCache();
  private volatile RecordReader alsoTo = (device, record) -> {};
  private final Guarded fault = Guarded.of("coverage");
  private volatile boolean stopped;

  /** Nothing is saved any more: of the database, taken by the thread. */
  private volatile boolean isBegunAnew;

  private final Thread thread =
      Thread.ofPlatform()
          .name("coverage")
          .unstarted(Guarded.loop("coverage", this::run, () -> stopped));

  // of the thread
  private long savedMicros;
  private long unsavedRecords;
  private long writtenHour;
  private boolean isSaving = true;

  private CoverageEngine(
      String gateway,
      CoverageState book,
      Expectations expectations,
      CoverageDatabase database,
      Spool spool,
      Presence presence,
      CoverageSettings settings,
      GatewayTime time)
      throws IOException {
    this.gateway = gateway;
    this.book = book;
    this.expectations = expectations;
    this.database = database;
    this.spool = spool;
    this.clock = time.clock();
    this.snapshotMicros = settings.snapshot().toNanos() / 1_000;
    CoverageState.Sessions sessions = new PresenceSessions(presence);
    this.views = new CoverageViews(book, sessions);
    this.days = new DayTable(database, views, book.calendar());
    this.stops = new DowntimeStore(database, book, this::nowMicros);
    this.tail = spool.internalReader("coverage");
    this.life = new LifeSigns(database, stops, tail, spool.epoch(), time);
    this.figures = new FreshFigures(book, sessions, this::nowMicros);
  }

  /**
   * Goes on to count where it was left off, for every device of the registry and those that it
   * gets.
   *
   * @param gateway its id, for reports
   * @param data directory of {@code coverage.db}
   * @param time the gateway's
   * @throws IOException where the file cannot be used; the message names it and the remedy
   */
  public static CoverageEngine start(
      String gateway,
      Path data,
      CoverageSettings settings,
      Registry registry,
      Profiles profiles,
      Spool spool,
      GatewayTime time)
      throws IOException {
    CoverageDatabase database = CoverageDatabase.open(data.resolve("coverage.db"));
    try {
      Expectations expectations = new Expectations(profiles);
      CoverageState book = book(database, settings, expectations);
      Map<Lane, Long> positions;
      try {
        positions = load(database, book, registry, spool);
      } catch (CoverageDatabase.DamagedException e) {
        database.beginAnew(e);
        book = book(database, settings, expectations);
        positions = load(database, book, registry, spool);
      }
      CoverageEngine engine =
          new CoverageEngine(
              gateway, book, expectations, database, spool, registry.presence(), settings, time);
      engine.restore(registry, positions);
      database.onBegunAnew(() -> engine.isBegunAnew = true);
      engine.thread.start();
      return engine;
    } catch (IOException | RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /**
   * Has these take the place of the profiles: what devices are held to changes now. Any thread;
   * takes time with the number of devices.
   *
   * @param registry that of the start
   */
  public void use(Profiles profiles, Registry registry) {
    expectations.use(profiles);
    long now = nowMicros();
    registry.forEach(device -> book.change(device.id().value(), device, now));
  }

  /**
   * Has another one read the records that are counted from now on, on the same thread: so that they
   * are read and checked once. After a restart some come that came before it.
   */
  public void alsoTo(RecordReader reader) {
    alsoTo = reader;
  }

  private static CoverageState book(
      CoverageDatabase database, CoverageSettings settings, Expectations expectations) {
    return new CoverageState(expectations, settings.calendar(), database::load);
  }

  private static Map<Lane, Long> load(
      CoverageDatabase database, CoverageState book, Registry registry, Spool spool)
      throws IOException {
    return CoverageSnapshot.load(
        database, book, spool.epoch(), id -> book.shape(registry.find(id)));
  }

  private void restore(Registry registry, Map<Lane, Long> positions) throws IOException {
    long now = nowMicros();
    positions.forEach(tail::seek);
    Heartbeat alive = database.heartbeat();
    Long saved = database.saved();
    stops.load(saved != null ? saved : alive != null ? alive.micros() : now);
    life.begin(alive);
    savedMicros = now;
    // Told first, then asked: a device registered meanwhile is taken over twice, which is once.
    registry.listen((before, after, credentialsChanged) -> {
      Device either = after != null ? after : before;
      if (either != null) {
        book.change(either.id().value(), after, nowMicros());
      }
    });
    Set<String> known = new HashSet<>();
    registry.forEach(device -> {
      known.add(device.id().value());
      book.change(device.id().value(), device, now);
    });
    book.retain(known);
  }

  private long nowMicros() {
    return clock.millis() * 1_000;
  }

  private void run() {
    while (!stopped) {
      try {
        int read = 0;
        for (Lane lane : Lane.values()) {
          read += read(lane);
        }
        upkeep();
        if (read == 0) {
          tail.awaitReadable(WAIT_MILLIS);
        } else if (read < BATCH_RECORDS) {
          Thread.sleep(LINGER_MILLIS);
        }
      } catch (InterruptedException e) {
        return;
      } catch (IOException | UncheckedIOException | StoreUnavailableException e) {
        LOG.warn("coverage: {}; trying again", e.getMessage());
        pause();
      } catch (RuntimeException | Error e) { // the thread's top: it goes on with the next batch
        fault.caught(e);
        pause();
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(WAIT_MILLIS);
    } catch (InterruptedException e) {
      stopped = true;
    }
  }

  /** Counts a batch, and tells how many records it had. */
  private int read(Lane lane) throws IOException {
    SpoolBatch batch = tail.read(lane, BATCH_RECORDS, BATCH_BYTES);
    if (batch == null) {
      return 0;
    }
    String epoch = spool.epoch();
    RecordReader reader = alsoTo;
    for (int i = 0; i < batch.count(); i++) {
      try {
        view.wrap(
            batch.bytes(),
            batch.offset(i),
            batch.length(i),
            batch.lane(),
            batch.sequence(i),
            epoch,
            batch.terms());
        String device = view.device(ids);
        reader.read(device, view);
        view.rewind();
        book.count(device, view);
      } catch (CorruptRecordException e) {
        LOG.warn("coverage: record {} of {} is damaged", batch.sequence(i), batch.lane());
      }
    }
    unsavedRecords += batch.count();
    return batch.count();
  }

  /** What is done from time to time. */
  private void upkeep() throws IOException {
    figures.refresh();
    long now = nowMicros();
    if (isBegunAnew) {
      isBegunAnew = false;
      book.forgetSaved();
      stops.keepAgain(now);
      save(now);
    }
    life.look();
    boolean isDue =
        now - savedMicros >= snapshotMicros
            || now < savedMicros
            || (now - savedMicros >= EARLY_MICROS && tail.held() >= HELD_MAX)
            || (book.hasMoves() && now - savedMicros >= MOVES_MICROS)
            || unsavedRecords >= UNSAVED_RECORDS_MAX
            || book.unsavedPages() >= UNSAVED_PAGES_MAX;
    if (isDue) {
      save(now);
    }
    long hour = Calendar.utcHour(now);
    if (hour != writtenHour) {
      days.update(now);
      stops.forgetOld(now);
      writtenHour = hour;
    }
  }

  private void save(long now) {
    savedMicros = now;
    try {
      CoverageSnapshot.save(database, book, spool.epoch(), LifeSigns.places(tail), now);
      tail.release();
      unsavedRecords = 0;
      if (!isSaving) {
        LOG.info("coverage: what is counted is saved again");
      }
      isSaving = true;
    } catch (IOException e) {
      if (isSaving) {
        LOG.error(
            "coverage: what is counted is not saved, and the spool holds what came since: {}",
            e.getMessage());
      }
      isSaving = false;
    }
  }

  @Override
  public Coverage coverage(Window window, By by) {
    return figures.current().view(window, by, book.exclusions());
  }

  @Override
  public Coverage latest(Window window, By by) {
    return figures.latest().view(window, by, book.exclusions());
  }

  @Override
  public Trend trend(Window window, Filter of) {
    return views.trend(window, of, nowMicros());
  }

  @Override
  public List<DeviceRow> devices(
      Window window, Filter filter, boolean worstFirst, int limit, @Nullable String after) {
    return views.devices(window, filter, worstFirst, limit, after, nowMicros());
  }

  @Override
  public long count(Filter filter, boolean commissionedOnly) {
    return views.count(filter, commissionedOnly);
  }

  @Override
  public @Nullable DeviceDetail device(String id) {
    return views.device(id, nowMicros());
  }

  @Override
  public Changes changes(ChangeFilter filter) {
    figures.refresh();
    return book.changes(filter, nowMicros() - filter.hours() * Calendar.HOUR_MICROS);
  }

  @Override
  public List<Outage> outages() {
    return stops.outages();
  }

  @Override
  public List<Stop> stops() {
    return stops.stops();
  }

  @Override
  public Stop addStop(Stop stop) {
    return stops.add(stop);
  }

  @Override
  public @Nullable String unknown(StopScope scope, String key) {
    return views.unknown(scope, key);
  }

  @Override
  public @Nullable Stop endStop(long id) {
    return stops.end(id);
  }

  @Override
  public Month month(YearMonth month) {
    try {
      days.update(nowMicros());
      return days.month(gateway, month, stops(), outages(), nowMicros());
    } catch (IOException e) {
      throw new StoreUnavailableException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Looks whether a file that was in trouble is well again; every second or so. */
  public void probe() {
    database.probe();
  }

  @Override
  public void close() {
    stopped = true;
    thread.interrupt();
    try {
      thread.join();
      long now = nowMicros();
      save(now);
      days.update(now);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.error("coverage: {}", e.getMessage());
    } finally {
      database.close();
    }
    tail.close();
  }
}
