package io.sluice.api.operator;

import io.sluice.api.Following;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The alarm book as operators see it. Thread-safe; may block on the database. Times are
 * microseconds since the epoch.
 */
public interface AlarmService {
  /** What raised an alarm. */
  enum Kind {
    /** The device itself, by a record of class alarm. */
    DEVICE,
    /** The gateway: nothing was heard of the device within its supervision interval. */
    SUPERVISION,
    /** The gateway: a site's coverage is below its threshold. */
    COVERAGE,
    /** The gateway, about itself. */
    GATEWAY;

    /** The name in the API, the database and in records. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Where an alarm is in its life. Clearing ends it, acknowledged or not. */
  enum State {
    ACTIVE,
    ACKNOWLEDGED,
    CLEARED;

    /** The name in the API, the database and in records. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a list of alarms is in the order of. */
  enum Sort {
    RAISED,
    SEVERITY,
    STATE,
    SITE,
    DEVICE,
    NAME;

    /** The name in the API. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the greatest comes first where nothing else is asked for. */
    public boolean isDescending() {
      return this == RAISED || this == SEVERITY;
    }
  }

  /**
   * Whether it is the book of a fleet: then it may be asked for the alarms of one gateway alone.
   */
  default boolean isOfFleet() {
    return false;
  }

  /**
   * A page of the alarms that the filter lets through.
   *
   * @throws IllegalArgumentException where {@link Filter#after} is not of a page in this order
   */
  Found find(Filter filter);

  /** The alarms of {@link #find}. */
  default List<AlarmView> list(Filter filter) {
    return find(filter).alarms();
  }

  /** The alarm of that id, or null where it never was or is gone from the book. */
  @Nullable AlarmView get(long id);

  /**
   * An operator has seen the alarm. Changes nothing but the note where it is not active any more.
   *
   * @param by who
   * @param note kept with the alarm, or null
   * @return the alarm as it is then, null where there is none
   */
  @Nullable AlarmView acknowledge(long id, String by, @Nullable String note);

  /** Ends an alarm by hand; as {@link #acknowledge}. Changes nothing where it is cleared. */
  @Nullable AlarmView clear(long id, String by, @Nullable String note);

  /** What became of alarms since the start; costs no query. */
  Figures figures();

  /** The open alarms; costs no query. */
  Counts counts();

  /**
   * The open alarms by severity (CAP 1.2), 0 where there is none. Costs a query; where the book
   * cannot be read, they are those of the last time.
   */
  Map<String, Long> severities();

  /** How often a device said of an alarm what is no known state, since the start. */
  default long unknownStates() {
    return 0;
  }

  /**
   * Has the listener told of the counts after each change, on the thread that made it; it must not
   * block. Closing the handle ends it.
   */
  Following follow(Consumer<Counts> listener);

  /**
   * Which alarms; null or empty is any.
   *
   * @param states not empty
   * @param severities CAP's names
   * @param text part of name, text, note, device or site; case counts for nothing in ASCII letters
   * @param isDescending of {@code sort}; alarms that are alike in it are newest first
   * @param after {@link Found#next} of the page before
   * @param limit 1 to 1,000
   * @param gateway in whose book they are; of a fleet alone
   */
  record Filter(
      List<State> states,
      List<String> severities,
      List<Kind> kinds,
      @Nullable String sector,
      @Nullable String site,
      @Nullable String device,
      @Nullable String text,
      Sort sort,
      boolean isDescending,
      @Nullable String after,
      int limit,
      @Nullable String gateway) {
    /** In whatever gateway's book. */
    public Filter(
        List<State> states,
        List<String> severities,
        List<Kind> kinds,
        @Nullable String sector,
        @Nullable String site,
        @Nullable String device,
        @Nullable String text,
        Sort sort,
        boolean isDescending,
        @Nullable String after,
        int limit) {
      this(
          states,
          severities,
          kinds,
          sector,
          site,
          device,
          text,
          sort,
          isDescending,
          after,
          limit,
          null);
    }

    /** The first page, newest first. */
    public Filter(
        List<State> states,
        @Nullable String sector,
        @Nullable String site,
        @Nullable String device,
        int limit) {
      this(
          states, List.of(), List.of(), sector, site, device, null, Sort.RAISED, true, null, limit);
    }
  }

  /**
   * A page of alarms.
   *
   * @param next where the next page begins, or null where this is the last
   * @param total alarms that the filter lets through, on all pages
   * @param severities the same by severity, those that have any
   */
  record Found(
      List<AlarmView> alarms, @Nullable String next, long total, Map<String, Long> severities) {}

  /**
   * What became of alarms since the start.
   *
   * @param leftOut by the bound that left them out of the book ({@code device}, {@code book}) or of
   *     what goes upstream ({@code outbox})
   * @param undelivered escalations that the webhook has yet to be told of, now
   * @param posts to the webhook: {@code delivered}, {@code refused} (each attempt that failed) and
   *     {@code given-up}
   */
  record Figures(Map<String, Long> leftOut, long undelivered, Map<String, Long> posts) {}

  /** Open alarms by state. */
  record Counts(long active, long acknowledged) {}

  /**
   * One alarm.
   *
   * @param device null where it is a site's or the gateway's own
   * @param point of the device, such as {@code 7} or {@code zone 3, address 5}; empty where the
   *     alarm is of the device as a whole
   * @param severity CAP 1.2: Extreme, Severe, Moderate, Minor or Unknown; so the next three
   * @param status Actual, Exercise or Test
   * @param clearedBy an operator, {@code device} or {@code gateway}
   * @param escalatedMicros when it had gone unacknowledged for too long, or null
   * @param notification of its escalation to the webhook: {@code waiting}, {@code delivered} or
   *     {@code failed}; null where there is none
   * @param notifiedMicros since when it waits, or when it was delivered or given up; else null
   * @param text what is the matter, in one sentence
   * @param note the operator's last, or null
   * @param gateway in whose book it is, where it is asked of a fleet; else null
   */
  record AlarmView(
      long id,
      @Nullable String device,
      String sector,
      String site,
      String model,
      Kind kind,
      String name,
      String point,
      String severity,
      String urgency,
      String certainty,
      String status,
      State state,
      long raisedMicros,
      @Nullable Long acknowledgedMicros,
      @Nullable String acknowledgedBy,
      @Nullable Long clearedMicros,
      @Nullable String clearedBy,
      @Nullable Long escalatedMicros,
      @Nullable String notification,
      @Nullable Long notifiedMicros,
      String text,
      @Nullable String note,
      @Nullable String gateway) {
    /** The same alarm with other words of who did what with it, as a fleet has beside a book. */
    public AlarmView withHandling(
        State handled,
        @Nullable Long acknowledged,
        @Nullable String acknowledger,
        @Nullable Long cleared,
        @Nullable String clearer,
        @Nullable String said) {
      return new AlarmView(
          id,
          device,
          sector,
          site,
          model,
          kind,
          name,
          point,
          severity,
          urgency,
          certainty,
          status,
          handled,
          raisedMicros,
          acknowledged,
          acknowledger,
          cleared,
          clearer,
          escalatedMicros,
          notification,
          notifiedMicros,
          text,
          said,
          gateway);
    }

    /** Of the gateway that is asked. */
    public AlarmView(
        long id,
        @Nullable String device,
        String sector,
        String site,
        String model,
        Kind kind,
        String name,
        String point,
        String severity,
        String urgency,
        String certainty,
        String status,
        State state,
        long raisedMicros,
        @Nullable Long acknowledgedMicros,
        @Nullable String acknowledgedBy,
        @Nullable Long clearedMicros,
        @Nullable String clearedBy,
        @Nullable Long escalatedMicros,
        @Nullable String notification,
        @Nullable Long notifiedMicros,
        String text,
        @Nullable String note) {
      this(
          id,
          device,
          sector,
          site,
          model,
          kind,
          name,
          point,
          severity,
          urgency,
          certainty,
          status,
          state,
          raisedMicros,
          acknowledgedMicros,
          acknowledgedBy,
          clearedMicros,
          clearedBy,
          escalatedMicros,
          notification,
          notifiedMicros,
          text,
          note,
          null);
    }
  }
}
