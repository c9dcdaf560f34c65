package io.sluice.spool.writer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Lane;
import io.sluice.api.config.Bytes;
import io.sluice.api.config.Secret;
import io.sluice.spool.ReaderStats;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolEncryption;
import io.sluice.spool.SpoolReader;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import io.sluice.spool.Term;
import io.sluice.spool.TermDictionary.Origin;
import io.sluice.spool.disk.SpoolFiles;
import io.sluice.spool.writer.CrashableDisk.PowerCut;
import io.sluice.spool.writer.CrashableDisk.Survival;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A spool on a {@link CrashableDisk}, driven step by step on one thread, and what must be true of
 * it whatever happens:
 *
 * <ul>
 *   <li>each record that was acknowledged is given to each reader that did not commit it, or is
 *       counted as dropped, with the reason;
 *   <li>an id (a sequence of a lane) names one record for ever, and comes once in a pass;
 *   <li>a record comes with the bytes that were appended, or not at all;
 *   <li>accepted = delivered + queued + dropped, and accepted is what the log gave sequences to;
 *   <li>nothing counts as damaged where nothing was damaged, nor torn by a power cut;
 *   <li>the spool opens, whatever the disk holds.
 * </ul>
 */
final class SpoolHistory {
  private static final Path DIRECTORY = Path.of("/spool");
  private static final int NAMES = 400;

  /** A clock that a test moves, both ways. */
  static final class TestClock extends Clock {
    private Instant now = Instant.parse("2026-11-24T00:00:00Z");

    void step(Duration by) {
      now = now.plus(by);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }
  }

  /** What a reader has committed, over all its lives, and where it reads. */
  private final class Tracked {
    final String name;
    @Nullable SpoolReader reader;
    final Map<Lane, Set<Long>> committed = new EnumMap<>(Lane.class);

    Tracked(String name) {
      this.name = name;
      for (Lane lane : Lane.values()) {
        committed.put(lane, new HashSet<>());
      }
    }

    SpoolReader reader() {
      SpoolReader open = reader;
      if (open == null) {
        open = spool().reader(name);
        reader = open;
      }
      return open;
    }
  }

  final CrashableDisk disk;
  final TestClock clock = new TestClock();
  private final SplittableRandom random;
  private final SpoolSettings settings;
  private final List<Tracked> readers = List.of(new Tracked("a"), new Tracked("b"));
  private @Nullable SegmentedSpool spool;
  private long number;
  private long acknowledged;

  /** Acknowledged: sequence to number, per lane. */
  private final Map<Lane, TreeMap<Long, Long>> stored = new EnumMap<>(Lane.class);

  /** Read by any reader at any time: sequence to number. */
  private final Map<Lane, Map<Long, Long>> named = new EnumMap<>(Lane.class);

  /** Offered and not acknowledged: they may be there or not. */
  private final Set<Long> unsure = new HashSet<>();

  /** What a record names by number. */
  private record Names(int number, String text) {}

  /** By number of the record: what a record names must be known from then on. */
  private final Map<Long, Names> names = new HashMap<>();

  /** Lengths by number, to know the bytes that a record must have. */
  private final Map<Long, Integer> lengths = new HashMap<>();

  /** Whether some file was damaged, so that records may be lost, though never uncounted. */
  private boolean isDamaged;

  /**
   * Whether the power went in the middle of a group, of which some later records may be there, or
   * after a sync that failed.
   */
  private boolean isTorn;

  /** Where the lanes ended when the cursors were saved. */
  private final Map<Lane, Long> knownEnds = new EnumMap<>(Lane.class);

  SpoolHistory(SplittableRandom random, boolean isEncrypted, Policy telemetry, boolean hasMaxAge) {
    this.random = random;
    this.disk = new CrashableDisk(random.split(), clock);
    this.settings =
        new SpoolSettings(
            new Bytes(1 << 20),
            new Bytes(64 << 10),
            20,
            20,
            telemetry,
            Policy.REFUSE,
            Policy.REFUSE,
            hasMaxAge ? Duration.ofHours(1) : null,
            new Bytes(256 << 10),
            new Bytes(16 << 20),
            isEncrypted ? new SpoolEncryption(new Secret("5a".repeat(32))) : null);
    for (Lane lane : Lane.values()) {
      stored.put(lane, new TreeMap<>());
      named.put(lane, new HashMap<>());
    }
  }

  SegmentedSpool spool() {
    SegmentedSpool open = spool;
    if (open == null) {
      throw new IllegalStateException("the spool is not open");
    }
    return open;
  }

  boolean isOpen() {
    return spool != null;
  }

  /**
   * Some file is damaged. What was acknowledged since the last save of the cursors cannot be told
   * from what was torn, where the damage takes the end of a segment: it may be there, or not.
   */
  void damaged() {
    isDamaged = true;
    for (Lane lane : Lane.values()) {
      Map<Long, Long> tail = stored.get(lane).tailMap(knownEnds.getOrDefault(lane, 1L));
      unsure.addAll(tail.values());
      named.get(lane).keySet().removeAll(tail.keySet());
      tail.clear();
    }
  }

  /** A cursor file is damaged: the one before, or none, tells where the lanes ended. */
  void damagedCursors() {
    knownEnds.clear();
    damaged();
  }

  /** What the keeper does. */
  void keep() {
    spool().keep();
    if (!disk.isFaulty()) {
      for (Lane lane : Lane.values()) {
        knownEnds.put(lane, spool().nextSequence(lane));
      }
    }
  }

  long acknowledged() {
    return acknowledged;
  }

  // ---- what happens

  void open() throws IOException {
    spool = SegmentedSpool.openAtRest(settings, DIRECTORY, clock, disk);
    for (Tracked tracked : readers) {
      tracked.reader = null;
      tracked.reader();
    }
  }

  void closeCleanly() {
    SegmentedSpool open = spool;
    if (open != null) {
      open.close();
    }
    forget();
  }

  /** The process, or the power, is gone. */
  void forget() {
    spool = null;
    readers.forEach(tracked -> tracked.reader = null);
  }

  void kill() {
    forget();
    disk.kill();
  }

  void cutPower(Survival survival) {
    forget();
    isTorn |= survival == Survival.SOME || disk.hasLeftOut();
    disk.cut(survival);
  }

  /** Appends; returns how many were acknowledged. */
  int append(Lane lane, int count, int length) {
    List<Appends> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Appends entry = Appends.of(lane, number, Math.max(8, length));
      lengths.put(number, entry.body().length);
      name(number);
      unsure.add(number++);
      if (spool().append(entry)) {
        entries.add(entry);
      }
    }
    try {
      while (spool().turn()) {
        // until all is written
      }
    } finally {
      // Also of what was acknowledged before the power went.
      acknowledge(entries, lane);
    }
    assertThat(entries).allMatch(entry -> entry.verdict().isDone());
    return (int) entries.stream().filter(e -> !e.verdict().isCompletedExceptionally()).count();
  }

  /** Has a record name something, often for the first time in this life of the spool. */
  private void name(long record) {
    String text = "name-" + random.nextInt(NAMES);
    Term term = spool().dictionary().define(Origin.CONFIGURATION, text, null);
    if (term != null) {
      names.put(record, new Names(term.number(), text));
    }
  }

  private void acknowledge(List<Appends> entries, Lane lane) {
    for (Appends entry : entries) {
      if (entry.verdict().isDone() && !entry.verdict().isCompletedExceptionally()) {
        long sequence = entry.verdict().join();
        long n = entry.receivedMicros() - 1_000_000;
        unsure.remove(n);
        acknowledged++;
        assertThat(stored.get(lane).put(sequence, n)).as("a sequence is given once").isNull();
        Long before = named.get(lane).get(sequence);
        assertThat(before).as("%s %d named another record", lane, sequence).isNull();
      }
    }
  }

  /** Reads a batch, and commits it, or not. */
  void read(int reader, Lane lane, Stream stream) throws IOException {
    Tracked tracked = readers.get(reader);
    SpoolBatch batch =
        tracked.reader().read(lane, stream, 1 + random.nextInt(60), 1 + random.nextInt(9_000));
    if (batch == null) {
      return;
    }
    check(lane, batch);
    if (random.nextInt(4) > 0) {
      commit(tracked, batch);
    } else {
      tracked.reader().rewind();
    }
  }

  private void commit(Tracked tracked, SpoolBatch batch) {
    int refused = random.nextInt(batch.count() + 1) / 3;
    tracked
        .reader()
        .commit(
            batch, batch.count() - refused, refused > 0 ? Map.of("refused", refused) : Map.of());
    for (int i = 0; i < batch.count(); i++) {
      tracked.committed.get(batch.lane()).add(batch.sequence(i));
    }
  }

  void rewind(int reader) {
    readers.get(reader).reader().rewind();
  }

  void split(int reader, Lane lane) {
    readers.get(reader).reader().splitBacklog(lane);
  }

  // ---- what must be true

  private void check(Lane lane, SpoolBatch batch) {
    for (int i = 0; i < batch.count(); i++) {
      long sequence = batch.sequence(i);
      long n = Appends.number(batch, i);
      Long expected = stored.get(lane).get(sequence);
      if (expected == null ? !unsure.contains(n) : n != expected) {
        throw new AssertionError(
            "%s %d is record %d; acknowledged was %s".formatted(lane, sequence, n, expected));
      }
      Long before = named.get(lane).putIfAbsent(sequence, n);
      if (before != null && before != n) {
        throw new AssertionError(
            "%s %d named record %d before, now %d".formatted(lane, sequence, before, n));
      }
      assertBody(batch, i, n);
    }
  }

  private void assertBody(SpoolBatch batch, int index, long n) {
    assertNames(batch, n);
    boolean isWhole =
        batch.length(index) == lengths.get(n) && batch.receivedMicros(index) == 1_000_000 + n;
    for (int i = 8; isWhole && i < batch.length(index); i++) {
      isWhole = batch.bytes()[batch.offset(index) + i] == (byte) (n * 31 + i);
    }
    if (!isWhole) {
      throw new AssertionError("record " + n + " is not as it was appended");
    }
  }

  /** Reads all that is pending, of all readers, and puts them back. */
  void audit() throws IOException {
    for (Tracked tracked : readers) {
      for (Lane lane : Lane.values()) {
        tracked.reader().rewind();
        Set<Long> read = readAll(tracked, lane);
        tracked.reader().rewind();
        assertAllThere(tracked, lane, read);
      }
    }
    balance();
  }

  private void assertNames(SpoolBatch batch, long n) {
    Names expected = names.get(n);
    if (expected != null) {
      Term term = batch.terms().at(expected.number);
      boolean isKnown = term != null && expected.text.equals(term.text(0));
      // Of a group that was torn a record may be there and what defines its names not.
      boolean isLost = term == null && (isDamaged || (isTorn && unsure.contains(n)));
      assertThat(isKnown || isLost)
          .as("record %d names %s, that is %s", n, expected, term)
          .isTrue();
    }
  }

  private Set<Long> readAll(Tracked tracked, Lane lane) throws IOException {
    Set<Long> read = new TreeSet<>();
    for (Stream stream : List.of(Stream.BACKLOG, Stream.LIVE)) {
      SpoolBatch batch = patiently(tracked, lane, stream);
      while (batch != null) {
        check(lane, batch);
        for (int i = 0; i < batch.count(); i++) {
          if (!read.add(batch.sequence(i))) {
            throw new AssertionError(lane + " " + batch.sequence(i) + " comes twice in a pass");
          }
        }
        batch = patiently(tracked, lane, stream);
      }
    }
    return read;
  }

  /** As a Forwarder does: what cannot be read is tried again. */
  private static @Nullable SpoolBatch patiently(Tracked tracked, Lane lane, Stream stream)
      throws IOException {
    for (int attempt = 0; attempt < 4 * SpoolFiles.FAILURES_MAX; attempt++) {
      try {
        return tracked.reader().read(lane, stream, 500, 50_000);
      } catch (IOException e) {
        // The next attempt may be the one that reads around it.
      }
    }
    return tracked.reader().read(lane, stream, 500, 50_000);
  }

  private void assertAllThere(Tracked tracked, Lane lane, Set<Long> read) {
    Set<Long> missing = new TreeSet<>(stored.get(lane).keySet());
    missing.removeAll(read);
    missing.removeAll(tracked.committed.get(lane));
    ReaderStats line = line(tracked.name, lane);
    if (isDamaged) {
      // A reader whose cursors were lost begins anew.
      long start = spool().nextSequence(lane) - line.accepted();
      missing.removeIf(sequence -> sequence < start);
    }
    long counted = line.dropped().values().stream().mapToLong(Long::longValue).sum();
    boolean mayDrop =
        lane == Lane.TELEMETRY
            && (settings.telemetryPolicy() == Policy.DROP_OLDEST || settings.maxAge() != null);
    if (!isDamaged && !mayDrop) {
      assertThat(missing).as("of reader %s, %s, %s", tracked.name, lane, line).isEmpty();
    }
    if (!isDamaged) {
      long oldest = read.isEmpty() ? Long.MAX_VALUE : read.iterator().next();
      assertThat(missing).as("given up oldest first").allMatch(sequence -> sequence < oldest);
    }
    // What is under way counts when it is committed, so does the damage between.
    assertThat((long) missing.size())
        .as("%s %s: counted %s, missing %s", tracked.name, lane, line, missing)
        .isLessThanOrEqualTo(counted + line.queued() - pendingOf(tracked, lane, read));
  }

  private static long pendingOf(Tracked tracked, Lane lane, Set<Long> read) {
    return read.stream()
        .filter(sequence -> !tracked.committed.get(lane).contains(sequence))
        .count();
  }

  ReaderStats line(String reader, Lane lane) {
    return spool().ledger().stream()
        .filter(line -> line.reader().equals(reader) && line.lane() == lane)
        .findFirst()
        .orElseThrow();
  }

  void balance() {
    for (ReaderStats line : spool().ledger()) {
      assertThat(line.balances()).as("%s", line).isTrue();
      if (!isDamaged && !isTorn) {
        assertThat(line.dropped()).as("%s", line).doesNotContainKey("damaged");
      }
      if (!isDamaged) {
        long last = stored.get(line.lane()).isEmpty() ? 0 : stored.get(line.lane()).lastKey();
        assertThat(line.accepted()).as("%s", line).isGreaterThanOrEqualTo(last);
      }
    }
  }

  /** Commits all there is; then nothing may be queued. */
  void drain() throws IOException {
    for (Tracked tracked : readers) {
      for (Lane lane : Lane.values()) {
        tracked.reader().rewind();
        for (Stream stream : List.of(Stream.BACKLOG, Stream.LIVE)) {
          SpoolBatch batch = patiently(tracked, lane, stream);
          while (batch != null) {
            check(lane, batch);
            commit(tracked, batch);
            batch = patiently(tracked, lane, stream);
          }
        }
        assertThat(tracked.reader().queued(lane)).as("%s %s", tracked.name, lane).isZero();
        assertAllThere(tracked, lane, Set.of());
      }
    }
    balance();
  }

  /** Takes what was found while the power went. */
  static void untilThePowerGoes(Action action) throws IOException {
    try {
      action.run();
    } catch (PowerCut e) {
      // as it was planned
    }
  }

  /** Something that is done to the spool. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }
}
