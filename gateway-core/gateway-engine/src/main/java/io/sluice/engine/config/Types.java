package io.sluice.engine.config;

import io.sluice.api.adapter.AdapterFactory;
import io.sluice.api.adapter.AdapterFactory.Direction;
import io.sluice.api.adapter.AdapterFactory.Transport;
import io.sluice.api.codec.PayloadCodecs;
import io.sluice.api.config.Services;
import io.sluice.api.upstream.PayloadFormats;
import io.sluice.api.upstream.UpstreamFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a configuration may have in it: the open ends of the file, as this build fills them.
 *
 * @param listeners type → settings
 * @param datagrams types of listeners whose port is one of UDP
 * @param sources type → settings
 * @param upstreams type → settings
 * @param sections further sections of the file, beside those that every gateway has
 * @param faults of the installation: jars that are broken or offer what another offers
 */
public record Types(
    SequencedMap<String, Class<? extends Record>> listeners,
    Set<String> datagrams,
    SequencedMap<String, Class<? extends Record>> sources,
    SequencedMap<String, Class<? extends Record>> upstreams,
    List<Section> sections,
    List<String> faults) {
  /** Nothing of it is broken, there are no sources, and all listens by TCP. */
  public Types(
      SequencedMap<String, Class<? extends Record>> listeners,
      SequencedMap<String, Class<? extends Record>> upstreams,
      List<Section> sections) {
    this(listeners, Set.of(), new TreeMap<>(), upstreams, sections, List.of());
  }

  /**
   * A section of the file.
   *
   * @param doc one or two sentences for the reference page
   */
  public record Section(String key, Class<? extends Record> settings, String doc) {}

  /** All adapters and upstreams that are installed. */
  public static Types installed(List<Section> sections) {
    Services<AdapterFactory<?>> listening = adapters(Direction.LISTENER);
    Services<AdapterFactory<?>> connecting = adapters(Direction.SOURCE);
    Services<UpstreamFactory<?>> factories = upstreamFactories();
    SequencedMap<String, Class<? extends Record>> listeners = new TreeMap<>();
    SequencedMap<String, Class<? extends Record>> sources = new TreeMap<>();
    listening.byName().forEach((type, factory) -> listeners.put(type, factory.settings()));
    connecting.byName().forEach((type, factory) -> sources.put(type, factory.settings()));
    Set<String> datagrams =
        listening.byName().values().stream()
            .filter(factory -> factory.transport() == Transport.UDP)
            .map(factory -> factory.type())
            .collect(Collectors.toUnmodifiableSet());
    SequencedMap<String, Class<? extends Record>> upstreams = new TreeMap<>();
    factories.byName().forEach((type, factory) -> upstreams.put(type, factory.settings()));
    List<String> faults = new ArrayList<>(listening.faults());
    connecting.faults().stream().filter(each -> !faults.contains(each)).forEach(faults::add);
    faults.addAll(factories.faults());
    faults.addAll(PayloadFormats.faults());
    faults.addAll(PayloadCodecs.faults());
    return new Types(
        new LinkedHashMap<>(listeners),
        datagrams,
        new LinkedHashMap<>(sources),
        new LinkedHashMap<>(upstreams),
        List.copyOf(sections),
        List.copyOf(faults));
  }

  /** The adapters that are installed, by type: a type may be one of listeners and of sources. */
  public static Services<AdapterFactory<?>> adapters(Direction direction) {
    return Services.load(
        AdapterFactory.class,
        (AdapterFactory<?> factory) -> factory.type(),
        factory -> factory.direction() == direction);
  }

  /** The upstreams that are installed, by type. */
  public static Services<UpstreamFactory<?>> upstreamFactories() {
    return Services.load(UpstreamFactory.class, factory -> factory.type());
  }
}
