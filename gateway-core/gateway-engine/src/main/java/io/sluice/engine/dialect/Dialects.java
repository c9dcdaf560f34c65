package io.sluice.engine.dialect;

import io.sluice.api.MessageClass;
import io.sluice.api.config.Services;
import io.sluice.api.dialect.Dialect;
import io.sluice.engine.config.Fault;
import io.sluice.engine.config.Faults;
import io.sluice.engine.config.NearestKey;
import io.sluice.engine.dialect.signin.SignInWay;
import io.sluice.engine.dialect.talk.Talk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The dialects of a gateway: those that come with it, an operator's own files and those of vendors'
 * jars. Used by one thread, at the start; what it compiles is thread-safe.
 *
 * <p>Those of vendors that come with the program are not read before a device could mean one of
 * them, where nobody has changed them and no list names them: a gateway whose devices speak its own
 * topics does not pay for them.
 */
public final class Dialects {
  /** One that a file describes. */
  record Written(String name, String hint, List<Rule> rules, List<SignInWay> signIns, Talk talk) {}

  private final DialectPlaces places;
  private final DialectReader reader;
  private final SequencedMap<String, Written> written;

  /** Of those that are read only where something names them, all that were. */
  private final Map<String, Optional<Written>> named = new HashMap<>();

  private final SequencedMap<String, Dialect> coded;
  private final Faults faults;
  private final Map<List<String>, TopicTable> tables = new HashMap<>();
  private final Set<String> reported = new LinkedHashSet<>();

  private Dialects(
      DialectPlaces places,
      DialectReader reader,
      SequencedMap<String, Written> written,
      SequencedMap<String, Dialect> coded,
      Faults faults) {
    this.places = places;
    this.reader = reader;
    this.written = written;
    this.coded = coded;
    this.faults = faults;
  }

  /**
   * Loads all that there are.
   *
   * @param places where they stand
   * @param faults takes what is wrong, now and when tables are compiled
   */
  public static Dialects load(DialectPlaces places, Faults faults) {
    Services<Dialect> services = Services.load(Dialect.class, Dialect::name);
    DialectReader reader = new DialectReader(faults);
    SequencedMap<String, Written> written = reader.readAll(places);
    SequencedMap<String, Dialect> coded = new LinkedHashMap<>(services.byName());
    services.faults().forEach(fault -> faults.add(places.fault(fault)));
    for (String name : services.byName().keySet()) {
      if (written.containsKey(name)
          || reader.asleep().containsKey(name)
          || DialectReader.NAMED_ONLY.contains(name)) {
        coded.remove(name);
        faults.add(
            places.fault(
                "a jar offers the dialect \"%s\", which a file describes already; take one of them away"
                    .formatted(name)));
      }
    }
    return new Dialects(places, reader, written, coded, faults);
  }

  /** Has these go on with what devices told of their units and topics by those before them. */
  public void continueFrom(Dialects before) {
    reader.continueFrom(before.reader);
  }

  /** Every name that may stand in a list. */
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>(usual());
    names.addAll(DialectReader.NAMED_ONLY);
    names.addAll(coded.keySet());
    return names;
  }

  /**
   * Those that hold where no list is given: an operator's own, and of those that come with the
   * program all that need not be named.
   */
  public List<String> usual() {
    return reader.asleep().isEmpty() ? List.copyOf(written.keySet()) : DialectReader.SHIPPED;
  }

  /** What is wrong with a name, and what to do; of one that there is, null. */
  public static @Nullable String unknown(String name, Set<String> known) {
    return known.contains(name)
        ? null
        : "there is no dialect \"%s\"; %s".formatted(name, NearestKey.remedy(name, known));
  }

  /**
   * What the topics of a listener mean.
   *
   * @param list names of dialects, empty: {@link #usual}. Unknown ones are left out
   * @param byProfile id of a profile → name of its dialect
   */
  public Topics topics(List<String> list, Map<String, String> byProfile) {
    Map<String, TopicTable> own = new HashMap<>();
    byProfile.forEach((profile, name) -> own.put(profile, table(List.of(name))));
    return new Topics(table(list.isEmpty() ? usual() : list), own);
  }

  /** One table for each list, however often it is asked for. */
  private synchronized TopicTable table(List<String> list) {
    return tables.computeIfAbsent(
        List.copyOf(new LinkedHashSet<>(list)),
        names ->
            reader.asleep().isEmpty() || !names.equals(usual())
                ? compile(names)
                : compile(List.of(names.getFirst())).asPartOf(names, () -> wake(names)));
  }

  /** Any thread: the one whose device could mean a vendor's dialect. */
  private synchronized TopicTable wake(List<String> list) {
    int before = faults.count();
    TopicTable table = compile(list);
    if (faults.count() > before) {
      throw new IllegalStateException(
          "dialects that came with the program have faults: " + faults.list());
    }
    return table;
  }

  private TopicTable compile(List<String> list) {
    TopicTable table = new TopicTable();
    List<Dialect> code = new ArrayList<>();
    for (String name : list) {
      Written file = file(name);
      Dialect dialect = coded.get(name);
      if (file != null) {
        table.addHint(name, file.hint());
        table.add(file.signIns(), file.talk());
        file.rules().forEach(rule -> collided(rule, table.add(rule)));
      } else if (dialect != null) {
        code.add(dialect);
      }
    }
    code.forEach(table::add);
    return table;
  }

  private @Nullable Written file(String name) {
    Written file = written.get(name);
    if (file == null && reader.asleep().containsKey(name)) {
      return named.computeIfAbsent(name, one -> Optional.ofNullable(reader.wake(one))).orElse(null);
    }
    return file != null || !DialectReader.NAMED_ONLY.contains(name)
        ? file
        : named
            .computeIfAbsent(name, one -> Optional.ofNullable(reader.named(places, one)))
            .orElse(null);
  }

  private void collided(Rule rule, @Nullable Rule other) {
    if (other == null || !reported.add(rule.at() + " " + other.at())) {
      return;
    }
    String remedy =
        rule.dialect().equals(other.dialect())
            ? "keep one of the two"
            : "change one of the two, or name one of them alone in the listener's dialects";
    faults.add(
        new Fault(
            rule.at(),
            rule.path(),
            "\"%s\" of dialect %s means something else (%s) than \"%s\" of dialect %s at %s (%s); %s"
                .formatted(
                    rule.pattern().text(),
                    rule.dialect(),
                    meaning(rule),
                    other.pattern().text(),
                    other.dialect(),
                    other.at(),
                    meaning(other),
                    remedy)));
  }

  private static String meaning(Rule rule) {
    MessageClass messageClass = rule.messageClass();
    return messageClass == null ? "answered only" : messageClass.jsonName();
  }
}
