package io.sluice.store.postgres;

import io.sluice.api.store.AppliedChange;
import io.sluice.api.store.ClaimedDevice;
import io.sluice.api.store.Step;
import io.sluice.api.store.StoreConflictException;
import io.sluice.api.store.StoredClaim;
import io.sluice.api.store.StoredCredentials;
import io.sluice.api.store.StoredDevice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies to the copy what was read of the fleet's store. A device whose credential is another's in
 * the copy still, because that one's change comes later, waits for it. Used by one thread, but for
 * {@link #hiddenDevices}.
 */
final class CopyWriter {
  private static final Logger LOG = LoggerFactory.getLogger(CopyWriter.class);

  private static final int SHOWN = 5;

  private final FollowingStore store;

  /** By id; each is in the fleet's store, where no two share a credential. */
  private final Map<String, StoredDevice> late = new LinkedHashMap<>();

  private final Set<String> hidden = ConcurrentHashMap.newKeySet();

  CopyWriter(FollowingStore store) {
    this.store = store;
  }

  long hiddenDevices() {
    return hidden.size();
  }

  /**
   * Begins to take changes.
   *
   * @param own changes of this gateway, which are no news
   * @param followed takes what is then to be told
   */
  Batch batch(OwnChanges own, List<AppliedChange> followed) {
    return new Batch(own, followed);
  }

  /** Changes of one reading. */
  final class Batch implements RegistryReader.Changes {
    private final OwnChanges own;
    private final List<AppliedChange> followed;
    private final List<Step> steps = new ArrayList<>();

    private Batch(OwnChanges own, List<AppliedChange> followed) {
      this.own = own;
      this.followed = followed;
    }

    @Override
    public void removed(String device, long revision, long changedMicros) {
      late.remove(device);
      hidden.remove(device);
      add(new Step.RemoveDevice(device), revision, new Step.EndCommands(device));
    }

    @Override
    public void device(RegistryReader.Row row) {
      late.remove(row.device().id());
      if (row.isHidden()) {
        if (hidden.isEmpty()) {
          LOG.warn(
              "device {} and perhaps others have a pre-shared key or device secret that is"
                  + " encrypted with another key than fleet.store.key-file has: they cannot sign"
                  + " in with it here",
              row.device().id());
        }
        hidden.add(row.device().id());
      } else if (!hidden.isEmpty()) {
        hidden.remove(row.device().id());
      }
      add(new Step.SaveDevice(row.device()), row.revision());
    }

    @Override
    public void claimRemoved(String tokenHash, long revision) {
      add(new Step.RemoveClaim(tokenHash), revision);
    }

    @Override
    public void claim(StoredClaim claim, long revision) {
      add(new Step.SaveClaim(claim), revision);
    }

    @Override
    public void settled(String device, long revision) {
      ClaimedDevice known = new ClaimedDevice(device, "", "", 0);
      // whatever it was issued: what is gone from the fleet's store is not looked at again
      add(new Step.MarkClaimed(known), revision, new Step.SettleClaimed(device, ""));
    }

    @Override
    public void claimed(ClaimedDevice device, long revision) {
      add(new Step.MarkClaimed(device), revision);
    }

    @Override
    public void unbarred(String device, long revision) {
      add(new Step.UnbarDevice(device), revision);
    }

    @Override
    public void barred(String device, long revision) {
      add(new Step.BarDevice(device, Removals.BARRED_MAX), revision);
    }

    private void add(Step step, long revision, Step... along) {
      if (own.has(step, revision)) {
        return;
      }
      steps.add(step);
      steps.addAll(List.of(along));
      if (steps.size() >= Follower.CHUNK) {
        flush();
      }
    }

    private void flush() {
      if (!steps.isEmpty()) {
        List<Step> chunk = List.copyOf(steps);
        steps.clear();
        apply(chunk, followed);
      }
    }

    /** All changes are there: what was late fits now. */
    void applyLate() {
      flush();
      CopyWriter.this.applyLate(followed);
    }

    /** Applies what is left, and that the copy is at that place now, unless something is late. */
    void finish(Step.FollowTo place) {
      flush();
      if (late.isEmpty()) {
        store.applyToCopy(List.of(place));
      }
    }
  }

  /**
   * Applies a chunk in one transaction; one by one, where a device waits for another's change.
   *
   * @param followed takes what is then to be told
   */
  void apply(List<Step> chunk, List<AppliedChange> followed) {
    if (isApplied(chunk, followed)) {
      return;
    }
    for (Step step : chunk) {
      if (!isApplied(List.of(step), followed)) {
        if (!(step instanceof Step.SaveDevice save)) {
          throw new IllegalStateException("only a device finds its credential taken");
        }
        late.put(save.device().id(), save.device());
      }
    }
  }

  private boolean isApplied(List<Step> chunk, List<AppliedChange> followed) {
    try {
      AppliedChange change = store.applyToCopy(chunk);
      followed.add(new AppliedChange(change.revision(), false, chunk));
      return true;
    } catch (StoreConflictException e) {
      LOG.debug("a device of the fleet waits for another's change: {}", e.getMessage());
      return false;
    }
  }

  /** All changes are there: what was late fits now, or two devices have exchanged theirs. */
  void applyLate(List<AppliedChange> followed) {
    boolean isProgress = true;
    while (isProgress && !late.isEmpty()) {
      isProgress =
          late.values().removeIf(one -> isApplied(List.of(new Step.SaveDevice(one)), followed));
    }
    if (!late.isEmpty()) {
      exchange(followed);
    }
  }

  private void exchange(List<AppliedChange> followed) {
    List<Step> bare =
        late.values().stream().<Step>map(one -> new Step.SaveDevice(bare(one))).toList();
    List<Step> steps = new ArrayList<>(bare);
    late.values().forEach(device -> steps.add(new Step.SaveDevice(device)));
    if (!isApplied(steps, followed)) {
      LOG.warn(
          "{} devices of the fleet have credentials that a device of this gateway alone has, and"
              + " cannot sign in here: {}; remove the other, or give it new ones",
          late.size(),
          String.join(", ", late.keySet().stream().limit(SHOWN).toList()));
      boolean _ = isApplied(bare, followed);
    }
    late.clear();
  }

  private static StoredDevice bare(StoredDevice device) {
    return new StoredDevice(device.device(), StoredCredentials.REVOKED, null);
  }
}
