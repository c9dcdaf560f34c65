package io.sluice.engine.registry.provision;

import io.sluice.api.operator.ClaimService.ClaimSpec;
import io.sluice.api.operator.ClaimService.ClaimView;
import io.sluice.api.store.ClaimedDevice;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.Step;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.api.store.StoredClaim;
import io.sluice.engine.registry.device.DeviceRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The claims, and which devices have come in by one and not yet shown the credentials that they
 * were given: these may show the claim once more, for the first answer may have been lost. Look-ups
 * are in memory; changes block on the disk. Thread-safe.
 */
public final class ClaimStore {
  private static final Logger LOG = LoggerFactory.getLogger(ClaimStore.class);
  static final int MAX_CLAIMS = 1_000;
  static final int MAX_USES = 100_000;
  private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,64}");
  private static final Pattern GLOB = Pattern.compile("[A-Za-z0-9._:@*?-]{1,128}");

  /** One claim. Immutable but for its uses, which change under the book's lock. */
  record Claim(String tokenHash, ClaimSpec spec, int usesLeft, long createdMillis, long endMillis) {
    boolean isOpen(long nowMillis) {
      return nowMillis < endMillis;
    }

    boolean allows(String id) {
      String regex = Pattern.quote(spec.pattern()).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q");
      return id.matches(regex);
    }

    Claim used() {
      return new Claim(tokenHash, spec, usesLeft - 1, createdMillis, endMillis);
    }

    ClaimView view() {
      return new ClaimView(
          spec.name(),
          spec.profile(),
          spec.sector(),
          spec.site(),
          spec.pattern(),
          usesLeft,
          TimeUnit.MILLISECONDS.toMicros(createdMillis),
          TimeUnit.MILLISECONDS.toMicros(endMillis));
    }
  }

  /**
   * What a claim gave to a device.
   *
   * @param claimHash of the claim's token
   * @param issuedHash of the token that the device was given
   */
  record Mark(String claimHash, String issuedHash) {}

  private final RegistryStore store;
  private final Map<String, Claim> byHash = new ConcurrentHashMap<>();

  /** Devices that have not shown what their claim gave them. */
  private final Map<String, Mark> unsettled = new ConcurrentHashMap<>();

  /** Of those before, what is still to be deleted on disk; no more than they were. */
  private final Map<String, Mark> settled = new ConcurrentHashMap<>();

  public ClaimStore(RegistryStore store) {
    this.store = store;
    store.changes(change -> change.steps().forEach(this::apply));
  }

  /** Takes a claim of before. */
  public void restore(StoredClaim claim) {
    byHash.put(claim.tokenHash(), claim(claim));
  }

  /** Takes a device that came by a claim before. */
  public void restore(ClaimedDevice device) {
    unsettled.put(device.device(), new Mark(device.claimHash(), device.issuedHash()));
  }

  /** Follows the store. */
  private void apply(Step step) {
    switch (step) {
      case Step.SaveClaim save -> restore(save.claim());
      case Step.RemoveClaim remove -> byHash.remove(remove.tokenHash());
      case Step.UseClaim use ->
          byHash.computeIfPresent(use.tokenHash(), (hash, claim) -> claim.used());
      case Step.MarkClaimed mark -> restore(mark.device());
      case Step.ReissueClaimed reissue -> reissued(reissue);
      case Step.SettleClaimed settle -> {
        Mark mark = unsettled.get(settle.device());
        if (mark != null && mark.issuedHash().equals(settle.issuedHash())) {
          unsettled.remove(settle.device(), mark);
        }
      }
      default -> {} // not of claims
    }
  }

  private void reissued(Step.ReissueClaimed reissue) {
    unsettled.computeIfPresent(
        reissue.device(),
        (device, mark) ->
            mark.issuedHash().equals(reissue.issuedHash())
                ? new Mark(mark.claimHash(), reissue.nextHash())
                : mark);
  }

  private static Claim claim(StoredClaim stored) {
    ClaimSpec spec =
        new ClaimSpec(
            stored.name(),
            stored.profile(),
            stored.sector(),
            stored.site(),
            stored.pattern(),
            stored.usesLeft(),
            Duration.ZERO);
    return new Claim(
        stored.tokenHash(),
        spec,
        stored.usesLeft(),
        stored.createdMillis(),
        stored.expiresMillis());
  }

  /** What is wrong with a claim by itself. */
  static List<DeviceRules.Fault> faults(ClaimSpec spec, Set<String> profiles) {
    List<DeviceRules.Fault> faults = new ArrayList<>(0);
    if (!NAME.matcher(spec.name()).matches()) {
      faults.add(
          new DeviceRules.Fault(
              "name", "must be 1 to 64 of letters, digits and . _ -, and not . or .."));
    }
    if (!profiles.contains(spec.profile())) {
      faults.add(
          new DeviceRules.Fault("profile", DeviceRules.unknownProfile(spec.profile(), profiles)));
    }
    DeviceRules.checkName(faults, "sector", spec.sector());
    DeviceRules.checkName(faults, "site", spec.site());
    if (!GLOB.matcher(spec.pattern()).matches()) {
      faults.add(
          new DeviceRules.Fault("pattern", "must be 1 to 128 of an id's characters, * and ?"));
    }
    if (spec.uses() < 1 || spec.uses() > MAX_USES) {
      faults.add(new DeviceRules.Fault("uses", "must be 1 to " + MAX_USES));
    }
    if (spec.expiry().compareTo(Duration.ofMinutes(1)) < 0
        || spec.expiry().compareTo(Duration.ofDays(366)) > 0) {
      faults.add(new DeviceRules.Fault("expiry", "must be 1m to 366d, such as 24h"));
    }
    return faults;
  }

  /** False where the name is taken or there are {@value #MAX_CLAIMS} claims. */
  synchronized boolean add(String tokenHash, ClaimSpec spec, long nowMillis) {
    dropEnded(nowMillis);
    boolean isTaken = byHash.values().stream().anyMatch(c -> c.spec().name().equals(spec.name()));
    if (isTaken || byHash.size() >= MAX_CLAIMS) {
      return false;
    }
    store.apply(
        new Step.SaveClaim(
            new StoredClaim(
                tokenHash,
                spec.name(),
                spec.profile(),
                spec.sector(),
                spec.site(),
                spec.pattern(),
                spec.uses(),
                nowMillis + spec.expiry().toMillis(),
                nowMillis)));
    return true;
  }

  private void dropEnded(long nowMillis) {
    for (Claim claim : List.copyOf(byHash.values())) {
      if (!claim.isOpen(nowMillis)) {
        remove(claim);
      }
    }
  }

  private void remove(Claim claim) {
    store.apply(new Step.RemoveClaim(claim.tokenHash()));
  }

  synchronized boolean withdraw(String name) {
    for (Claim claim : byHash.values()) {
      if (claim.spec().name().equals(name)) {
        remove(claim);
        return true;
      }
    }
    return false;
  }

  List<ClaimView> list(long nowMillis) {
    return byHash.values().stream()
        .filter(claim -> claim.isOpen(nowMillis))
        .map(Claim::view)
        .sorted(Comparator.comparing(ClaimView::name))
        .toList();
  }

  /** The claim of a token, open or not; null where it is none. */
  @Nullable Claim find(String tokenHash) {
    return byHash.isEmpty() ? null : byHash.get(tokenHash);
  }

  /** Whether a device may be registered by it. */
  boolean hasUse(String tokenHash, long nowMillis) {
    Claim claim = byHash.get(tokenHash);
    return claim != null && claim.usesLeft() > 0 && claim.isOpen(nowMillis);
  }

  /** Takes one use for this device, and binds the claim to what it gave. */
  static List<Step> use(String device, Mark mark, long nowMillis) {
    return List.of(
        new Step.UseClaim(mark.claimHash()),
        new Step.MarkClaimed(
            new ClaimedDevice(device, mark.claimHash(), mark.issuedHash(), nowMillis)));
  }

  /**
   * Gives the device another token by the same claim; takes no use. Null where it has shown the one
   * before by now.
   */
  @Nullable List<Step> again(String device, Mark before, Mark next) {
    return before.equals(unsettled.get(device))
        ? List.of(new Step.ReissueClaimed(device, before.issuedHash(), next.issuedHash()))
        : null;
  }

  /** What a claim gave to a device that has not shown it yet; null where there is none. */
  @Nullable Mark mark(String device) {
    return unsettled.isEmpty() ? null : unsettled.get(device);
  }

  /**
   * The device has shown credentials of its own, or has been given others, or is gone: the claim is
   * of no use to it any more. Holds at once; no lock, the disk follows by {@link #sweep}.
   */
  void settle(String device) {
    Mark mark = unsettled.isEmpty() ? null : unsettled.remove(device);
    if (mark != null) {
      settled.put(device, mark);
    }
  }

  /**
   * Writes what was settled; later, where the disk fails. Blocks on the disk where there is any.
   */
  void sweep() {
    Map<String, Mark> batch = Map.copyOf(settled);
    if (batch.isEmpty()) {
      return;
    }
    try {
      delete(batch);
    } catch (StoreUnavailableException e) {
      LOG.debug("{} settled claims are still to be deleted: {}", batch.size(), e.getMessage());
      return; // the store tells of its trouble itself
    }
    batch.forEach(settled::remove);
  }

  private void delete(Map<String, Mark> batch) {
    List<Step> steps = new ArrayList<>(batch.size());
    batch.forEach((device, mark) -> steps.add(new Step.SettleClaimed(device, mark.issuedHash())));
    store.apply(steps);
  }
}
