package io.sluice.engine.config;

import io.sluice.api.config.Option;
import io.sluice.api.operator.AdminSettings;
import io.sluice.api.upstream.ForwardSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration, valid.
 *
 * @param listeners name → what is opened for devices, in the order of the file
 * @param sources what connects out to devices and brokers, in the order of the file; no name is
 *     that of a listener
 * @param dialects name of a listener or source → names of the dialects that its devices may speak;
 *     none where the file does not say
 * @param admin null where the file names no admin listener
 * @param profiles files and directories of device profiles, each there; empty: those shipped
 * @param devices files that seed the registry, each there
 * @param upstreams at least one, of unique names
 * @param sections key → settings of the other sections; those not in the file have their defaults
 */
public record GatewayConfig(
    Identity gateway,
    SequencedMap<String, AdapterConfig> listeners,
    List<AdapterConfig> sources,
    Map<String, List<String>> dialects,
    @Nullable AdminSettings admin,
    List<Path> profiles,
    List<Path> devices,
    List<UpstreamConfig> upstreams,
    Map<String, Record> sections) {
  /** Who this gateway is and where it keeps what it must not lose. */
  public record Identity(
      @Option(
              doc = "Name of this gateway, unique among yours: it stands in every record.",
              required = true,
              pattern = "[A-Za-z0-9._-]{1,64}",
              hint = "write 1 to 64 letters, digits and . _ -")
          String id,
      @Option(
              doc = "Directory of spool, registry and keys; made where it is missing.",
              def = "./var")
          Path data) {}

  /**
   * One listener or source.
   *
   * @param name unique among all listeners and sources
   * @param type by which its factory is found
   */
  public record AdapterConfig(String name, String type, Record settings) {}

  /** The keys by which sources are told apart. */
  record SourceIdentity(
      @Option(
              doc = "Name of the source, unique among sources and listeners.",
              required = true,
              pattern = ADAPTER_NAME,
              hint = ADAPTER_NAME_HINT)
          String name,
      @Option(doc = "What kind of source it is.", required = true) String type,
      @Option(
              doc =
                  "Dialects that its messages may speak: what their topics mean. Without it all that"
                      + " need not be named (docs/dialects.md).")
          List<String> dialects) {}

  /** What a listener or a source may be called. */
  static final String ADAPTER_NAME = "[A-Za-z0-9._-]{1,64}";

  static final String ADAPTER_NAME_HINT = "write 1 to 64 letters, digits and . _ -";

  /**
   * One upstream.
   *
   * @param was name that it had before, or null
   */
  public record UpstreamConfig(
      String name, @Nullable String was, String type, ForwardSettings forward, Record settings) {}

  /** What every listener has beside its own keys. */
  record ListenerCommon(
      @Option(
              doc =
                  "What kind of listener it is. One whose name is a type needs none; several of a"
                      + " type have names of their own, such as `mqtt-hall-2: { type: mqtt, port:"
                      + " 1884 }`.")
          @Nullable String type,
      @Option(
              doc =
                  "Dialects that its devices may speak: what their topics or paths mean. Without it"
                      + " all that need not be named (docs/dialects.md).")
          List<String> dialects) {}

  /** The keys by which upstreams are told apart. */
  record UpstreamIdentity(
      @Option(
              doc = "Name of the upstream, unique here; its place in the spool is kept by it.",
              required = true,
              pattern = "(?!\\.{1,2}$)[A-Za-z0-9._-]{1,64}",
              hint = "write 1 to 64 letters, digits and . _ -, and not . or .. alone")
          String name,
      @Option(
              doc =
                  "Name that it had before: it goes on with the place of that one, where it has none.",
              pattern = "[A-Za-z0-9._-]{1,64}",
              hint = "write 1 to 64 letters, digits and . _ -")
          @Nullable String was,
      @Option(doc = "What kind of destination it is.", required = true) String type) {}

  /**
   * The settings of a section.
   *
   * @throws IllegalArgumentException where no section has them
   */
  public <S extends Record> S section(Class<S> type) {
    return sections.values().stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no section has " + type));
  }
}
