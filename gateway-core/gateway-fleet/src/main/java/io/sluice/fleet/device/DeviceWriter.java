package io.sluice.fleet.device;

import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.health.Guarded;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.fleet.device.DeviceValues.Cursor;
import io.sluice.store.postgres.PostgresFault;
import io.sluice.store.postgres.PostgresLink;
import io.sluice.store.postgres.RegistryReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the fleet's registry to the topic of devices: of all instances of the fleet, the one that
 * holds a lock in PostgreSQL. It goes on from where the topic is, by revisions; where those are not
 * kept any more, or the registry or the profiles are others, all is written anew, and what is not
 * registered any more is removed. Thread-safe.
 */
public final class DeviceWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceWriter.class);
  private static final String THREAD = "fleet-devices";
  private static final String LOCK =
      "SELECT pg_try_advisory_lock(hashtext('sluice.fleet.devices'))";

  /** Devices in one transaction. */
  private static final int WINDOW = 2_000;

  private static final long LOOK_SECONDS = 10;
  private static final long AGAIN_SECONDS = 3;
  private static final int VALID_SECONDS = 5;
  private static final List<String> ALL_SITES = List.of();

  private final PostgresLink link;
  private final DataSource connections;
  private final String uri;
  private final Supplier<Map<String, Object>> clients;
  private final String topic;
  private final DeviceValues values;
  private final String mark;
  private final Clock clock;
  private final RegistryReader reader = RegistryReader.withoutKey();

  /** Has a permit where there may be something to do. */
  private final Semaphore news = new Semaphore(0);

  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean isWriting;
  private volatile long revision = -1;
  private volatile long head;
  private final LongAdder written = new LongAdder();
  private volatile @Nullable String trouble;

  /**
   * How it stands.
   *
   * @param isWriter whether this instance is the one that writes
   * @param revision up to which the topic is written; -1 where that is not known here
   * @param behind revisions of the registry that the topic lacks, as this instance found it last; 0
   *     where it is not the one that writes
   * @param written values of devices that this instance has written since its start
   * @param trouble why it is not followed at present; null where it is
   */
  public record Standing(
      boolean isWriter, long revision, long behind, long written, @Nullable String trouble) {}

  /**
   * @param link to the store of those settings
   * @param clients how Kafka is reached; asked at each attempt, so that another password is taken
   * @param profiles by which devices are held to something
   */
  public DeviceWriter(
      PostgresLink link,
      FleetStoreSettings settings,
      Supplier<Map<String, Object>> clients,
      String topic,
      Profiles profiles,
      Clock clock) {
    this.link = link;
    this.connections = PostgresLink.connections(settings, "sluice fleet devices");
    this.uri = settings.uri();
    this.clients = clients;
    this.topic = topic;
    this.values = new DeviceValues(profiles);
    this.mark = values.mark();
    this.clock = clock;
    this.thread =
        Thread.ofPlatform()
            .name(THREAD)
            .daemon()
            .unstarted(Guarded.loop(THREAD, this::run, this::isClosed));
  }

  public void start() {
    link.listen(RegistryReader.CHANNEL, payload -> news.release(), news::release);
    thread.start();
  }

  public Standing standing() {
    boolean isWriter = isWriting;
    long at = revision;
    long behind = isWriter ? Math.max(0, head - Math.max(0, at)) : 0;
    return new Standing(isWriter, at, behind, written.sum(), trouble);
  }

  private boolean isClosed() {
    return closing.getCount() == 0;
  }

  private void run() {
    try {
      while (!isClosed()) {
        try (Connection lock = connections.getConnection()) {
          if (takes(lock)) {
            write(lock);
          } else {
            told(null);
          }
        } catch (SQLException e) {
          told(PostgresFault.sentence(e, uri));
        } catch (StoreUnavailableException e) {
          told(String.valueOf(e.getMessage()));
        } catch (KafkaException e) {
          told("Kafka: " + text(e));
        } finally {
          isWriting = false;
        }
        var _ = closing.await(AGAIN_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String text(KafkaException e) {
    Throwable cause = e.getCause();
    return String.valueOf(cause == null ? e.getMessage() : cause.getMessage());
  }

  private void told(@Nullable String text) {
    if (text != null && !text.equals(trouble) && !isClosed()) {
      LOG.warn("fleet: the registry is not written to {}: {}; it is tried again", topic, text);
    }
    trouble = text;
  }

  private static boolean takes(Connection lock) throws SQLException {
    try (Statement statement = lock.createStatement();
        ResultSet row = statement.executeQuery(LOCK)) {
      return row.next() && row.getBoolean(1);
    }
  }

  /** Writes for as long as the lock is held. */
  private void write(Connection lock) throws SQLException, InterruptedException {
    try (DeviceTopic to = new DeviceTopic(clients.get(), topic, values)) {
      isWriting = true;
      Cursor cursor = to.cursor();
      LOG.info(
          "fleet: this instance writes the registry to {}, from revision {} on",
          topic,
          cursor == null ? "none" : cursor.revision());
      while (!isClosed() && lock.isValid(VALID_SECONDS)) {
        cursor = catchUp(to, cursor);
        revision = cursor.revision();
        told(null);
        if (news.tryAcquire(LOOK_SECONDS, TimeUnit.SECONDS)) {
          news.drainPermits();
        }
      }
    }
  }

  private Cursor catchUp(DeviceTopic to, @Nullable Cursor from) {
    RegistryReader.Head head = link.transact(RegistryReader::head);
    this.head = head.revision();
    Cursor at = from;
    String why = whyAnew(at, head);
    if (at == null || why != null) {
      at = writeAnew(to, head, at, String.valueOf(why));
    }
    boolean isMore = at.revision() < head.revision();
    while (isMore && !isClosed()) {
      Window window = new Window(at.revision());
      link.transact(connection -> window.read(connection));
      to.begin();
      window.removed.forEach(gone -> to.remove(gone.device(), gone.revision(), gone.atMicros()));
      window.rows.forEach(row -> to.put(row, row.changedMicros(), null));
      at = new Cursor(head.registry(), window.upTo, mark);
      to.commit(at);
      written.add(window.removed.size() + (long) window.rows.size());
      revision = at.revision();
      isMore = window.isMore;
    }
    return at;
  }

  /** Null where the topic can be brought up by what has changed. */
  private @Nullable String whyAnew(@Nullable Cursor at, RegistryReader.Head head) {
    if (at == null) {
      return "nothing says how far it is";
    }
    if (!at.registry().equals(head.registry())) {
      return "the registry is another";
    }
    if (!at.profiles().equals(mark)) {
      return "the profiles are others";
    }
    if (at.revision() > head.revision()) {
      return "the registry was restored to revision " + head.revision();
    }
    return at.revision() < head.oldest()
        ? "revision " + at.revision() + " is older than what the store has kept"
        : null;
  }

  /** Writes all devices, and removes what is in the topic and is none of them. */
  private Cursor writeAnew(
      DeviceTopic to, RegistryReader.Head head, @Nullable Cursor before, String why) {
    LOG.info("fleet: all devices are written to {}: {}", topic, why);
    long now = clock.millis() * 1_000;
    // what devices are held to changes now, and not when their rows did
    boolean isNow = before != null && !before.profiles().equals(mark);
    String anew = head.revision() + "-" + now;
    String last = "";
    long count = 0;
    for (List<RegistryReader.Row> page = page(last); !page.isEmpty(); page = page(last)) {
      to.begin();
      page.forEach(row -> to.put(row, isNow ? now : row.changedMicros(), anew));
      to.commitPart();
      written.add(page.size());
      count += page.size();
      last = page.getLast().device().id();
    }
    to.removeOthers(anew, head.revision(), now);
    Cursor at = new Cursor(head.registry(), head.revision(), mark);
    to.begin();
    to.commit(at);
    LOG.info("fleet: {} devices are in {}, at revision {}", count, topic, at.revision());
    return at;
  }

  private List<RegistryReader.Row> page(String after) {
    return link.transact(connection -> reader.devicesAfter(connection, after, ALL_SITES, WINDOW));
  }

  private record Gone(String device, long revision, long atMicros) {}

  /** What has changed since a revision, up to about so many devices. */
  private final class Window implements RegistryReader.Changes {
    private final List<RegistryReader.Row> rows = new ArrayList<>();
    private final List<Gone> removed = new ArrayList<>();
    private final long after;
    private long upTo;
    private boolean isMore;

    Window(long after) {
      this.after = after;
      this.upTo = after;
    }

    boolean read(Connection connection) throws SQLException {
      rows.clear(); // a transaction may be tried again
      removed.clear();
      RegistryReader.asOfOneMoment(connection);
      RegistryReader.Head head = RegistryReader.head(connection);
      upTo = RegistryReader.windowEnd(connection, after, head, WINDOW);
      isMore = upTo < head.revision();
      reader.changes(connection, after, upTo, ALL_SITES, this);
      return isMore;
    }

    @Override
    public void removed(String device, long revision, long changedMicros) {
      removed.add(new Gone(device, revision, changedMicros));
    }

    @Override
    public void device(RegistryReader.Row row) {
      rows.add(row);
    }
  }

  @Override
  public void close() {
    closing.countDown();
    news.release();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(VALID_SECONDS));
      if (thread.isAlive()) {
        thread.interrupt(); // it waits for a far end that does not answer
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
