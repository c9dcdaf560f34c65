package io.sluice.engine.alarm.watch;

import io.sluice.api.Cap;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.api.operator.CoverageService;
import io.sluice.engine.alarm.AlarmBook;
import io.sluice.engine.alarm.AlarmSettings.CoverageAlarm;
import io.sluice.engine.alarm.AlarmSettings.Figure;
import io.sluice.engine.alarm.Signal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Raises one alarm for each site whose coverage stays below a threshold for the hold time, and
 * clears it when coverage has stayed at the threshold plus the hysteresis or above for as long.
 * What is between the two, and a site of which nothing is expected (no ratio), changes nothing and
 * begins the hold time anew. A site that is gone is cleared. On the alarm thread.
 */
public final class SiteCoverageRule implements Runnable {
  private static final Cap CAP = new Cap("Moderate", "Expected", "Likely", "Actual");
  private static final int EACH_TICKS = 10;

  /** The present figures. Called on the alarm thread each 10 s. */
  @FunctionalInterface
  public interface Ratios {
    List<SiteRatio> now();
  }

  /**
   * @param ratio 0 to 1; null where nothing is expected
   */
  public record SiteRatio(String sector, String site, @Nullable Double ratio) {}

  /**
   * @param ratio what is looked at, for the alarm's text: {@code completeness over 1h}
   * @param below threshold, 0 to 1
   * @param hysteresis by how much coverage must pass the threshold before an alarm is cleared
   */
  public record Threshold(String ratio, double below, double hysteresis, long holdNanos) {}

  private final AlarmBook book;
  private final Threshold threshold;
  private final Ratios ratios;
  private final LongSupplier nanoTime;

  /** Sites with an open alarm, by the alarm's name. */
  private final Set<String> open = new HashSet<>();

  /** Since when a site's figures ask for a change of its alarm. */
  private final Map<String, Long> since = new HashMap<>();

  private long ticks;

  /** By the figures that the coverage engine worked out last. */
  public static SiteCoverageRule of(
      AlarmBook book, CoverageAlarm settings, CoverageService coverage, LongSupplier nanoTime) {
    CoverageService.Window window = settings.window();
    Threshold threshold =
        new Threshold(
            settings.figure().name().toLowerCase(Locale.ROOT) + " (" + window.label() + ")",
            settings.below() / 100.0,
            settings.hysteresis() / 100.0,
            settings.hold().toNanos());
    return new SiteCoverageRule(
        book,
        threshold,
        () ->
            coverage.latest(window, CoverageService.By.SITE).groups().stream()
                .map(group -> ratio(group, settings.figure()))
                .toList(),
        nanoTime);
  }

  private static SiteRatio ratio(CoverageService.Group group, Figure figure) {
    Double ratio =
        switch (figure) {
          case CONNECTION -> group.connection();
          case REPORTING -> group.reportingRatio();
          case COMPLETENESS -> group.completeness();
          case VALIDITY -> group.validity();
          case EFFECTIVE -> group.effective();
          case TIMELINESS -> group.timeliness();
        };
    return new SiteRatio(String.valueOf(group.sector()), String.valueOf(group.site()), ratio);
  }

  public SiteCoverageRule(
      AlarmBook book, Threshold threshold, Ratios ratios, LongSupplier nanoTime) {
    this.book = book;
    this.threshold = threshold;
    this.ratios = ratios;
    this.nanoTime = nanoTime;
  }

  @Override
  public void run() {
    if (ticks++ % EACH_TICKS == 0) {
      judge();
    }
  }

  void judge() {
    Map<String, AlarmView> stale = opened();
    Set<String> seen = new HashSet<>();
    for (SiteRatio each : ratios.now()) {
      String name = name(each);
      seen.add(name);
      stale.remove(name);
      judge(each, name);
    }
    since.keySet().retainAll(seen);
    stale.forEach(
        (name, alarm) -> report(alarm.sector(), alarm.site(), name, true, "site is gone"));
  }

  private Map<String, AlarmView> opened() {
    Map<String, AlarmView> byName = new HashMap<>();
    for (AlarmView alarm : book.open(Kind.COVERAGE)) {
      byName.put(alarm.name(), alarm);
    }
    open.clear();
    open.addAll(byName.keySet());
    return byName;
  }

  private void judge(SiteRatio site, String name) {
    Double ratio = site.ratio();
    boolean isOpen = open.contains(name);
    if (ratio == null
        || (isOpen
            ? ratio < Math.min(1, threshold.below() + threshold.hysteresis())
            : ratio >= threshold.below())) {
      since.remove(name);
      return;
    }
    long now = nanoTime.getAsLong();
    Long first = since.putIfAbsent(name, now);
    if (now - (first == null ? now : first) >= threshold.holdNanos()) {
      since.remove(name);
      report(site.sector(), site.site(), name, isOpen, text(ratio));
    }
  }

  private String text(double ratio) {
    return String.format(
        Locale.ROOT,
        "%s is %.1f %%, threshold %.1f %%",
        threshold.ratio(),
        ratio * 100,
        threshold.below() * 100);
  }

  private static String name(SiteRatio site) {
    return "coverage " + site.sector() + "/" + site.site();
  }

  private void report(String sector, String site, String name, boolean isOver, String text) {
    book.report(
        List.of(new Signal(Kind.COVERAGE, "", sector, site, "", name, CAP, isOver, 0, text)));
  }
}
