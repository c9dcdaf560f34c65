package io.sluice.store.postgres;

import io.sluice.api.fleet.FleetScope;
import io.sluice.api.health.Guarded;
import io.sluice.api.store.AppliedChange;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.Step;
import io.sluice.api.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a copy up with the fleet's store: by one thread, which reads what has changed when it is
 * notified, and each half minute in any case. Where the copy cannot be brought up by changes, it is
 * read anew as a whole ({@link Rereading}).
 */
final class Follower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
  private static final String THREAD = "fleet-registry";

  /** Devices that are read in one go, under the order's lock; a single change may have more. */
  static final int WINDOW = 2_000;

  /** Steps that the copy takes in one transaction. */
  static final int CHUNK = 2_000;

  private static final long LOOK_SECONDS = 30;
  private static final long AGAIN_SECONDS = 2;

  /** Between two reads there is at least so much. */
  private static final long LEAST_MILLIS = 50;

  /**
   * Where changes come one after another, what came in about a second is read in one go, so that a
   * thousand gateways do not read each change singly, nor all in one moment: half of it at least.
   */
  private static final long GATHER_MILLIS = 1_000;

  private final FollowingStore store;
  private final RegistryStore local;
  private final PostgresLink link;
  private final RegistryReader reader;
  private final FleetScope scope;
  private final OwnChanges own;
  private final CopyWriter copy;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wake = lock.newCondition();
  private final Thread thread;
  private final AtomicBoolean isStarted = new AtomicBoolean();
  private boolean isAsked; // guarded by lock
  private boolean isUrgent; // guarded by lock
  private volatile boolean isClosed;
  private volatile boolean isCaughtUp;
  private volatile @Nullable String trouble;
  private volatile long notified;
  private volatile Step.FollowTo place;

  /** The last reading found another registry than the one before; of the thread. */
  private boolean isOther;

  Follower(
      FollowingStore store,
      RegistryStore local,
      PostgresLink link,
      RegistryReader reader,
      FleetScope scope,
      OwnChanges own) {
    this.store = store;
    this.local = local;
    this.link = link;
    this.reader = reader;
    this.scope = scope;
    this.own = own;
    this.copy = new CopyWriter(store);
    this.place = new Step.FollowTo("", 0, scopeText());
    this.thread =
        Thread.ofPlatform()
            .name(THREAD)
            .daemon()
            .unstarted(Guarded.loop(THREAD, this::run, () -> isClosed));
  }

  private String scopeText() {
    return String.join("\n", scope.followed());
  }

  /** The copy is there. */
  void startFrom(Step.FollowTo found) {
    if (!isStarted.get()) {
      place = found;
    }
  }

  /** Begins to follow, once. */
  void start() {
    if (!isStarted.compareAndSet(false, true)) {
      return;
    }
    link.onAway(() -> isCaughtUp = false);
    link.listen(RegistryReader.CHANNEL, this::notified, this::look);
    thread.start();
  }

  private void notified(String payload) {
    long revision = Long.parseLong(payload);
    notified = Math.max(notified, revision);
    if (revision > place.revision() || !isCaughtUp) {
      look(!isCaughtUp);
    }
  }

  /** Has it look at once. Never blocks. */
  void look() {
    look(true);
  }

  private void look(boolean atOnce) {
    lock.lock();
    try {
      isAsked = true;
      isUrgent |= atOnce;
      wake.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    long readNanos = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(GATHER_MILLIS);
    while (await(trouble == null ? LOOK_SECONDS : AGAIN_SECONDS)) {
      if (!link.isConnected()) {
        isCaughtUp = false;
        forgetAsked();
        // it may have connected, and asked, before that was forgotten: nobody asks again
        if (!link.isConnected()) {
          continue;
        }
      }
      long between = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - readNanos);
      if (between < GATHER_MILLIS) {
        long gather = ThreadLocalRandom.current().nextLong(GATHER_MILLIS / 2, GATHER_MILLIS + 1);
        pause(gather - between, true);
      }
      forgetAsked();
      try {
        catchUp();
        trouble = null;
      } catch (StoreUnavailableException e) {
        trouble(String.valueOf(e.getMessage()));
      }
      readNanos = System.nanoTime();
      pause(LEAST_MILLIS, false);
    }
  }

  private void trouble(String text) {
    if (!text.equals(trouble)) {
      LOG.warn("the fleet's registry is not followed: {}", text);
    }
    trouble = text;
    isCaughtUp = false;
  }

  /** False once it is closed. */
  private boolean await(long seconds) {
    lock.lock();
    try {
      long left = TimeUnit.SECONDS.toNanos(seconds);
      while (!isClosed && !isAsked && left > 0) {
        left = wake.awaitNanos(left);
      }
      return !isClosed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** What was asked for is done now. */
  private void forgetAsked() {
    lock.lock();
    try {
      isAsked = false;
      isUrgent = false;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits.
   *
   * @param reads whether it reads next: what is asked for until then is read with it, and at once
   *     where that is wanted
   */
  private void pause(long millis, boolean reads) {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (!isClosed && left > 0 && !(reads && isUrgent)) {
        left = wake.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void catchUp() {
    PostgresLink.State connection = link.state();
    if (!isCaughtUp) {
      compare();
    }
    long began = System.nanoTime();
    long from = place.revision();
    boolean isDone = false;
    while (!isDone && !isClosed) {
      isDone = window();
      if (isOther) {
        isOther = false;
        isCaughtUp = false;
        isDone = false;
        compare();
      }
    }
    if (!isCaughtUp && isDone) {
      LOG.info(
          "the copy of the fleet's registry is at revision {}, {} behind before, after {} ms",
          place.revision(),
          place.revision() - from,
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
      isCaughtUp = true;
      // that it was away meanwhile, and perhaps is back, may have been told before
      if (!connection.isConnected() || !link.state().equals(connection)) {
        isCaughtUp = false;
      }
    }
  }

  /** Has the copy be one that can be brought up by what has changed. */
  private void compare() {
    Step.FollowTo at = place; // before the head is read: own changes move it on meanwhile
    RegistryReader.Head head = link.transact(RegistryReader::head);
    String why = whyAnew(at, head);
    if (why != null) {
      reread(head, why);
    }
  }

  /** Null where the copy can be brought up by what has changed. */
  private @Nullable String whyAnew(Step.FollowTo at, RegistryReader.Head head) {
    if (!at.registry().equals(head.registry())) {
      return at.registry().isEmpty() ? Rereading.JOINS : Rereading.OTHER;
    }
    if (at.revision() > head.revision()) {
      return Rereading.RESTORED;
    }
    if (!at.scope().equals(scopeText())) {
      return "the scope is another";
    }
    return at.revision() < head.oldest()
        ? "revision " + at.revision() + " is older than what the store has kept"
        : null;
  }

  private void reread(RegistryReader.Head found, String why) {
    LOG.info("the fleet's registry is read as a whole: {}", why);
    RegistryReader.Head head =
        why.equals(Rereading.RESTORED)
            ? link.transact(connection -> RegistryReader.renew(connection, found))
            : found;
    store.order.lock();
    try {
      own.clear();
    } finally {
      store.order.unlock();
    }
    new Rereading(store, local, link, reader, scope, copy).run(head, why);
    Step.FollowTo next = new Step.FollowTo(head.registry(), head.revision(), scopeText());
    store.applyToCopy(List.of(next));
    place = next;
  }

  /** Reads and applies the next changes; whether there are no more. */
  private boolean window() {
    List<AppliedChange> followed = new ArrayList<>();
    boolean isLast;
    store.order.lock();
    try {
      isLast = link.transact(connection -> window(connection, followed));
      followed.forEach(change -> own.telling(change.steps()));
    } finally {
      store.order.unlock();
    }
    followed.forEach(store::tellFollowed);
    if (!followed.isEmpty()) {
      store.order.lock();
      try {
        own.told();
      } finally {
        store.order.unlock();
      }
    }
    return isLast;
  }

  private boolean window(Connection connection, List<AppliedChange> followed) throws SQLException {
    RegistryReader.asOfOneMoment(connection);
    RegistryReader.Head head = RegistryReader.head(connection);
    isOther = whyAnew(place, head) != null; // no own change moves it on meanwhile
    long after = place.revision();
    if (isOther || head.revision() <= after) {
      return true;
    }
    long upTo = RegistryReader.windowEnd(connection, after, head, WINDOW);
    CopyWriter.Batch batch = copy.batch(own, followed);
    reader.changes(connection, after, upTo, scope.followed(), batch);
    boolean isLast = upTo >= head.revision();
    if (isLast) {
      batch.applyLate();
    }
    // what waits for another's change is not there yet: it is read again after a crash
    Step.FollowTo next = new Step.FollowTo(head.registry(), upTo, scopeText());
    batch.finish(next);
    place = next;
    own.readUpTo(upTo);
    return isLast;
  }

  /** Whether a written change is the one after the last that was read. Under the order. */
  boolean isNext(RegistryWriter.Written written, List<Step> steps) {
    return written.revision() == place.revision() + 1
        && written.registry().equals(place.registry())
        && !own.isTelling(steps);
  }

  Step.FollowTo place(long revision) {
    return new Step.FollowTo(place.registry(), revision, place.scope());
  }

  /** The copy has that revision now. Under the order. */
  void advanced(long revision) {
    place = place(revision);
  }

  long revision() {
    return place.revision();
  }

  long behind() {
    return Math.max(0, notified - place.revision());
  }

  boolean isCaughtUp() {
    return isCaughtUp;
  }

  @Nullable String trouble() {
    return trouble;
  }

  long hiddenDevices() {
    return copy.hiddenDevices();
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
    if (!isStarted.get()) {
      return;
    }
    try {
      thread.join(TimeUnit.SECONDS.toMillis(PostgresDataSource.ANSWER_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
