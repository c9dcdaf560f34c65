package io.sluice.app;

import io.sluice.api.operator.Operations.CertificateView;
import io.sluice.api.tls.FileWatch;
import io.sluice.cli.config.CertificateFiles;
import io.sluice.cli.config.CertificateFiles.Looked;
import io.sluice.cli.config.CertificateFiles.Warned;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which certificates and revocation lists of the running gateway end soon, have ended, or are
 * not what they should be: when it begins to be so, at the start too, and each day while it lasts.
 * Run each minute by one thread; reads the files where they have changed, and once an hour.
 */
final class CertificateWatch implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);
  private static final Duration LOOK = Duration.ofHours(1);
  private static final Duration SAY_AGAIN = Duration.ofDays(1);

  private final CertificateFiles files;
  private final Clock clock;
  private final FileWatch changes;
  private @Nullable Instant looked;
  private Map<String, Instant> said = Map.of();
  private volatile List<CertificateView> views = List.of();

  CertificateWatch(CertificateFiles files, Clock clock) {
    this.files = files;
    this.clock = clock;
    this.changes = new FileWatch(files.files());
  }

  /** As of the last look. Any thread. */
  List<CertificateView> views() {
    return views;
  }

  @Override
  public void run() {
    Instant now = clock.instant();
    Instant last = looked;
    boolean isDue = last == null || !last.plus(LOOK).isAfter(now);
    if (changes.changed() || isDue) {
      looked = now;
      Looked found = files.look(now);
      views = found.views();
      say(found.warnings(), now);
    }
  }

  private void say(List<Warned> warnings, Instant now) {
    Map<String, Instant> lasting = new HashMap<>();
    for (Warned warned : warnings) {
      Instant before = said.get(warned.text());
      if (before == null || !before.plus(SAY_AGAIN).isAfter(now)) {
        LOG.warn("{}", warned.text());
        lasting.put(warned.text(), now);
      } else {
        lasting.put(warned.text(), before);
      }
    }
    said = lasting;
  }
}
