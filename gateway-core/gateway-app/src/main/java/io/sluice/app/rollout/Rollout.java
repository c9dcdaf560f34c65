package io.sluice.app.rollout;

import io.sluice.api.GatewayTime;
import io.sluice.api.audit.AuditEvent;
import io.sluice.api.audit.AuditTrail;
import io.sluice.api.fleet.ConfigurationStore;
import io.sluice.api.fleet.ConfigurationStore.Offer;
import io.sluice.api.fleet.ConfigurationStore.Step;
import io.sluice.api.fleet.ConfigurationStore.Version;
import io.sluice.api.operator.ConfigurationService;
import io.sluice.api.operator.ConfigurationService.Reload;
import io.sluice.api.operator.ConfigurationService.Result;
import io.sluice.api.operator.Operations;
import io.sluice.api.operator.RolloutView;
import io.sluice.api.operator.UpstreamService.ParkedView;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.cli.config.GatewayFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Takes over what the fleet pushes for this gateway: checked, on trial, confirmed or taken back.
 * What takes effect with a restart only is tried by the next start of the process; see {@link
 * TrialStart}. All of it goes on without the fleet's store: only what is new, and what is to be
 * told, waits.
 *
 * <p>{@link #run} is called every second by one thread of its own: it waits for the store, the disk
 * and the reload. {@link #look} may be called by any.
 */
public final class Rollout implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Rollout.class);
  private static final long LOOK_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int DETAIL_MAX = 2_000;
  private static final String ACTION = "config.pushed";

  /**
   * Which gateway it is.
   *
   * @param file the configuration of the box
   * @param restart ends the process in order, to be started again; null where nobody would start it
   */
  public record Box(
      String id, @Nullable String region, Path file, Path data, @Nullable Runnable restart) {}

  private final Box box;
  private final ConfigurationStore store;
  private final Operations gateway;
  private final AuditTrail audit;
  private final GatewayTime time;
  private final RolloutFolder folder;
  private final RolloutState state;
  private final Trial trial = new Trial();
  private volatile boolean isWanted = true;
  private volatile RolloutView view;
  private boolean isEnding; // of the one thread that runs it
  private long lookedNanos;

  public Rollout(
      Box box, ConfigurationStore store, Operations gateway, AuditTrail audit, GatewayTime time)
      throws IOException {
    this.box = box;
    this.store = store;
    this.gateway = gateway;
    this.audit = audit;
    this.time = time;
    this.folder = RolloutFolder.open(box.data());
    this.state = folder.state();
    if (state.onTrial() != 0) {
      resume();
    }
    this.view = viewed();
  }

  /** The gateway has started for a trial: what is measured begins now. */
  private void resume() throws IOException {
    Pulse now = Pulse.of(gateway, time.nanoTime().getAsLong());
    trial.begin(state.baseline(), now, state.trialSeconds());
    begun();
  }

  /** How it stands. May be called by any thread. */
  public RolloutView view() {
    return view;
  }

  /** Something may be new: the next turn asks. */
  public void look() {
    isWanted = true;
  }

  @Override
  public void run() {
    if (isEnding) {
      return; // the process ends; what there is to tell is told by the next
    }
    long now = time.nanoTime().getAsLong();
    trial.see(Pulse.counted(gateway, now));
    try {
      note();
      if (trial.isOver(now)) {
        end(Pulse.of(gateway, now));
      } else if (!trial.isUnderWay() && isDue(now)) {
        take(now);
      }
      note();
      view = viewed();
      if (!isEnding) {
        forget();
      }
      tell();
    } catch (IOException e) {
      LOG.error("configuration of the fleet: {}; tried again in a minute", e.getMessage());
    } catch (StoreUnavailableException e) {
      isWanted = false; // the fleet's own line says why; a look a minute goes on
    }
    if (isEnding) {
      restart();
    }
  }

  private void restart() {
    Runnable restart = box.restart();
    if (restart == null) { // allowed when the trial began, and not any more
      LOG.error("the configuration before holds with a restart of this gateway, which is due");
    } else {
      restart.run();
    }
  }

  private boolean isDue(long nanos) {
    if (isWanted || nanos - lookedNanos >= LOOK_NANOS) {
      isWanted = false;
      lookedNanos = nanos;
      return true;
    }
    return false;
  }

  private void take(long now) throws IOException {
    Offer offer = store.newest(box.id(), box.region(), state.known());
    if (offer == null) {
      return;
    }
    Pulse before = Pulse.of(gateway, now);
    Version version = offer.version();
    Path pushed;
    try {
      pushed = folder.write(version.version(), offer.files());
    } catch (IOException e) {
      refuse(version, e.getMessage() == null ? e.toString() : e.getMessage());
      return;
    }
    StringWriter said = new StringWriter();
    if (GatewayFiles.load(box.file(), pushed, new PrintWriter(said, true)) == null) {
      refuse(version, said.toString().strip());
      return;
    }
    folder.tryOut(version.version(), version.by(), version.trialSeconds(), upstreams());
    ConfigurationService configuration = gateway.configuration();
    List<String> restart = configuration.reload(who(), null, true).restart();
    if (!restart.isEmpty()) {
      takeByRestart(version, trial.before(before), String.join(", ", restart));
      return;
    }
    Reload reload = configuration.reload(who(), null, false);
    if (reload.result() == Result.BUSY) {
      folder.putBack();
      return; // and is looked at again in a minute
    }
    if (reload.result() == Result.REFUSED) {
      refuse(version, String.join("\n", reload.faults()));
      return;
    }
    trial.begin(before, version.trialSeconds());
    begun();
  }

  /** Names of upstreams that have a place in the spool. */
  private Set<String> upstreams() {
    Set<String> names = new TreeSet<>();
    gateway.upstreams().forEach(each -> names.add(each.name()));
    gateway.upstreamService().parked().forEach(each -> names.add(each.name()));
    return names;
  }

  /** Gives up the places of upstreams that a trial alone had: nobody will ever take from there. */
  private void forget() throws IOException {
    Set<String> stay = state.forgetBut();
    if (stay == null) {
      return;
    }
    for (ParkedView each : gateway.upstreamService().parked()) {
      if (!stay.contains(each.name())) {
        var _ = gateway.upstreamService().forget(each.name());
        LOG.info(
            "upstream {} was of a configuration that was taken back: its place is given up",
            each.name());
      }
    }
    state.forgotten();
    state.save();
  }

  private void takeByRestart(Version version, Baseline before, String keys) throws IOException {
    if (!version.restart()) {
      refuse(version, "takes effect with a restart only: " + keys + "; push it with --restart");
    } else if (box.restart() == null) {
      refuse(
          version,
          "takes effect with a restart only: "
              + keys
              + "; nothing is known to start this gateway again: see fleet.configuration.restart");
    } else {
      folder.restarting(before, cut("restarts for " + keys), nowMicros());
      isEnding = true;
    }
  }

  private void begun() throws IOException {
    long now = nowMicros();
    folder.taken(now + TimeUnit.SECONDS.toMicros(state.trialSeconds()), now);
  }

  private void end(Pulse now) throws IOException {
    long version = state.onTrial();
    boolean isByRestart = state.isByRestart();
    List<String> missing = trial.end(now);
    if (missing.isEmpty()) {
      folder.confirm(nowMicros());
      return;
    }
    folder.goBack(cut(String.join("; ", missing)), nowMicros());
    if (isByRestart) {
      isEnding = true;
      return;
    }
    Reload back = gateway.configuration().reload(who(), null, false);
    if (back.result() == Result.REFUSED || back.result() == Result.BUSY) {
      LOG.error(
          "the configuration before {} is linked again but not read ({}): sluice reload, or a"
              + " restart, takes it",
          version,
          back.faults().isEmpty() ? "another reload is under way" : back.faults().getFirst());
    }
  }

  private void refuse(Version version, String why) throws IOException {
    folder.refuse(version.version(), version.by(), cut(why), nowMicros());
  }

  private long nowMicros() {
    return TimeUnit.MILLISECONDS.toMicros(time.clock().millis());
  }

  private String who() {
    return "fleet: " + state.by();
  }

  /** Has the log and the audit log say what became of a version. */
  private void note() throws IOException {
    RolloutState.Last what = state.unnoted();
    if (what == null) {
      return;
    }
    boolean isWell = what.step() == Step.ON_TRIAL || what.step() == Step.CONFIRMED;
    String detail =
        switch (what.step()) {
          case ON_TRIAL ->
              what.detail().isEmpty()
                  ? "on trial for " + state.trialSeconds() + " s"
                  : what.detail();
          case CONFIRMED -> "confirmed";
          case RETURNED -> "taken back: " + what.detail();
          case REFUSED -> what.detail();
        };
    LOG.atLevel(isWell ? Level.INFO : Level.ERROR)
        .log("configuration {} of the fleet, by {}: {}", what.version(), what.by(), detail);
    audit.record(
        new AuditEvent(
            ACTION,
            "fleet: " + what.by(),
            null,
            "configuration " + what.version(),
            isWell ? AuditEvent.Result.DONE : AuditEvent.Result.REFUSED,
            cut(detail)));
    state.noted();
    state.save();
  }

  private RolloutView viewed() throws IOException {
    RolloutState.Last last = state.last();
    long holds = folder.current();
    if (last == null) {
      return new RolloutView(0, holds, RolloutView.NONE, null, null, null, null);
    }
    boolean isOnTrial = last.step() == Step.ON_TRIAL;
    return new RolloutView(
        last.version(),
        holds,
        switch (last.step()) {
          case ON_TRIAL -> state.untilMicros() == 0 ? RolloutView.RESTARTING : RolloutView.ON_TRIAL;
          case CONFIRMED -> RolloutView.CONFIRMED;
          case RETURNED -> RolloutView.RETURNED;
          case REFUSED -> RolloutView.REFUSED;
        },
        last.by(),
        last.sinceMicros(),
        isOnTrial && state.untilMicros() != 0 ? state.untilMicros() : null,
        last.detail().isEmpty() ? null : last.detail());
  }

  private static String cut(String text) {
    return text.length() <= DETAIL_MAX ? text : text.substring(0, DETAIL_MAX) + "...";
  }

  private void tell() throws IOException {
    RolloutState.Last what = state.untold();
    if (what != null) {
      store.tell(box.id(), what.version(), what.step(), what.detail());
      state.told(what);
      state.save();
    }
  }
}
