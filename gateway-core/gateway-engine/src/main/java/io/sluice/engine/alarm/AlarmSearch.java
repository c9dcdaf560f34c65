package io.sluice.engine.alarm;

import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Filter;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.api.operator.AlarmService.Sort;
import io.sluice.api.operator.AlarmService.State;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of a {@link Filter}. A page begins after a row, not after a number of rows: what is
 * raised while somebody turns pages neither shows a row twice nor hides one. Immutable.
 */
final class AlarmSearch {
  /** How grave a severity of CAP 1.2 is, as SQL. */
  static final String RANK =
      "CASE severity WHEN 'Extreme' THEN 4 WHEN 'Severe' THEN 3 WHEN 'Moderate' THEN 2"
          + " WHEN 'Minor' THEN 1 ELSE 0 END";

  private static final List<String> RANKED =
      List.of("Unknown", "Minor", "Moderate", "Severe", "Extreme");
  private static final String STATE_RANK =
      "CASE state WHEN 'active' THEN 0 WHEN 'acknowledged' THEN 1 ELSE 2 END";

  /** Between the parts of a cursor; the one that may be any text comes last. */
  private static final char PART = '\0';

  /** One column of the order, and its value of a row. */
  private record Term(String sql, boolean isDescending, Function<AlarmView, Object> value) {}

  private final Filter filter;
  private final List<Term> order;
  private final String where;
  private final List<Object> values = new ArrayList<>();
  private final List<Object> after;

  private AlarmSearch(Filter filter) {
    this.filter = filter;
    this.order = order(filter.sort(), filter.isDescending());
    this.after = filter.after() == null ? List.of() : parse(filter.after());
    this.where = where();
  }

  /**
   * @throws IllegalArgumentException where the cursor is not of this order
   */
  static AlarmSearch of(Filter filter) {
    return new AlarmSearch(filter);
  }

  private static List<Term> order(Sort sort, boolean isDescending) {
    Term raised = new Term("raised", true, AlarmView::raisedMicros);
    Term id = new Term("id", true, AlarmView::id);
    return switch (sort) {
      case RAISED ->
          List.of(
              new Term("raised", isDescending, AlarmView::raisedMicros),
              new Term("id", isDescending, AlarmView::id));
      case SEVERITY ->
          List.of(new Term(RANK, isDescending, view -> (long) rank(view.severity())), raised, id);
      case STATE ->
          List.of(
              new Term(STATE_RANK, isDescending, view -> (long) view.state().ordinal()),
              raised,
              id);
      case SITE -> List.of(new Term("site", isDescending, AlarmView::site), raised, id);
      case DEVICE ->
          List.of(
              new Term("device", isDescending, view -> view.device() == null ? "" : view.device()),
              raised,
              id);
      case NAME -> List.of(new Term("name", isDescending, AlarmView::name), raised, id);
    };
  }

  private static int rank(String severity) {
    return Math.max(0, RANKED.indexOf(severity));
  }

  private String where() {
    StringJoiner all = new StringJoiner(" AND ");
    if (!filter.states().contains(State.CLEARED)) {
      all.add("state <> 'cleared'"); // word for word as the index of what is open has it
    }
    all.add(in("state", filter.states().stream().map(State::label).toList()));
    if (!filter.severities().isEmpty()) {
      all.add(in("severity", filter.severities()));
    }
    if (!filter.kinds().isEmpty()) {
      all.add(in("kind", filter.kinds().stream().map(Kind::label).toList()));
    }
    equal(all, "sector", filter.sector());
    equal(all, "site", filter.site());
    equal(all, "device", filter.device());
    if (filter.text() != null) {
      all.add(
          "(name || char(10) || point || char(10) || text || char(10) || device || char(10) || site || char(10)"
              + " || coalesce(note, '')) LIKE ? ESCAPE '\\'");
      values.add('%' + filter.text().replaceAll("[\\\\%_]", "\\\\$0") + '%');
    }
    return all.toString();
  }

  private String in(String column, List<String> any) {
    values.addAll(any);
    return column + " IN (" + String.join(",", Collections.nCopies(any.size(), "?")) + ")";
  }

  private void equal(StringJoiner all, String column, @Nullable String value) {
    if (value != null) {
      all.add(column + " = ?");
      values.add(value);
    }
  }

  /** The rows of the page, and one more where there is a next one. */
  String page() {
    StringJoiner by = new StringJoiner(", ");
    order.forEach(term -> by.add(term.sql() + (term.isDescending() ? " DESC" : " ASC")));
    String begin = after.isEmpty() ? "" : " AND (" + afterCursor() + ")";
    return "SELECT * FROM alarm WHERE " + where + begin + " ORDER BY " + by + " LIMIT ?";
  }

  /** Greater in one column, and equal in those before it. */
  private String afterCursor() {
    StringJoiner any = new StringJoiner(" OR ");
    for (int column = 0; column < order.size(); column++) {
      StringJoiner all = new StringJoiner(" AND ", "(", ")");
      for (int equal = 0; equal < column; equal++) {
        all.add(order.get(equal).sql() + " = ?");
      }
      Term term = order.get(column);
      any.add(all.add(term.sql() + (term.isDescending() ? " < ?" : " > ?")).toString());
    }
    return any.toString();
  }

  Object[] pageValues() {
    List<Object> all = new ArrayList<>(values);
    for (int column = 0; column < after.size(); column++) {
      all.addAll(after.subList(0, column + 1));
    }
    all.add(filter.limit() + 1);
    return all.toArray();
  }

  /** How many rows there are on all pages, by severity. */
  String counts() {
    return "SELECT severity, count(*) FROM alarm WHERE " + where + " GROUP BY severity";
  }

  Object[] values() {
    return values.toArray();
  }

  /** Where the page after that row begins. */
  String cursor(AlarmView last) {
    StringJoiner parts = new StringJoiner(String.valueOf(PART)).add(kindOfOrder());
    order.reversed().forEach(term -> parts.add(term.value().apply(last).toString()));
    byte[] bytes = parts.toString().getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private String kindOfOrder() {
    return filter.sort().label() + (filter.isDescending() ? "-" : "+");
  }

  private List<Object> parse(String cursor) {
    String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    String[] parts = text.split(String.valueOf(PART), order.size() + 1);
    if (parts.length != order.size() + 1 || !parts[0].equals(kindOfOrder())) {
      throw new IllegalArgumentException("after is not of a page in this order");
    }
    List<Object> found = new ArrayList<>();
    for (int column = 0; column < order.size(); column++) {
      String part = parts[order.size() - column];
      found.add(isText(column) ? part : (Object) Long.valueOf(part));
    }
    return found;
  }

  private boolean isText(int column) {
    return column == 0
        && switch (filter.sort()) {
          case SITE, DEVICE, NAME -> true;
          case RAISED, SEVERITY, STATE -> false;
        };
  }
}
