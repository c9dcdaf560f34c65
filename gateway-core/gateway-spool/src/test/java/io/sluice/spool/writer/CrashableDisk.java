package io.sluice.spool.writer;

import io.sluice.spool.disk.SpoolFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that fails by plan, and forgets by chance what was not synced.
 *
 * <p>What a power cut leaves: all that was synced, and of the rest any part. Of each write not yet
 * forced each 512-byte sector may be there or not; so may each truncation, each new name, move and
 * deletion (a move wholly or not at all, and not without those before it that touched the same
 * name, as a journal keeps them). A kill of the process alone leaves all.
 *
 * <p>A force that fails leaves a part of what it was to write out for good, though it is read as if
 * it were there until the power goes, and a later force succeeds: as Linux does it.
 *
 * <p>Each change of the disk is a step; the power may go at any, or in the middle of a write. Of
 * one thread.
 */
final class CrashableDisk implements SpoolFiles {
  private static final int SECTOR_BYTES = 512;

  /** The power went: nothing of the program goes on. */
  static final class PowerCut extends Error {
    private static final long serialVersionUID = 1;

    PowerCut() {
      super("the power was cut", null, false, false);
    }
  }

  /** What goes wrong while it is on. */
  enum Fault {
    NO_SPACE("No space left on device"),
    WRITE_ERROR("Input/output error"),
    FORCE_ERROR("Input/output error"),
    READ_ERROR("Input/output error"),
    READ_ONLY("Read-only file system");

    final String message;

    Fault(String message) {
      this.message = message;
    }
  }

  /** What of the unsynced outlives a power cut. */
  enum Survival {
    NONE,
    SOME,
    ALL
  }

  private sealed interface DataChange {}

  private record Write(int offset, byte[] bytes) implements DataChange {}

  private record Truncation(int size) implements DataChange {}

  /** Each its own, though two be alike. */
  private static final class NameChange {
    private final Map<Path, Inode> names;

    NameChange(Map<Path, Inode> names) {
      this.names = names;
    }

    Map<Path, Inode> names() {
      return names;
    }

    boolean touches(Path directory) {
      return names.keySet().stream().anyMatch(name -> directory.equals(name.getParent()));
    }
  }

  /** A file: as it is read now, and as it is on the platter. */
  private static final class Inode {
    private byte[] cached = {};
    private byte[] durable = {};
    private final List<DataChange> unsynced = new ArrayList<>();
    private final Set<Integer> badSectors = new HashSet<>();
    private long modifiedMillis;
  }

  private static final Inode GONE = new Inode();

  private SplittableRandom random;
  private final Clock clock;
  private final Set<Path> directories = new TreeSet<>();
  private final Map<Path, Inode> names = new TreeMap<>();
  private final Map<Path, Inode> durableNames = new TreeMap<>();
  private final List<NameChange> unsyncedNames = new ArrayList<>();
  private final Map<Fault, Double> faults = new EnumMap<>(Fault.class);
  private final Map<String, Integer> stepsByKind = new TreeMap<>();
  private long steps;
  private long cutAt = Long.MAX_VALUE;
  private boolean isCut;
  private int life;
  private long bytesRead;
  private boolean hasLeftOut;

  CrashableDisk(SplittableRandom random, Clock clock) {
    this.random = random;
    this.clock = clock;
  }

  // ---- what a test does

  /** Cuts the power at that step, counted from now: 1 is the next. */
  void cutAtStep(long step) {
    cutAt = steps + step;
  }

  /** What chance does from now on. */
  void reseed(long seed) {
    random = new SplittableRandom(seed);
  }

  long steps() {
    return steps;
  }

  /** How often each kind of step was done. */
  Map<String, Integer> stepsByKind() {
    return stepsByKind;
  }

  long bytesRead() {
    return bytesRead;
  }

  /**
   * From now on that fault happens with that probability to each operation that it can happen to.
   */
  void fault(Fault fault, double probability) {
    faults.put(fault, probability);
  }

  /** Whether a force failed with something to write: the next power cut tears that. */
  boolean hasLeftOut() {
    return hasLeftOut;
  }

  void heal() {
    faults.clear();
  }

  boolean isFaulty() {
    return !faults.isEmpty();
  }

  /** The process is killed: what it wrote is there, what it had open is not. */
  void kill() {
    life++;
    isCut = false;
    cutAt = Long.MAX_VALUE;
  }

  /** The power goes, and comes back. */
  void cut(Survival survival) {
    kill();
    keepSomeNames(survival);
    names.clear();
    names.putAll(durableNames);
    for (Inode inode : new HashSet<>(names.values())) {
      for (DataChange change : inode.unsynced) {
        survive(inode, change, survival);
      }
      inode.unsynced.clear();
      inode.cached = inode.durable.clone();
    }
  }

  private void keepSomeNames(Survival survival) {
    List<NameChange> kept = new ArrayList<>();
    for (NameChange change : unsyncedNames) {
      if (isKept(survival)) {
        kept.add(change);
      }
    }
    settle(kept);
    unsyncedNames.clear();
  }

  private boolean isKept(Survival survival) {
    return survival == Survival.ALL || (survival == Survival.SOME && random.nextBoolean());
  }

  private void survive(Inode inode, DataChange change, Survival survival) {
    switch (change) {
      case Truncation truncation -> {
        if (isKept(survival)) {
          inode.durable = truncated(inode.durable, truncation.size());
        }
      }
      case Write write -> {
        int luck = random.nextInt(3);
        for (int at = 0; at < write.bytes().length; ) {
          int sector = SECTOR_BYTES - (write.offset() + at) % SECTOR_BYTES;
          int length = Math.min(sector, write.bytes().length - at);
          boolean isWhole = survival == Survival.ALL || luck == 0;
          if (survival != Survival.NONE && (isWhole || (luck == 1 && random.nextBoolean()))) {
            inode.durable = written(inode.durable, write.offset() + at, write.bytes(), at, length);
          }
          at += length;
        }
      }
    }
  }

  /** Flips a bit of a file, in the cache and on the platter alike. */
  void flipBit(Path file, long offset, int bit) {
    Inode inode = names.get(file);
    if (offset < inode.cached.length) {
      inode.cached[(int) offset] ^= (byte) (1 << bit);
    }
    if (offset < inode.durable.length) {
      inode.durable[(int) offset] ^= (byte) (1 << bit);
    }
  }

  /** Overwrites a piece of a file with zeros, in the cache and on the platter alike. */
  void wipe(Path file, long offset, int length) {
    Inode inode = names.get(file);
    for (byte[] bytes : List.of(inode.cached, inode.durable)) {
      for (long at = offset; at < Math.min(bytes.length, offset + length); at++) {
        bytes[(int) at] = 0;
      }
    }
  }

  private static boolean sectorIsIn(long sector, long from, long to) {
    return sector * SECTOR_BYTES < to && (sector + 1) * SECTOR_BYTES > from;
  }

  /** A sector that cannot be read until it is written anew: then the drive puts it elsewhere. */
  void wearOut(Path file, long offset) {
    names.get(file).badSectors.add((int) (offset / SECTOR_BYTES));
  }

  /** All files there are now. */
  List<Path> files() {
    return List.copyOf(names.keySet());
  }

  // ---- steps and faults

  /** Counts a step; true where the power is to go when it is half done. */
  private boolean step(String kind) {
    alive();
    steps++;
    stepsByKind.merge(kind, 1, Integer::sum);
    if (steps >= cutAt) {
      if (random.nextInt(3) == 0) {
        return true;
      }
      goDark();
    }
    return false;
  }

  private void goDark() {
    isCut = true;
    throw new PowerCut();
  }

  private void endHalfDone(boolean isHalf) {
    if (isHalf) {
      goDark();
    }
  }

  private void alive() {
    if (isCut) {
      throw new PowerCut();
    }
  }

  private boolean strikes(Fault fault) {
    Double probability = faults.get(fault);
    return probability != null && random.nextDouble() < probability;
  }

  private void failOn(Fault... possible) throws IOException {
    for (Fault fault : possible) {
      if (strikes(fault)) {
        throw new IOException(fault.message);
      }
    }
  }

  /** Such as {@code write .seg}. */
  private static String kind(String operation, Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return operation + ' ' + (dot < 0 ? name : name.substring(dot));
  }

  // ---- names

  private void change(Map<Path, Inode> effects) {
    effects.forEach(CrashableDisk.this::setName);
    unsyncedNames.add(new NameChange(effects));
  }

  private void setName(Path name, Inode inode) {
    put(names, name, inode);
  }

  private static void put(Map<Path, Inode> into, Path name, Inode inode) {
    if (inode.equals(GONE)) {
      into.remove(name);
    } else {
      into.put(name, inode);
    }
  }

  /** Makes changes durable, with those before them that touched the same names. */
  private void settle(List<NameChange> wanted) {
    Set<NameChange> settled = new HashSet<>(wanted);
    Set<Path> touched = new HashSet<>();
    for (int i = unsyncedNames.size() - 1; i >= 0; i--) {
      NameChange change = unsyncedNames.get(i);
      if (settled.contains(change)
          || change.names().keySet().stream().anyMatch(touched::contains)) {
        settled.add(change);
        touched.addAll(change.names().keySet());
      }
    }
    for (NameChange change : unsyncedNames) {
      if (settled.contains(change)) {
        change.names().forEach((name, inode) -> put(durableNames, name, inode));
      }
    }
    unsyncedNames.removeIf(settled::contains);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    boolean isHalf = step("sync " + directory.getFileName());
    failOn(Fault.FORCE_ERROR);
    settle(unsyncedNames.stream().filter(change -> change.touches(directory)).toList());
    endHalfDone(isHalf);
  }

  @Override
  public void createDirectories(Path directory) {
    alive();
    directories.add(directory);
  }

  @Override
  public SpoolFile open(Path file) throws IOException {
    alive();
    failOn(Fault.READ_ONLY);
    Inode inode = names.get(file);
    if (inode == null) {
      boolean isHalf = step(kind("create", file));
      failOn(Fault.NO_SPACE);
      inode = new Inode();
      inode.modifiedMillis = clock.millis();
      change(Map.of(file, inode));
      endHalfDone(isHalf);
    }
    return new Handle(file, inode);
  }

  @Override
  public SpoolFile openToRead(Path file) throws IOException {
    alive();
    return new Handle(file, existing(file));
  }

  private Inode existing(Path file) throws NoSuchFileException {
    Inode inode = names.get(file);
    if (inode == null) {
      throw new NoSuchFileException(file.toString());
    }
    return inode;
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    boolean isHalf = step(kind("move", from) + " to " + kind("", to).strip());
    failOn(Fault.READ_ONLY);
    Map<Path, Inode> effects = new LinkedHashMap<>();
    effects.put(to, existing(from));
    effects.put(from, GONE);
    change(effects);
    endHalfDone(isHalf);
  }

  @Override
  public void delete(Path file) throws IOException {
    if (names.containsKey(file)) {
      boolean isHalf = step(kind("delete", file));
      failOn(Fault.READ_ONLY);
      change(Map.of(file, GONE));
      endHalfDone(isHalf);
    }
  }

  @Override
  public boolean exists(Path file) {
    alive();
    return names.containsKey(file);
  }

  @Override
  public long size(Path file) throws IOException {
    alive();
    return existing(file).cached.length;
  }

  @Override
  public long modifiedMillis(Path file) throws IOException {
    return existing(file).modifiedMillis;
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    alive();
    if (!directories.contains(directory)) {
      throw new NoSuchFileException(directory.toString());
    }
    return names.keySet().stream().filter(name -> directory.equals(name.getParent())).toList();
  }

  @Override
  public @Nullable Closeable lock(Path file) throws IOException {
    return open(file);
  }

  // ---- content

  private static byte[] truncated(byte[] bytes, int size) {
    return size < bytes.length ? java.util.Arrays.copyOf(bytes, size) : bytes;
  }

  private static byte[] written(byte[] bytes, int offset, byte[] from, int at, int length) {
    byte[] into =
        bytes.length < offset + length ? java.util.Arrays.copyOf(bytes, offset + length) : bytes;
    System.arraycopy(from, at, into, offset, length);
    return into;
  }

  private final class Handle implements SpoolFile {
    private final Path file;
    private final Inode inode;
    private final int born = life;
    private boolean isOpen = true;

    Handle(Path file, Inode inode) {
      this.file = file;
      this.inode = inode;
    }

    private void check() throws IOException {
      alive();
      if (born != life || !isOpen) {
        throw new java.nio.channels.ClosedChannelException();
      }
    }

    @Override
    public int read(ByteBuffer into, long offset) throws IOException {
      check();
      failOn(Fault.READ_ERROR);
      int count = (int) Math.min(into.remaining(), inode.cached.length - offset);
      if (count <= 0) {
        return into.hasRemaining() ? -1 : 0;
      }
      int shorter = random.nextInt(4) == 0 ? 1 + random.nextInt(count) : count;
      for (int sector : inode.badSectors) {
        if (sectorIsIn(sector, offset, offset + shorter)) {
          throw new IOException(Fault.READ_ERROR.message);
        }
      }
      into.put(inode.cached, (int) offset, shorter);
      bytesRead += shorter;
      return shorter;
    }

    @Override
    public int write(ByteBuffer from, long offset) throws IOException {
      check();
      boolean isHalf = step(kind("write", file));
      failOn(Fault.READ_ONLY);
      boolean fails = strikes(Fault.WRITE_ERROR) || strikes(Fault.NO_SPACE);
      boolean isShort = fails || isHalf || random.nextInt(8) == 0;
      byte[] bytes = new byte[isShort ? 1 + random.nextInt(from.remaining()) : from.remaining()];
      from.get(bytes);
      inode.cached = written(inode.cached, (int) offset, bytes, 0, bytes.length);
      inode.unsynced.add(new Write((int) offset, bytes));
      long end = offset + bytes.length;
      inode.badSectors.removeIf(sector -> sectorIsIn(sector, offset, end));
      inode.modifiedMillis = clock.millis();
      endHalfDone(isHalf);
      if (fails) {
        boolean isFull = faults.containsKey(Fault.NO_SPACE);
        throw new IOException((isFull ? Fault.NO_SPACE : Fault.WRITE_ERROR).message);
      }
      return bytes.length;
    }

    @Override
    public void force() throws IOException {
      check();
      boolean isHalf = step(kind("force", file));
      failOn(Fault.READ_ONLY);
      if (strikes(Fault.FORCE_ERROR)) {
        // Some of it is out, the rest never will be: the pages count as clean.
        hasLeftOut |= !inode.unsynced.isEmpty();
        inode.unsynced.forEach(change -> survive(inode, change, Survival.SOME));
        inode.unsynced.clear();
        throw new IOException(Fault.FORCE_ERROR.message);
      }
      for (DataChange change : inode.unsynced) {
        survive(inode, change, Survival.ALL);
      }
      inode.unsynced.clear();
      endHalfDone(isHalf);
    }

    @Override
    public void truncate(long size) throws IOException {
      check();
      boolean isHalf = step(kind("truncate", file));
      failOn(Fault.READ_ONLY, Fault.WRITE_ERROR);
      inode.cached = truncated(inode.cached, (int) size);
      inode.unsynced.add(new Truncation((int) size));
      endHalfDone(isHalf);
    }

    @Override
    public long size() throws IOException {
      check();
      return inode.cached.length;
    }

    @Override
    public boolean isOpen() {
      return isOpen && born == life;
    }

    @Override
    public void close() {
      isOpen = false;
    }
  }
}
