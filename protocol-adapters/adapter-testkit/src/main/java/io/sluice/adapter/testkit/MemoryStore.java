package io.sluice.adapter.testkit;

import io.sluice.api.Command;
import io.sluice.api.operator.CommandService.State;
import io.sluice.api.store.AppliedChange;
import io.sluice.api.store.ClaimedDevice;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.Step;
import io.sluice.api.store.StoreConflictException;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.api.store.StoredClaim;
import io.sluice.api.store.StoredCommand;
import io.sluice.api.store.StoredCredentials;
import io.sluice.api.store.StoredDevice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A registry store in memory, for tests. Several gateways open one place, and each follows what the
 * others apply, as with a store on the network. Thread-safe.
 */
public final class MemoryStore implements RegistryStore {
  /** What several stores share. */
  public static final class Shared implements StoreContract.Place {
    private final List<MemoryStore> open = new ArrayList<>();
    private Tables tables = new Tables();
    private long revision;
    private boolean isFailing;

    @Override
    public synchronized MemoryStore open() {
      MemoryStore store = new MemoryStore(this);
      open.add(store);
      return store;
    }

    @Override
    public synchronized void fail() {
      isFailing = true;
    }

    @Override
    public synchronized void mend() {
      isFailing = false;
    }
  }

  private final Shared shared;
  private final List<Consumer<AppliedChange>> listeners = new ArrayList<>();

  private MemoryStore(Shared shared) {
    this.shared = shared;
  }

  @Override
  public long load(Loader loader) {
    synchronized (shared) {
      shared.tables.load(loader);
      return shared.revision;
    }
  }

  @Override
  public long apply(List<Step> steps) {
    synchronized (shared) {
      if (shared.isFailing) {
        throw new StoreUnavailableException("the store of the test fails");
      }
      Tables next = shared.tables.copy();
      List<Step> done = new ArrayList<>(steps);
      steps.forEach(step -> next.apply(step, done));
      shared.tables = next;
      shared.revision++;
      for (MemoryStore store : shared.open) {
        AppliedChange change = new AppliedChange(shared.revision, store == this, done);
        store.listeners.forEach(listener -> listener.accept(change));
      }
      return shared.revision;
    }
  }

  @Override
  public void changes(Consumer<AppliedChange> listener) {
    synchronized (shared) {
      listeners.add(listener);
    }
  }

  @Override
  public void probe() {}

  @Override
  public void close() {
    synchronized (shared) {
      shared.open.remove(this);
    }
  }

  private static final class Tables {
    private final Map<String, StoredDevice> devices = new LinkedHashMap<>();
    private final Map<String, String> seeds = new LinkedHashMap<>();
    private final Set<String> barred = new LinkedHashSet<>();
    private final Map<String, StoredClaim> claims = new LinkedHashMap<>();
    private final Map<String, ClaimedDevice> claimed = new LinkedHashMap<>();
    private final Set<Long> places = new LinkedHashSet<>();
    private final Map<Long, StoredCommand> commands = new TreeMap<>();
    private Step.@Nullable FollowTo followed;

    Tables copy() {
      Tables copy = new Tables();
      copy.devices.putAll(devices);
      copy.seeds.putAll(seeds);
      copy.barred.addAll(barred);
      copy.claims.putAll(claims);
      copy.claimed.putAll(claimed);
      copy.places.addAll(places);
      copy.commands.putAll(commands);
      copy.followed = followed;
      return copy;
    }

    void load(Loader loader) {
      devices.values().forEach(loader::device);
      seeds.forEach(loader::seedDigest);
      barred.forEach(loader::barred);
      claims.values().forEach(loader::claim);
      claimed.values().forEach(loader::claimed);
      new ArrayList<>(places).reversed().forEach(loader::knownPlace);
      commands.values().forEach(loader::command);
      if (followed != null) {
        loader.followed(followed);
      }
    }

    void apply(Step step, List<Step> done) {
      switch (step) {
        case Step.InsertDevice insert -> {
          check(!devices.containsKey(insert.device().id()));
          save(insert.device());
        }
        case Step.UpdateDevice update -> {
          check(update.before().equals(devices.get(update.before().id())));
          save(update.after());
        }
        case Step.SaveDevice save -> save(save.device());
        case Step.RemoveDevice remove -> devices.remove(remove.device());
        case Step.SaveSeedDigest seed -> seeds.put(seed.device(), seed.digest());
        case Step.BarDevice bar -> {
          barred.remove(bar.device());
          barred.add(bar.device());
          while (barred.size() > bar.keep()) {
            done.add(new Step.UnbarDevice(removeFirst(barred)));
          }
        }
        case Step.UnbarDevice unbar -> barred.remove(unbar.device());
        case Step.SaveClaim save -> claims.put(save.claim().tokenHash(), save.claim());
        case Step.RemoveClaim remove -> claims.remove(remove.tokenHash());
        case Step.UseClaim use -> use(claims.get(use.tokenHash()));
        case Step.MarkClaimed mark -> claimed.put(mark.device().device(), mark.device());
        case Step.ReissueClaimed reissue -> {
          ClaimedDevice known = claimed.get(reissue.device());
          check(known != null && known.issuedHash().equals(reissue.issuedHash()));
          claimed.put(
              reissue.device(),
              new ClaimedDevice(
                  reissue.device(),
                  Objects.requireNonNull(known).claimHash(),
                  reissue.nextHash(),
                  known.claimedMillis()));
        }
        case Step.SettleClaimed settle ->
            claimed
                .values()
                .removeIf(one ->
                    one.device().equals(settle.device())
                        && one.issuedHash().equals(settle.issuedHash()));
        case Step.AddKnownPlaces add -> {
          places.removeAll(add.digests());
          places.addAll(add.digests());
          while (places.size() > add.keep()) {
            removeFirst(places);
          }
        }
        case Step.SaveCommand save -> commands.put(save.command().sequence(), save.command());
        case Step.RemoveCommand remove -> commands.remove(remove.sequence());
        case Step.EndCommands end ->
            commands.replaceAll((sequence, one) ->
                one.command().device().value().equals(end.device()) && !one.isOver()
                    ? ended(one)
                    : one);
        case Step.FollowTo place -> followed = place;
      }
    }

    private void save(StoredDevice device) {
      devices.put(device.id(), device);
      Set<String> taken = new HashSet<>();
      for (StoredDevice each : devices.values()) {
        StoredCredentials credentials = each.credentials();
        check(isFirst(taken, "token", credentials.tokenHash()));
        check(isFirst(taken, "psk", credentials.pskIdentity()));
        check(isFirst(taken, "certificate", credentials.certificate()));
        check(isFirst(taken, "key", credentials.publicKey()));
      }
    }

    private static boolean isFirst(Set<String> taken, String kind, @Nullable String key) {
      return key == null || taken.add(kind + ' ' + key);
    }

    private void use(@Nullable StoredClaim claim) {
      check(claim != null && claim.usesLeft() > 0);
      StoredClaim known = Objects.requireNonNull(claim);
      claims.put(
          known.tokenHash(),
          new StoredClaim(
              known.tokenHash(),
              known.name(),
              known.profile(),
              known.sector(),
              known.site(),
              known.pattern(),
              known.usesLeft() - 1,
              known.expiresMillis(),
              known.createdMillis()));
    }

    private static StoredCommand ended(StoredCommand one) {
      Command command = one.command();
      return new StoredCommand(
          one.sequence(),
          new Command(
              command.id(),
              command.device(),
              command.name(),
              command.contentType(),
              new byte[0],
              command.createdMicros(),
              command.expiresMicros()),
          State.EXPIRED,
          one.sentMicros(),
          one.acknowledgedMicros(),
          one.reasonCode(),
          true);
    }

    private static <T> T removeFirst(Set<T> set) {
      T first = set.iterator().next();
      set.remove(first);
      return first;
    }

    private static void check(boolean fits) {
      if (!fits) {
        throw new StoreConflictException("another was first");
      }
    }
  }
}
