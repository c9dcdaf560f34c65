package io.sluice.store.postgres;

import io.sluice.api.config.Secret;
import io.sluice.api.fleet.FleetScope;
import io.sluice.api.fleet.FleetSettings;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.fleet.FleetStoreState;
import io.sluice.api.fleet.FleetStoreState.Connection;
import io.sluice.api.store.AppliedChange;
import io.sluice.api.store.ClaimedDevice;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.Step;
import io.sluice.api.store.StoreConflictException;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.api.store.StoredClaim;
import io.sluice.api.store.StoredCommand;
import io.sluice.api.store.StoredDevice;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gateway's registry that is a copy of the fleet's: it is read from the gateway's own store, also
 * where PostgreSQL is away, and follows PostgreSQL by revision where it is there. Changes of what
 * is shared are committed by PostgreSQL first, then by the copy; they are refused while PostgreSQL
 * is away or the copy is catching up. What is this gateway's alone stays in its own store: known
 * places, digests of device files, commands, and how far it has followed.
 *
 * <p>Thread-safe. A commit whose answer is lost is told as a failure and comes back as a change of
 * another gateway's.
 */
public final class FollowingStore implements RegistryStore {
  private static final Logger LOG = LoggerFactory.getLogger(FollowingStore.class);

  /** What the copy tells of a change that this thread applies to it alone. */
  private static final ThreadLocal<@Nullable List<AppliedChange>> CAPTURED = new ThreadLocal<>();

  private final RegistryStore local;
  private final PostgresLink link;
  private final String uri;
  private final FleetScope scope;
  private final @Nullable String region;
  private final @Nullable CredentialCipher cipher;
  private final List<Consumer<AppliedChange>> listeners = new CopyOnWriteArrayList<>();

  /** Held over a change in PostgreSQL and in the copy, so that both have them in one order. */
  final ReentrantLock order = new ReentrantLock();

  /** Held while own changes are told, which come from any thread. */
  private final ReentrantLock telling = new ReentrantLock();

  /** Of this gateway's changes; guarded by {@link #order}. */
  private final OwnChanges own = new OwnChanges();

  private final Follower follower;

  private FollowingStore(RegistryStore local, PostgresLink link, FleetSettings settings) {
    FleetStoreSettings store = Objects.requireNonNull(settings.store());
    Secret key = store.key();
    this.local = local;
    this.link = link;
    this.uri = store.uri();
    this.scope = settings.scope() == null ? FleetScope.ALL : settings.scope();
    this.region = settings.region();
    this.cipher = key == null ? null : CredentialCipher.of(key.value());
    this.follower = new Follower(this, local, link, new RegistryReader(cipher), scope, own);
    local.changes(this::changed);
  }

  /**
   * Puts the fleet's store before a gateway's own; see {@link #follow}.
   *
   * @param local closed with this
   * @param link to the store of the settings; not closed with this
   * @param settings with a store
   */
  public static FollowingStore over(
      RegistryStore local, PostgresLink link, FleetSettings settings) {
    return new FollowingStore(local, link, settings);
  }

  @Override
  public long load(Loader loader) {
    return local.load(new Noticing(loader, follower::startFrom));
  }

  /** Begins to follow, after it was loaded and those who want to hear of changes are there. */
  public void follow() {
    follower.start();
  }

  @Override
  public long apply(List<Step> steps) {
    if (steps.stream().noneMatch(RegistryWriter::isShared)) {
      return local.apply(steps);
    }
    order.lock();
    try {
      refuseWhileAway();
      return applyShared(steps);
    } finally {
      order.unlock();
    }
  }

  private void refuseWhileAway() {
    FleetStoreState state = state();
    if (state.connection() == Connection.CONNECTED) {
      return;
    }
    String reason = state.reason();
    throw new StoreUnavailableException(
        reason == null
            ? "the fleet's store " + uri + " is being caught up with; try again in a moment"
            : reason
                + " (away since "
                + Instant.ofEpochMilli(state.since()).truncatedTo(ChronoUnit.SECONDS)
                + "; devices go on, changes are taken when it is back)");
  }

  /** Under the order. */
  private long applyShared(List<Step> steps) {
    RegistryWriter.Written written = writeThrough(steps);
    List<Step> copied = new ArrayList<>(written.local());
    boolean isNext = follower.isNext(written, steps);
    if (isNext) {
      copied.add(follower.place(written.revision()));
    } else {
      own.note(steps, written.revision());
    }
    long revision;
    try {
      revision = applyToCopy(copied).revision();
      if (isNext) {
        follower.advanced(written.revision());
      }
    } catch (StoreUnavailableException e) {
      // the fleet has it, and so does this gateway: the copy takes it from there once it can
      LOG.warn("the copy of the fleet's registry is behind: {}", e.getMessage());
      own.forget(steps);
      follower.look();
      revision = written.revision();
    }
    tellOwn(new AppliedChange(revision, true, written.told()));
    return revision;
  }

  private RegistryWriter.Written writeThrough(List<Step> steps) {
    try {
      return link.transact(connection ->
          new RegistryWriter(connection, scope, region, cipher).write(steps, Removals.KEPT));
    } catch (StoreConflictException e) {
      follower.look();
      throw e;
    }
  }

  /** Applies to the copy alone; what it tells is returned, and told to nobody. */
  AppliedChange applyToCopy(List<Step> steps) {
    List<AppliedChange> told = new ArrayList<>(1);
    CAPTURED.set(told);
    try {
      local.apply(steps);
    } finally {
      CAPTURED.remove();
    }
    return told.getFirst();
  }

  /** What the copy has applied: of this gateway alone, unless it is CAPTURED. */
  private void changed(AppliedChange change) {
    List<AppliedChange> to = CAPTURED.get();
    if (to == null) {
      tellOwn(change);
    } else {
      to.add(change);
    }
  }

  private void tellOwn(AppliedChange change) {
    telling.lock();
    try {
      listeners.forEach(listener -> listener.accept(change));
    } finally {
      telling.unlock();
    }
  }

  /** Tells what other gateways have done; no lock of the store is held. */
  void tellFollowed(AppliedChange change) {
    listeners.forEach(listener -> listener.accept(change));
  }

  /** Registers what the fleet lacks, in one change. Under the order. */
  void upload(List<Step> steps) {
    writeThrough(steps);
  }

  /** How it stands with the fleet's store. Never blocks. */
  public FleetStoreState state() {
    PostgresLink.State reached = link.state();
    long revision = follower.revision();
    if (!reached.isConnected()) {
      return new FleetStoreState(
          reached.reason() == null ? Connection.CONNECTING : Connection.AWAY,
          reached.since(),
          reached.reason(),
          revision,
          follower.behind());
    }
    String trouble = follower.trouble();
    boolean isCaughtUp = follower.isCaughtUp();
    return new FleetStoreState(
        isCaughtUp
            ? Connection.CONNECTED
            : trouble == null ? Connection.CONNECTING : Connection.AWAY,
        reached.since(),
        isCaughtUp ? null : trouble,
        revision,
        follower.behind());
  }

  /** Devices with credentials that are encrypted with another key than this gateway has. */
  public long hiddenDevices() {
    return follower.hiddenDevices();
  }

  @Override
  public void changes(Consumer<AppliedChange> listener) {
    listeners.add(listener);
  }

  @Override
  public void probe() {
    local.probe();
  }

  @Override
  public void close() {
    follower.close();
    local.close();
  }

  /** Hands on all, and looks how far the copy has followed. */
  private record Noticing(Loader to, Consumer<Step.FollowTo> place) implements Loader {
    @Override
    public void device(StoredDevice device) {
      to.device(device);
    }

    @Override
    public void seedDigest(String device, String digest) {
      to.seedDigest(device, digest);
    }

    @Override
    public void barred(String device) {
      to.barred(device);
    }

    @Override
    public void claim(StoredClaim claim) {
      to.claim(claim);
    }

    @Override
    public void claimed(ClaimedDevice device) {
      to.claimed(device);
    }

    @Override
    public void knownPlace(long digest) {
      to.knownPlace(digest);
    }

    @Override
    public void command(StoredCommand command) {
      to.command(command);
    }

    @Override
    public void followed(Step.FollowTo found) {
      place.accept(found);
      to.followed(found);
    }
  }
}
