package io.sluice.fleet.alarm;

import io.sluice.api.Following;
import io.sluice.api.operator.AlarmService;
import io.sluice.fleet.alarm.Acknowledgements.Act;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The alarm book of the fleet: the alarms of all gateways, and what operators did with them here.
 * Thread-safe; blocks as long as an instance may take to answer.
 */
public final class FleetAlarms implements AlarmService {
  private static final List<String> RANKED =
      List.of("Unknown", "Minor", "Moderate", "Severe", "Extreme");
  private static final long FRESH_MICROS = 1_000_000;

  /** Has an act written to the topic that all instances read, before it returns. */
  public interface Writer {
    void write(String key, byte[] value);
  }

  private final Supplier<List<AlarmView>> books;
  private final Acknowledgements acts;
  private final Writer writer;
  private final Clock clock;
  private volatile @Nullable Looked looked;

  private record Looked(long at, List<AlarmView> alarms) {}

  /**
   * @param books asks all partitions for their alarms
   */
  public FleetAlarms(
      Supplier<List<AlarmView>> books, Acknowledgements acts, Writer writer, Clock clock) {
    this.books = books;
    this.acts = acts;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public boolean isOfFleet() {
    return true;
  }

  private long nowMicros() {
    return clock.millis() * 1_000;
  }

  /** As the gateways' books say it; at most a second old. */
  private synchronized List<AlarmView> told() {
    Looked known = looked;
    long now = nowMicros();
    if (known == null || now < known.at || now - known.at >= FRESH_MICROS) {
      known = new Looked(now, books.get());
      looked = known;
    }
    return known.alarms;
  }

  private Stream<AlarmView> all() {
    return told().stream().map(acts::over);
  }

  @Override
  public Found find(Filter filter) {
    List<AlarmView> wanted =
        all().filter(alarm -> takes(filter, alarm)).sorted(order(filter)).toList();
    int from = filter.after() == null ? 0 : place(filter.after(), wanted);
    List<AlarmView> page = wanted.subList(from, Math.min(wanted.size(), from + filter.limit()));
    boolean isLast = from + page.size() >= wanted.size();
    Map<String, Long> severities =
        wanted.stream()
            .collect(
                Collectors.groupingBy(
                    AlarmView::severity, LinkedHashMap::new, Collectors.counting()));
    return new Found(
        List.copyOf(page), isLast ? null : cursor(page.getLast()), wanted.size(), severities);
  }

  private static String cursor(AlarmView last) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Long.toHexString(last.id()).getBytes(StandardCharsets.US_ASCII));
  }

  /** Where the page after that one begins; at the beginning where that alarm is gone. */
  private static int place(String after, List<AlarmView> wanted) {
    String text = new String(Base64.getUrlDecoder().decode(after), StandardCharsets.US_ASCII);
    long id = Long.parseUnsignedLong(text, 16);
    for (int i = 0; i < wanted.size(); i++) {
      if (wanted.get(i).id() == id) {
        return i + 1;
      }
    }
    return 0;
  }

  private static boolean takes(Filter filter, AlarmView alarm) {
    String text = filter.text();
    return filter.states().contains(alarm.state())
        && (filter.severities().isEmpty() || filter.severities().contains(alarm.severity()))
        && (filter.kinds().isEmpty() || filter.kinds().contains(alarm.kind()))
        && (filter.sector() == null || filter.sector().equals(alarm.sector()))
        && (filter.site() == null || filter.site().equals(alarm.site()))
        && (filter.gateway() == null || filter.gateway().equals(alarm.gateway()))
        && (filter.device() == null || filter.device().equals(alarm.device()))
        && (text == null || searched(alarm).contains(text.toLowerCase(Locale.ROOT)));
  }

  private static String searched(AlarmView alarm) {
    return String.join(
            "\n",
            alarm.name(),
            alarm.point(),
            alarm.text(),
            String.valueOf(alarm.device()),
            alarm.site(),
            String.valueOf(alarm.gateway()),
            alarm.note() == null ? "" : alarm.note())
        .toLowerCase(Locale.ROOT);
  }

  private static Comparator<AlarmView> order(Filter filter) {
    Comparator<AlarmView> by =
        switch (filter.sort()) {
          case RAISED -> Comparator.comparingLong(AlarmView::raisedMicros);
          case SEVERITY -> Comparator.comparingInt(alarm -> RANKED.indexOf(alarm.severity()));
          case STATE -> Comparator.comparing(AlarmView::state);
          case SITE -> Comparator.comparing(AlarmView::site);
          case DEVICE -> Comparator.comparing(alarm -> String.valueOf(alarm.device()));
          case NAME -> Comparator.comparing(AlarmView::name);
        };
    Comparator<AlarmView> newest =
        Comparator.comparingLong(AlarmView::raisedMicros)
            .thenComparingLong(AlarmView::id)
            .reversed();
    return (filter.isDescending() ? by.reversed() : by).thenComparing(newest);
  }

  @Override
  public @Nullable AlarmView get(long id) {
    return all().filter(alarm -> alarm.id() == id).findFirst().orElse(null);
  }

  @Override
  public @Nullable AlarmView acknowledge(long id, String by, @Nullable String note) {
    return act(id, State.ACKNOWLEDGED, by, note);
  }

  @Override
  public @Nullable AlarmView clear(long id, String by, @Nullable String note) {
    return act(id, State.CLEARED, by, note);
  }

  private @Nullable AlarmView act(long id, State wanted, String by, @Nullable String note) {
    AlarmView alarm = get(id);
    if (alarm == null || alarm.state() == State.CLEARED) {
      return alarm;
    }
    Act act = new Act(wanted, by, note, nowMicros());
    String key = Acknowledgements.key(Objects.requireNonNullElse(alarm.gateway(), ""), id);
    writer.write(key, Acknowledgements.write(alarm, act));
    acts.put(id, act); // it comes by the topic too, which changes nothing more
    return acts.over(alarm);
  }

  @Override
  public Figures figures() {
    return new Figures(Map.of(), 0, Map.of());
  }

  @Override
  public Counts counts() {
    Map<State, Long> by =
        all().collect(Collectors.groupingBy(AlarmView::state, Collectors.counting()));
    return new Counts(by.getOrDefault(State.ACTIVE, 0L), by.getOrDefault(State.ACKNOWLEDGED, 0L));
  }

  @Override
  public Map<String, Long> severities() {
    Map<String, Long> counts = new LinkedHashMap<>();
    RANKED.reversed().forEach(severity -> counts.put(severity, 0L));
    all()
        .filter(alarm -> alarm.state() != State.CLEARED)
        .forEach(alarm -> counts.merge(alarm.severity(), 1L, Long::sum));
    return counts;
  }

  /** Nobody is told: who looks asks. */
  @Override
  public Following follow(Consumer<Counts> listener) {
    throw new UnsupportedOperationException("counts of the fleet's alarms are asked for");
  }
}
