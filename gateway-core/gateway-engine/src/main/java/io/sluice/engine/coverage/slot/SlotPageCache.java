package io.sluice.engine.coverage.slot;

import io.sluice.api.store.StoreUnavailableException;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pages that are no longer among a span's newest: those that have changed until they are saved, and
 * of the others the ones used last. Not thread-safe.
 */
public final class SlotPageCache {
  /** Pages held that are saved already. */
  private static final int CLEAN_MAX = 4_096;

  private final Calendar calendar;
  private final Source source;
  private final LinkedHashMap<Key, SlotPage> clean = new LinkedHashMap<>(64, 0.75f, true);
  private Map<Key, SlotPage> dirty = new LinkedHashMap<>();

  public SlotPageCache(Calendar calendar, Source source) {
    this.calendar = calendar;
    this.source = source;
  }

  /** Where saved pages are read from. */
  public interface Source {
    /** Fills in a page as it was saved; false where none was. */
    boolean load(Key key, SlotPage empty) throws IOException;
  }

  /**
   * @param device its number
   * @param span its serial
   * @param hour the last that the page is of
   */
  public record Key(int device, int span, long hour) {}

  Calendar calendar() {
    return calendar;
  }

  /** The page of that number, or null where nothing was counted on it. */
  @Nullable SlotPage find(ExpectationPeriod span, long block) {
    Key key = new Key(span.device, span.serial, span.lastHour(block));
    SlotPage page = dirty.get(key);
    if (page != null) {
      return page;
    }
    page = clean.get(key);
    if (page == null) {
      SlotPage empty = span.empty(block);
      try {
        if (!source.load(key, empty)) {
          return null;
        }
      } catch (IOException e) {
        throw new StoreUnavailableException(String.valueOf(e.getMessage()), e);
      }
      page = empty;
      clean.put(key, page);
      trim();
    }
    return page;
  }

  private void trim() {
    Iterator<Map.Entry<Key, SlotPage>> oldest = clean.entrySet().iterator();
    while (clean.size() > CLEAN_MAX && oldest.hasNext()) {
      oldest.next();
      oldest.remove();
    }
  }

  /** Takes a page over, to be saved. */
  void put(ExpectationPeriod span, SlotPage page) {
    Key key = new Key(span.device, span.serial, span.lastHour(page.block));
    clean.remove(key);
    dirty.put(key, page);
  }

  /** How many pages are to be saved. */
  public int unsaved() {
    return dirty.size();
  }

  /** The pages to be saved, which count as saved from now on. */
  public Map<Key, SlotPage> take() {
    Map<Key, SlotPage> taken = dirty;
    dirty = new LinkedHashMap<>();
    clean.putAll(taken);
    trim();
    return taken;
  }

  /** No page is saved any more: those that are held here are to be saved. */
  public void forgetSaved() {
    clean.forEach(dirty::putIfAbsent);
    clean.clear();
  }

  /** What was taken was not saved after all. */
  public void restore(Map<Key, SlotPage> taken) {
    taken.forEach((key, page) -> {
      clean.remove(key);
      dirty.putIfAbsent(key, page);
    });
  }
}
