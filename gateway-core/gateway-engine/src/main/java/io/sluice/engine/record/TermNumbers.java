package io.sluice.engine.record;

import io.sluice.spool.Term;
import io.sluice.spool.TermDictionary;
import io.sluice.spool.TermDictionary.Origin;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The terms that one thread's records name, found again without a hash of their texts where it can
 * be: a metric by its name's array, which is the same each time. What has no number is remembered
 * as well. Bounded: an entry gives way to the next of its place. Not thread-safe.
 */
final class TermNumbers {
  /** Knows no number. */
  static final TermNumbers NONE = new TermNumbers(null);

  private static final int METRICS = 1 << 10;
  private static final int OTHERS = 1 << 8;

  private final @Nullable TermDictionary dictionary;

  // Of one place: the arrays of a metric and its term, which may be null.
  private final byte[] @Nullable [] metricNames;
  private final byte[] @Nullable [] metricUnits;
  private final @Nullable Term[] metrics;

  private final @Nullable Named[] names;
  private final @Nullable Named[] sources;
  private final @Nullable From[] origins;

  TermNumbers(@Nullable TermDictionary dictionary) {
    this.dictionary = dictionary;
    boolean isAny = dictionary != null;
    metricNames = new byte[isAny ? METRICS : 0] @Nullable [];
    metricUnits = new byte[isAny ? METRICS : 0] @Nullable [];
    metrics = new @Nullable Term[isAny ? METRICS : 0];
    names = new @Nullable Named[isAny ? OTHERS : 0];
    sources = new @Nullable Named[isAny ? OTHERS : 0];
    origins = new @Nullable From[isAny ? OTHERS : 0];
  }

  private record Named(String name, @Nullable String unit, @Nullable Term term) {}

  private record From(
      String sector,
      String site,
      String model,
      String gateway,
      String protocol,
      @Nullable Term term) {
    boolean is(String sector, String site, String model, String gateway, String protocol) {
      return this.site.equals(site)
          && this.model.equals(model)
          && this.sector.equals(sector)
          && this.protocol.equals(protocol)
          && this.gateway.equals(gateway);
    }
  }

  /** Of a name and a unit of the configuration. */
  @SuppressWarnings("ReferenceEquality") // the very arrays: that is what is quick
  @Nullable Term metric(byte[] name, byte @Nullable [] unit) {
    TermDictionary all = dictionary;
    if (all == null) {
      return null;
    }
    int hash = System.identityHashCode(name);
    int place = (hash ^ (hash >>> 10)) & (METRICS - 1);
    if (metricNames[place] != name || metricUnits[place] != unit) {
      metricNames[place] = name;
      metricUnits[place] = unit;
      metrics[place] =
          all.define(Origin.CONFIGURATION, text(name), unit == null ? null : text(unit));
    }
    return metrics[place];
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /** Of a name and a unit that a device gave. */
  @Nullable Term name(String name, @Nullable String unit) {
    TermDictionary all = dictionary;
    if (all == null || name.length() > TermDictionary.TEXT_MAX_CHARS) {
      return null;
    }
    int place = place(name.hashCode());
    Named known = names[place];
    if (known == null || !known.name.equals(name) || !Objects.equals(known.unit, unit)) {
      known = new Named(name, unit, all.define(Origin.DEVICE, name, unit));
      names[place] = known;
    }
    return known.term;
  }

  @Nullable Term source(String source) {
    TermDictionary all = dictionary;
    if (all == null || source.length() > TermDictionary.TEXT_MAX_CHARS) {
      return null;
    }
    int place = place(source.hashCode());
    Named known = sources[place];
    if (known == null || !known.name.equals(source)) {
      known = new Named(source, null, all.define(Origin.DEVICE, source));
      sources[place] = known;
    }
    return known.term;
  }

  @Nullable Term origin(String sector, String site, String model, String gateway, String protocol) {
    TermDictionary all = dictionary;
    if (all == null) {
      return null;
    }
    int place = place(31 * site.hashCode() + model.hashCode());
    From known = origins[place];
    if (known == null || !known.is(sector, site, model, gateway, protocol)) {
      Term term = all.define(Origin.CONFIGURATION, sector, site, model, gateway, protocol);
      known = new From(sector, site, model, gateway, protocol, term);
      origins[place] = known;
    }
    return known.term;
  }

  private static int place(int hash) {
    return (hash ^ hash >>> 8 ^ hash >>> 16) & OTHERS - 1;
  }
}
