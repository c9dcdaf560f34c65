package io.sluice.app.rollout;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A start of the gateway with a configuration of the fleet that takes effect with a start only. It
 * has this one try: a start that fails, and a process that ends before the trial does, end it, and
 * the configuration before holds from the next start on.
 *
 * <p>Used by the thread that starts the gateway, before there is a {@link Rollout}.
 */
public final class TrialStart {
  private static final Logger LOG = LoggerFactory.getLogger(TrialStart.class);

  /** Beyond the time of the trial: a start may read a large spool. Tests have it shorter. */
  private static final int GRACE_SECONDS = Integer.getInteger("sluice.trial-start-seconds", 60);

  private static final int REASON_MAX = 2_000;

  private final RolloutFolder folder;
  private final long version;

  private TrialStart(RolloutFolder folder) {
    this.folder = folder;
    this.version = folder.state().onTrial();
  }

  /**
   * What a start finds, before the configuration is read: a version that waits for this start is on
   * trial with it; one whose trial the end of the process cut short is taken back.
   *
   * @return null where the start is no trial
   */
  public static @Nullable TrialStart at(Path data) throws IOException {
    if (!RolloutFolder.isThere(data)) {
      return null;
    }
    TrialStart start = new TrialStart(RolloutFolder.open(data));
    RolloutState state = start.folder.state();
    if (state.onTrial() == 0) {
      return null;
    }
    if (state.isByRestart() && !state.isStarted()) {
      start.folder.starting();
      LOG.info("configuration {} of the fleet is on trial with this start", start.version);
      return start;
    }
    start.goBack("the gateway ended during the trial");
    return null;
  }

  /** Within so many seconds the gateway has to take messages. */
  public int secondsToStart() {
    return folder.state().trialSeconds() + GRACE_SECONDS;
  }

  /** The gateway does not start so: the configuration before holds again. */
  public void failed(String why) throws IOException {
    goBack(
        "the gateway does not start with it: "
            + (why.length() > REASON_MAX ? why.substring(0, REASON_MAX) + "..." : why));
  }

  private void goBack(String why) throws IOException {
    folder.goBack(why, TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()));
    LOG.warn("configuration {} of the fleet is taken back, the one before holds: {}", version, why);
  }
}
