package io.sluice.store.postgres;

import io.sluice.api.store.Step;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What this gateway has changed and has not read back yet, so that it takes its own changes for no
 * news, and older ones of others for none either. Not thread-safe.
 */
final class OwnChanges {
  /** Beyond that all is read back as news, which does no harm. */
  private static final int MAX = 200_000;

  private final Map<String, Long> revisions = new HashMap<>();

  /** What is being told of others at this moment, perhaps after a later own change. */
  private final Set<String> beingTold = new HashSet<>();

  private final Set<String> toldAgain = new HashSet<>();

  /** Has applied these with that revision. */
  void note(List<Step> steps, long revision) {
    if (revisions.size() + steps.size() > MAX) {
      clear();
      return;
    }
    for (Step step : steps) {
      String key = key(step);
      if (key != null) {
        revisions.put(key, revision);
        if (beingTold.contains(key)) {
          toldAgain.add(key);
        }
      }
    }
  }

  void forget(List<Step> steps) {
    steps.forEach(step -> revisions.remove(key(step)));
  }

  /** Whether what is read with that revision is known by this gateway's own change. */
  boolean has(Step read, long revision) {
    String key = key(read);
    Long own = key == null ? null : revisions.get(key);
    return own != null
        && (own > revision || (own == revision && !toldAgain.contains(String.valueOf(key))));
  }

  /** All up to that revision has been read. */
  void readUpTo(long revision) {
    if (!revisions.isEmpty()) {
      revisions
          .entrySet()
          .removeIf(each -> {
            boolean isRead = each.getValue() <= revision;
            if (isRead) {
              toldAgain.remove(each.getKey());
            }
            return isRead;
          });
    }
  }

  /** These are told from now on, until {@link #told}. */
  void telling(List<Step> steps) {
    for (Step step : steps) {
      String key = key(step);
      if (key != null) {
        beingTold.add(key);
      }
    }
  }

  void told() {
    beingTold.clear();
  }

  /** Whether any of these is being told. */
  boolean isTelling(List<Step> steps) {
    return !beingTold.isEmpty()
        && steps.stream().map(OwnChanges::key).anyMatch(beingTold::contains);
  }

  void clear() {
    revisions.clear();
    toldAgain.clear();
  }

  private static @Nullable String key(Step step) {
    return switch (step) {
      case Step.InsertDevice insert -> "device " + insert.device().id();
      case Step.UpdateDevice update -> "device " + update.after().id();
      case Step.SaveDevice save -> "device " + save.device().id();
      case Step.RemoveDevice remove -> "device " + remove.device();
      case Step.BarDevice bar -> "barred " + bar.device();
      case Step.UnbarDevice unbar -> "barred " + unbar.device();
      case Step.SaveClaim save -> "claim " + save.claim().tokenHash();
      case Step.RemoveClaim remove -> "claim " + remove.tokenHash();
      case Step.UseClaim use -> "claim " + use.tokenHash();
      case Step.MarkClaimed mark -> "claimed " + mark.device().device();
      case Step.ReissueClaimed again -> "claimed " + again.device();
      case Step.SettleClaimed settle -> "claimed " + settle.device();
      default -> null; // of this gateway alone
    };
  }
}
