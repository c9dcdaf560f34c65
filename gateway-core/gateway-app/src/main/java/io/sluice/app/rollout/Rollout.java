package io.sluice.app.rollout;

import io.sluice.api.audit.AuditEvent;
import io.sluice.api.audit.AuditTrail;
import io.sluice.api.fleet.ConfigurationStore;
import io.sluice.api.fleet.ConfigurationStore.Offer;
import io.sluice.api.operator.ConfigurationService;
import io.sluice.api.operator.ConfigurationService.Reload;
import io.sluice.api.operator.ConfigurationService.Result;
import io.sluice.api.operator.Operations;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.cli.config.GatewayFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over what the fleet pushes for this gateway: checked, on trial, confirmed or taken back.
 * All of it goes on without the fleet's store: only what is new, and what is to be told, waits.
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
   */
  public record Box(String id, @Nullable String region, Path file, Path data) {}

  private final Box box;
  private final ConfigurationStore store;
  private final Operations gateway;
  private final AuditTrail audit;
  private final LongSupplier nanoTime;
  private final RolloutFolder folder;
  private final Trial trial = new Trial();
  private volatile boolean isWanted = true;
  private long lookedNanos;
  private String author = "";

  public Rollout(
      Box box,
      ConfigurationStore store,
      Operations gateway,
      AuditTrail audit,
      LongSupplier nanoTime)
      throws IOException {
    this.box = box;
    this.store = store;
    this.gateway = gateway;
    this.audit = audit;
    this.nanoTime = nanoTime;
    this.folder = RolloutFolder.open(box.data());
  }

  /**
   * Goes back from a trial that the end of the process cut short, before the configuration is read.
   *
   * @return whether it did
   */
  public static boolean returnFromTrial(Path data) throws IOException {
    if (!RolloutFolder.isThere(data)) {
      return false;
    }
    RolloutFolder folder = RolloutFolder.open(data);
    long version = folder.onTrial();
    if (version == 0) {
      return false;
    }
    folder.goBack("the gateway ended during the trial");
    LOG.warn(
        "configuration {} of the fleet was on trial when the gateway ended: the one before holds",
        version);
    return true;
  }

  /** Something may be new: the next turn asks. */
  public void look() {
    isWanted = true;
  }

  @Override
  public void run() {
    long now = nanoTime.getAsLong();
    trial.see(Pulse.counted(gateway, now));
    try {
      if (trial.isOver(now)) {
        end(Pulse.of(gateway, now));
      } else if (!trial.isUnderWay() && isDue(now)) {
        take(now);
      }
      tell();
    } catch (IOException e) {
      LOG.error("configuration of the fleet: {}; tried again in a minute", e.getMessage());
    } catch (StoreUnavailableException e) {
      isWanted = false; // the fleet's own line says why; a look a minute goes on
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
    Offer offer = store.newest(box.id(), box.region(), folder.known());
    if (offer == null) {
      return;
    }
    Pulse before = Pulse.of(gateway, now);
    long version = offer.version().version();
    author = offer.version().by();
    Path pushed;
    try {
      pushed = folder.write(version, offer.files());
    } catch (IOException e) {
      refuse(version, e.getMessage() == null ? e.toString() : e.getMessage());
      return;
    }
    StringWriter said = new StringWriter();
    if (GatewayFiles.load(box.file(), pushed, new PrintWriter(said, true)) == null) {
      refuse(version, said.toString().strip());
      return;
    }
    folder.tryOut(version);
    ConfigurationService configuration = gateway.configuration();
    List<String> restart = configuration.reload(who(), null, true).restart();
    if (!restart.isEmpty()) {
      refuse(
          version,
          "takes effect with a restart only: "
              + String.join(", ", restart)
              + "; change it at the box");
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
    folder.taken();
    trial.begin(before, offer.version().trialSeconds());
    note(AuditEvent.Result.DONE, version, "on trial for " + offer.version().trialSeconds() + " s");
  }

  private void end(Pulse now) throws IOException {
    long version = folder.onTrial();
    List<String> missing = trial.end(now);
    if (missing.isEmpty()) {
      folder.confirm();
      note(AuditEvent.Result.DONE, version, "confirmed");
      return;
    }
    String why = String.join("; ", missing);
    folder.goBack(cut(why));
    Reload back = gateway.configuration().reload(who(), null, false);
    note(AuditEvent.Result.REFUSED, version, "taken back: " + why);
    if (back.result() == Result.REFUSED || back.result() == Result.BUSY) {
      LOG.error(
          "the configuration before {} is linked again but not read ({}): sluice reload, or a"
              + " restart, takes it",
          version,
          back.faults().isEmpty() ? "another reload is under way" : back.faults().getFirst());
    }
  }

  private void refuse(long version, String why) throws IOException {
    folder.refuse(version, cut(why));
    note(AuditEvent.Result.REFUSED, version, why);
  }

  private String who() {
    return "fleet: " + author;
  }

  private void note(AuditEvent.Result result, long version, String detail) {
    if (result == AuditEvent.Result.DONE) {
      LOG.info("configuration {} of the fleet, by {}: {}", version, author, detail);
    } else {
      LOG.error("configuration {} of the fleet, by {}: {}", version, author, detail);
    }
    audit.record(
        new AuditEvent(ACTION, who(), null, "configuration " + version, result, cut(detail)));
  }

  private static String cut(String text) {
    return text.length() <= DETAIL_MAX ? text : text.substring(0, DETAIL_MAX) + "...";
  }

  private void tell() throws IOException {
    RolloutFolder.Untold what = folder.untold();
    if (what != null) {
      store.tell(box.id(), what.version(), what.step(), what.detail());
      folder.told(what);
    }
  }
}
