package io.sluice.store.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.health.Guarded;
import io.sluice.api.store.StoreConflictException;
import io.sluice.api.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way of a process to the fleet's store: a pool of connections for what is asked and
 * written, and one connection on which the store's notifications come. The latter tells whether the
 * store is there. It is made anew for as long as it takes, with a growing pause of {@value
 * #PAUSE_MAX_SECONDS} seconds at most; what is wrong is logged once while it stays the same.
 *
 * <p>Thread-safe. Opening it does not wait for the store.
 */
public final class PostgresLink implements AutoCloseable {
  /** What is done with a connection of the pool, in one transaction. */
  public interface Work<T extends @Nullable Object> {
    T run(Connection connection) throws SQLException;
  }

  /**
   * How it is with the store.
   *
   * @param isConnected whether it answers and has the right tables
   * @param since milliseconds since the epoch
   * @param reason why it does not, one line; null where it does, or was not asked yet
   */
  public record State(boolean isConnected, long since, @Nullable String reason) {}

  static final int PAUSE_MAX_SECONDS = 30;
  private static final Logger LOG = LoggerFactory.getLogger(PostgresLink.class);
  private static final String THREAD = "fleet-store";
  private static final long PAUSE_FIRST_MILLIS = 500;
  private static final int CONNECTIONS_MAX = 6;
  private static final long WAIT_FOR_ONE_MILLIS = 5_000;

  /** How long notifications are waited for at a time; a new channel waits no longer. */
  private static final int LOOK_MILLIS = 1_000;

  /** As long as there is no channel. */
  private static final int FIRST_LOOK_MILLIS = 50;

  /** So many times without one, and the connection is tried: a far end that hangs says nothing. */
  private static final int TRY_AFTER_LOOKS = 10;

  private static final int TRY_MILLIS = 5_000;

  /** Each is another, whatever it has. */
  private static final class Listener {
    final Consumer<String> told;
    final Runnable back;

    Listener(Consumer<String> told, Runnable back) {
      this.told = told;
      this.back = back;
    }
  }

  private final Guarded guard = Guarded.of(THREAD);
  private final FleetStoreSettings settings;
  private final Clock clock;
  private final PostgresDataSource connections;
  private final HikariDataSource pool;
  private final Map<String, List<Listener>> listeners = new ConcurrentHashMap<>();
  private final Set<Runnable> awayListeners = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wake = lock.newCondition();
  private final Thread thread;
  private volatile State state;
  private volatile boolean isClosed;
  private volatile @Nullable Connection listening;

  private PostgresLink(FleetStoreSettings settings, String application, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.connections = new PostgresDataSource(settings, application);
    this.pool = pool(connections);
    this.state = new State(false, clock.millis(), null);
    this.thread =
        Thread.ofPlatform()
            .name(THREAD)
            .daemon()
            .unstarted(Guarded.loop(THREAD, this::run, () -> isClosed));
  }

  private static HikariDataSource pool(DataSource connections) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(THREAD);
    config.setDataSource(connections);
    config.setMinimumIdle(0);
    config.setMaximumPoolSize(CONNECTIONS_MAX);
    config.setIdleTimeout(TimeUnit.MINUTES.toMillis(1));
    config.setConnectionTimeout(WAIT_FOR_ONE_MILLIS);
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }

  /**
   * Begins to connect.
   *
   * @param application as PostgreSQL's list of connections shows it, such as the gateway's id
   */
  public static PostgresLink open(FleetStoreSettings settings, String application, Clock clock) {
    if (settings.isExposed()) {
      LOG.warn(
          "fleet.store.tls is missing: credentials cross the network to {} in the clear",
          settings.hosts());
    }
    PostgresLink link = new PostgresLink(settings, application, clock);
    link.thread.start();
    return link;
  }

  /** Single connections, each made anew, for what is done once and for tools. */
  public static DataSource connections(FleetStoreSettings settings, String application) {
    return new PostgresDataSource(settings, application);
  }

  /** Connections for what is asked and written; each is to be closed. */
  public DataSource dataSource() {
    return pool;
  }

  public State state() {
    return state;
  }

  public boolean isConnected() {
    return state.isConnected();
  }

  /**
   * Has the store's notifications of a channel told, from now on where it is there, else from when
   * it is. All on the link's one thread, which nothing may block.
   *
   * @param channel of letters, digits and _
   * @param told takes the payload
   * @param back called whenever the channel is listened to anew: what was notified before that may
   *     be lost, so that the listener looks for itself
   */
  public void listen(String channel, Consumer<String> told, Runnable back) {
    if (!channel.matches("[a-z_][a-z0-9_]*")) {
      throw new IllegalArgumentException("no channel may be called " + channel);
    }
    listeners
        .computeIfAbsent(channel, any -> new CopyOnWriteArrayList<>())
        .add(new Listener(told, back));
  }

  /** Has it told that the store is away, on the link's thread. */
  public void onAway(Runnable listener) {
    awayListeners.add(listener);
  }

  /**
   * Runs the work in a transaction on a connection of the pool.
   *
   * @throws StoreConflictException where two rows would share what only one may have
   * @throws StoreUnavailableException where the store cannot be used; the message says why and what
   *     to do
   */
  public <T extends @Nullable Object> T transact(Work<T> work) {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      boolean isDone = false;
      try {
        T result = work.run(connection);
        connection.commit();
        isDone = true;
        return result;
      } finally {
        if (!isDone) {
          connection.rollback();
        }
      }
    } catch (SQLException e) {
      String sentence = PostgresFault.sentence(e, settings.uri());
      throw PostgresFault.isConflict(e)
          ? new StoreConflictException(sentence, e)
          : new StoreUnavailableException(sentence, e);
    }
  }

  private void run() {
    long pause = PAUSE_FIRST_MILLIS;
    while (!isClosed) {
      try {
        listen();
        pause = PAUSE_FIRST_MILLIS;
      } catch (SQLException e) {
        if (isClosed) {
          return;
        }
        if (state.isConnected()) {
          pause = PAUSE_FIRST_MILLIS;
        }
        away(e);
      } finally {
        close(listening);
        listening = null;
      }
      // between half of it and all: a thousand gateways do not come back in one moment
      sleep(pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1));
      pause = Math.min(pause * 2, TimeUnit.SECONDS.toMillis(PAUSE_MAX_SECONDS));
    }
  }

  /** Listens until the connection ends, which is thrown, or the link is closed. */
  private void listen() throws SQLException {
    Connection connection = connections.getConnection();
    listening = connection;
    connection.setNetworkTimeout(Runnable::run, TRY_MILLIS);
    PostgresSchema.check(connection);
    refuseStandby(connection);
    State before = state;
    state = new State(true, clock.millis(), null);
    LOG.info(
        "the fleet's store {} is connected{}",
        settings.uri(),
        before.reason() == null
            ? ""
            : " again after "
                + Duration.ofMillis(Math.max(0, clock.millis() - before.since())).toSeconds()
                + " s");
    Set<Listener> told = new HashSet<>();
    PGConnection notifying = connection.unwrap(PGConnection.class);
    int quiet = 0;
    while (!isClosed) {
      listenTo(connection, told);
      PGNotification[] found =
          notifying.getNotifications(told.isEmpty() ? FIRST_LOOK_MILLIS : LOOK_MILLIS);
      if (found != null && found.length > 0) {
        quiet = 0;
        tell(found);
      } else if (++quiet >= TRY_AFTER_LOOKS) {
        quiet = 0;
        try (Statement statement = connection.createStatement()) {
          statement.execute("SELECT 1");
        }
      }
    }
  }

  /** Nothing can be listened to there, nor written: it is no use before it is found out. */
  private static void refuseStandby(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_is_in_recovery()")) {
      if (row.next() && row.getBoolean(1)) {
        throw new SQLException("it is a standby", "25006");
      }
    }
  }

  /** Listens to what is new, and tells those listeners that it does. */
  private void listenTo(Connection connection, Set<Listener> told) throws SQLException {
    for (Map.Entry<String, List<Listener>> each : listeners.entrySet()) {
      for (Listener listener : each.getValue()) {
        if (told.add(listener)) {
          try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN " + each.getKey());
          }
          guard.task(listener.back).run();
        }
      }
    }
  }

  private void tell(PGNotification[] all) {
    for (PGNotification one : all) {
      for (Listener listener : listeners.getOrDefault(one.getName(), List.of())) {
        guard.task(() -> listener.told.accept(one.getParameter())).run();
      }
    }
  }

  private void away(SQLException e) {
    String reason = PostgresFault.sentence(e, settings.uri());
    State before = state;
    boolean isSame = !before.isConnected() && reason.equals(before.reason());
    boolean isNew = before.isConnected() || before.reason() == null;
    state = new State(false, isNew ? clock.millis() : before.since(), reason);
    if (!isSame) {
      LOG.warn("{}; it is tried again, and gateways go on with their own copies", reason);
    }
    // those that nobody uses just now would be found dead by who comes next
    pool.getHikariPoolMXBean().softEvictConnections();
    awayListeners.forEach(listener -> guard.task(listener).run());
  }

  private void sleep(long millis) {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (!isClosed && left > 0) {
        left = wake.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private static void close(@Nullable Connection connection) {
    if (connection == null) {
      return;
    }
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("a connection to the fleet's store ended: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      wake.signalAll();
    } finally {
      lock.unlock();
    }
    Connection connection = listening;
    if (connection != null) {
      try {
        connection.abort(Runnable::run); // it waits for notifications
      } catch (SQLException e) {
        LOG.debug("a connection to the fleet's store ended: {}", e.getMessage());
      }
    }
    try {
      thread.join(TimeUnit.SECONDS.toMillis(PAUSE_MAX_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pool.close();
  }
}
