package io.sluice.api.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SequencedMap;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What the jars of the installation offer of one service, by name. A jar that is broken costs what
 * it offers alone. Immutable.
 *
 * @param <S> the service
 */
public final class Services<S> {
  /** A broken provider may be met again and again: more than any installation has. */
  private static final int MOST = 10_000;

  private final SequencedMap<String, S> byName = new LinkedHashMap<>();
  private final List<String> faults = new ArrayList<>();

  private Services() {}

  /**
   * Loads all that is offered.
   *
   * @param name of one of them, unique in the installation
   */
  public static <S> Services<S> load(Class<? super S> service, Function<S, String> name) {
    return load(service, name, any -> true);
  }

  /**
   * Loads what is offered and wanted.
   *
   * @param name of one of them, unique among those that are wanted
   */
  public static <S> Services<S> load(
      Class<? super S> service, Function<S, String> name, Predicate<S> wanted) {
    Services<S> services = new Services<>();
    Iterator<? super S> found = ServiceLoader.load(service).iterator();
    for (int i = 0; i < MOST && services.takeNext(service, found, name, wanted); i++) {
      // each step takes one
    }
    return services;
  }

  @SuppressWarnings("unchecked") // a provider has no type arguments
  private boolean takeNext(
      Class<? super S> service,
      Iterator<? super S> found,
      Function<S, String> name,
      Predicate<S> wanted) {
    try {
      S next = (S) found.next();
      if (!wanted.test(next)) {
        return true;
      }
      S first = byName.putIfAbsent(name.apply(next), next);
      if (first != null) {
        faults.add(
            "two jars offer \"%s\": %s and %s; take one of them out of adapters"
                .formatted(
                    name.apply(next), first.getClass().getName(), next.getClass().getName()));
      }
      return true;
    } catch (NoSuchElementException end) {
      return false;
    } catch (ServiceConfigurationError | LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      faults.add(
          "a jar's %s cannot be loaded (%s); take it out of adapters, or replace it by one for this version"
              .formatted(service.getSimpleName(), cause));
      return true;
    }
  }

  /** In the order in which they were found. */
  public SequencedMap<String, S> byName() {
    return Collections.unmodifiableSequencedMap(byName);
  }

  /** What could not be loaded, or is offered twice: one sentence each, with its remedy. */
  public List<String> faults() {
    return Collections.unmodifiableList(faults);
  }
}
