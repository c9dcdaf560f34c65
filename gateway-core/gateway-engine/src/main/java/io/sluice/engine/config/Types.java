package io.sluice.engine.config;

import io.sluice.api.AdapterFactory;
import io.sluice.api.upstream.UpstreamFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * What a configuration may have in it: the open ends of the file, as this build fills them.
 *
 * @param listeners kind → settings
 * @param upstreams type → settings
 * @param sections further sections of the file, beside those that every gateway has
 */
public record Types(
    SequencedMap<String, Class<? extends Record>> listeners,
    SequencedMap<String, Class<? extends Record>> upstreams,
    List<Section> sections) {
  /**
   * A section of the file.
   *
   * @param doc one or two sentences for the reference page
   */
  public record Section(String key, Class<? extends Record> settings, String doc) {}

  /** All adapters and upstreams that are installed. */
  public static Types installed(List<Section> sections) {
    SequencedMap<String, Class<? extends Record>> listeners = new TreeMap<>();
    for (AdapterFactory<?> factory : ServiceLoader.load(AdapterFactory.class)) {
      listeners.put(factory.kind(), factory.settings());
    }
    SequencedMap<String, Class<? extends Record>> upstreams = new TreeMap<>();
    for (UpstreamFactory<?> factory : ServiceLoader.load(UpstreamFactory.class)) {
      upstreams.put(factory.type(), factory.settings());
    }
    return new Types(
        new LinkedHashMap<>(listeners), new LinkedHashMap<>(upstreams), List.copyOf(sections));
  }
}
