package io.sluice.fleet.view;

import io.sluice.api.operator.CoverageService.Filter;
import io.sluice.api.operator.CoverageService.Window;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of every partition. All are asked of one moment, so that what they answer can be
 * summed.
 *
 * @param v the form of questions and answers, {@link #VERSION}
 * @param calendar by which days are told apart: a figure of another one cannot be summed with it
 * @param what which question
 * @param at the moment, microseconds since the epoch
 * @param worst whether the worst come first; else by id
 * @param limit how many rows at most
 * @param after the id after which to go on
 * @param id of one device
 */
public record PartQuestion(
    int v,
    String calendar,
    What what,
    long at,
    Window window,
    @Nullable String sector,
    @Nullable String site,
    @Nullable String model,
    @Nullable String search,
    @Nullable String gateway,
    boolean worst,
    int limit,
    @Nullable String after,
    @Nullable String id) {
  /** Changes with every question and answer that an instance of before would take otherwise. */
  static final int VERSION = 1;

  /** The questions that there are. */
  public enum What {
    FIGURES,
    TREND,
    ROWS,
    COUNT,
    DETAIL,
    DEVICES,
    ALARMS
  }

  static PartQuestion figures(long at, @Nullable String gateway) {
    return of(What.FIGURES, at, Window.HOUR, new Filter(null, null, null, null, gateway));
  }

  static PartQuestion of(What what, long at, Window window, Filter filter) {
    return rows(what, at, window, filter, false, 0, null);
  }

  static PartQuestion rows(
      What what,
      long at,
      Window window,
      Filter filter,
      boolean worst,
      int limit,
      @Nullable String after) {
    return new PartQuestion(
        VERSION,
        "",
        what,
        at,
        window,
        filter.sector(),
        filter.site(),
        filter.model(),
        filter.search(),
        filter.gateway(),
        worst,
        limit,
        after,
        null);
  }

  static PartQuestion device(long at, String id) {
    return one(What.DETAIL, at, id);
  }

  static PartQuestion registered(long at, String id) {
    return one(What.DEVICES, at, id);
  }

  private static PartQuestion one(What what, long at, String id) {
    return new PartQuestion(
        VERSION, "", what, at, Window.HOUR, null, null, null, null, null, false, 1, null, id);
  }

  /** The same as it goes to other instances. */
  PartQuestion by(String calendar) {
    return new PartQuestion(
        v, calendar, what, at, window, sector, site, model, search, gateway, worst, limit, after,
        id);
  }

  Filter filter() {
    return new Filter(sector, site, model, search, gateway);
  }
}
