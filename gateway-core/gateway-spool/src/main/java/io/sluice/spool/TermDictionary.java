package io.sluice.spool;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The terms of one run of the gateway: a number each, given when it is first asked for, for as long
 * as the run lasts. Each segment tells them anew, so that it can be read alone.
 *
 * <p>Bounded in number and bytes. What devices make up (a name that no profile knows, a topic) gets
 * at most a quarter of either, so that nothing that they send takes the numbers of the configured
 * names. What gets no number stands in the record itself.
 *
 * <p>Thread-safe. Finding takes no lock; adding takes one for as long as two arrays are written.
 */
public final class TermDictionary {
  /** Longest text of a term, in characters. */
  public static final int TEXT_MAX_CHARS = 128;

  private static final int DEVICES_SHARE = 4;

  private final int bytesMax;
  private final ConcurrentHashMap<List<@Nullable String>, Term> byTexts = new ConcurrentHashMap<>();
  private final Terms terms = new Terms();

  // Guarded by this.
  private int bytes;
  private int devicesCount;
  private int devicesBytes;

  /** Who makes a term up. */
  public enum Origin {
    CONFIGURATION,
    DEVICE
  }

  /**
   * @param bytesMax bound of the definitions of all
   */
  public TermDictionary(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** By number. */
  public Terms terms() {
    return terms;
  }

  /** Most bytes that the definitions of all terms take. */
  public synchronized int bytes() {
    return bytes;
  }

  /**
   * The term of these texts, made where there is room for it.
   *
   * @param texts at least one; the first is there, others may be null
   * @return null where it has no number and gets none from such an origin, also later
   */
  public @Nullable Term define(Origin origin, @Nullable String... texts) {
    Term known = byTexts.get(Arrays.asList(texts));
    return known == null && isShort(texts) ? add(origin, texts.clone()) : known;
  }

  /**
   * A term that an earlier run defined: the one of this run where there is one or room for it, else
   * one without a number.
   */
  public Term earlier(@Nullable String... texts) {
    Term term = define(Origin.DEVICE, texts);
    return term == null ? new Term(Term.UNNUMBERED, texts.clone()) : term;
  }

  private static boolean isShort(@Nullable String[] texts) {
    for (String text : texts) {
      if (text != null && text.length() > TEXT_MAX_CHARS) {
        return false;
      }
    }
    return true;
  }

  private synchronized @Nullable Term add(Origin origin, @Nullable String[] texts) {
    List<@Nullable String> key = Arrays.asList(texts);
    Term known = byTexts.get(key);
    if (known != null) {
      return known;
    }
    Term term = new Term(terms.size(), texts);
    int length = term.definitionBytes();
    if (term.number() >= Terms.NUMBERS_MAX || bytes + length > bytesMax) {
      return null;
    }
    if (origin == Origin.DEVICE) {
      boolean isRoom =
          devicesCount < Terms.NUMBERS_MAX / DEVICES_SHARE
              && devicesBytes + length <= bytesMax / DEVICES_SHARE;
      if (!isRoom) {
        return null;
      }
      devicesCount++;
      devicesBytes += length;
    }
    bytes += length;
    terms.add(term.number(), term);
    byTexts.put(key, term);
    return term;
  }
}
