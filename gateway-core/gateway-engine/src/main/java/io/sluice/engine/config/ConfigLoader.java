package io.sluice.engine.config;

import io.sluice.api.operator.AdminSettings;
import io.sluice.api.upstream.ForwardSettings;
import io.sluice.api.upstream.UpstreamSettings;
import io.sluice.engine.config.ConfigNode.Kind;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigNode.Scalar;
import io.sluice.engine.config.ConfigNode.Sequence;
import io.sluice.engine.config.GatewayConfig.AdapterConfig;
import io.sluice.engine.config.GatewayConfig.Identity;
import io.sluice.engine.config.GatewayConfig.UpstreamConfig;
import io.sluice.engine.config.GatewayConfig.UpstreamIdentity;
import io.sluice.engine.config.Types.Section;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/** Loads the gateway's configuration and finds all that is wrong with it in one pass. */
public final class ConfigLoader {
  /** The verdict on a file. */
  public sealed interface Result {}

  public record Loaded(GatewayConfig config) implements Result {}

  /**
   * @param count all faults, those beyond {@link Faults#MAX_KEPT} included
   * @param kinds how many of each {@link Fault#kind}
   * @param profiles places of profiles that the file names and that are there
   * @param devices files of devices that the file names and that are there
   */
  public record Faulty(
      List<Fault> faults,
      int count,
      Map<String, Integer> kinds,
      List<Path> profiles,
      List<Path> devices)
      implements Result {}

  private final Types types;
  private final Faults faults = new Faults();
  private final PathBase base;
  private final Binder binder;

  private List<Path> profiles = List.of();
  private List<Path> devices = List.of();

  private ConfigLoader(PathBase base, Types types) {
    this.types = types;
    this.base = base;
    this.binder = new Binder(base, faults);
  }

  private static Path directory(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    return directory == null ? Path.of("/") : directory;
  }

  /**
   * Loads a file, with what the gateway took from its fleet.
   *
   * @param env the environment variables that it may refer to
   */
  public static Result load(Path file, Types types, Map<String, String> env) {
    return load(file, null, types, env);
  }

  /**
   * Loads a file with a configuration that the fleet pushed.
   *
   * @param pushed its folder; null for the one that the gateway took, if any
   * @param env the environment variables that both may refer to
   */
  public static Result load(
      Path file, @Nullable Path pushed, Types types, Map<String, String> env) {
    Faults read = new Faults();
    ConfigNode box = ConfigTree.read(file, env, read);
    Path folder = pushed != null || box == null ? pushed : pushed(box, file);
    ConfigLoader loader = new ConfigLoader(new PathBase(directory(file), folder), types);
    loader.faults.addAll(read);
    GatewayConfig config =
        loader.config(
            folder == null || box == null
                ? box
                : PushedConfiguration.over(box, folder, env, loader.faults));
    return loader.result(config);
  }

  private static @Nullable Path pushed(ConfigNode box, Path file) {
    return PushedConfiguration.of(box, directory(file));
  }

  /**
   * The nodes of a configuration, with what the gateway took from its fleet; null where they cannot
   * be read.
   */
  public static @Nullable ConfigNode tree(Path file, Map<String, String> env) {
    Faults none = new Faults();
    ConfigNode box = ConfigTree.read(file, env, none);
    Path folder = box == null ? null : pushed(box, file);
    return box == null || folder == null ? box : PushedConfiguration.over(box, folder, env, none);
  }

  /** The data directory where it takes configurations of the fleet; null where it takes none. */
  public static @Nullable Path takingData(Path file, Map<String, String> env) {
    ConfigNode box = ConfigTree.read(file, env, new Faults());
    return box == null ? null : PushedConfiguration.data(box, directory(file));
  }

  /**
   * Loads a text as if it stood in that file.
   *
   * @param file the name that faults show, and the place that relative paths start from
   */
  public static Result parse(Path file, String text, Types types, Map<String, String> env) {
    ConfigLoader loader = new ConfigLoader(new PathBase(directory(file), null), types);
    GatewayConfig config =
        loader.config(ConfigTree.parse(file.toString(), text, env, loader.faults));
    return loader.result(config);
  }

  private Result result(@Nullable GatewayConfig config) {
    return config != null && faults.isEmpty()
        ? new Loaded(config)
        : new Faulty(faults.list(), faults.count(), faults.kinds(), profiles, devices);
  }

  private @Nullable GatewayConfig config(@Nullable ConfigNode node) {
    if (node == null) {
      return null;
    }
    SequencedSet<String> keys = keys(types);
    Mapping root = binder.mapping(node, keys);
    if (root == null) {
      return null;
    }
    binder.rejectUnknown(root, keys);
    types.faults().forEach(fault -> faults.add(root, fault));
    ConfigNode gateway = root.get("gateway");
    Identity identity =
        gateway == null ? missingGateway(root) : binder.bind(Identity.class, gateway);
    AdapterSections adapters = new AdapterSections(types, binder, faults);
    SequencedMap<String, AdapterConfig> listeners = adapters.listeners(root);
    List<AdapterConfig> sources = adapters.sources(root);
    ConfigNode adminNode = root.get("admin");
    AdminSettings admin = adminNode == null ? null : binder.bind(AdminSettings.class, adminNode);
    profiles = paths(root, "profiles");
    devices = paths(root, "devices");
    List<UpstreamConfig> upstreams = upstreams(root);
    new BrokerLoops(root, faults).check(sources, upstreams);
    Map<String, Record> sections = sections(root);
    return identity == null
        ? null
        : new GatewayConfig(
            identity,
            listeners,
            sources,
            adapters.dialects(),
            admin,
            profiles,
            devices,
            upstreams,
            sections);
  }

  /** The keys of the file's first level. */
  static SequencedSet<String> keys(Types types) {
    SequencedSet<String> keys =
        new LinkedHashSet<>(
            List.of(
                "gateway", "listeners", "sources", "admin", "profiles", "devices", "upstreams"));
    types.sections().forEach(section -> keys.add(section.key()));
    return keys;
  }

  private @Nullable Identity missingGateway(Mapping root) {
    faults.add(root.fault("gateway", "is missing; add gateway: { id: edge-01 }"));
    return null;
  }

  private List<Path> paths(Mapping root, String key) {
    ConfigNode node = root.get(key);
    if (node == null || (node instanceof Scalar scalar && scalar.isAbsent())) {
      return List.of();
    }
    if (!(node instanceof Sequence sequence)) {
      faults.add(node, "must be a list, not " + node.describe() + "; write [ " + key + "-path ]");
      return List.of();
    }
    List<Path> paths = new ArrayList<>();
    for (ConfigNode item : sequence.items()) {
      Path path = path(item);
      if (path != null) {
        paths.add(path);
      }
    }
    return List.copyOf(paths);
  }

  private @Nullable Path path(ConfigNode item) {
    if (item instanceof Scalar scalar && scalar.kind() == Kind.BROKEN) {
      return null;
    }
    if (!(item instanceof Scalar scalar)
        || scalar.text().isBlank()
        || scalar.text().contains("\0")) {
      faults.add(
          item, "must be a path, not " + item.describe() + "; write one, relative to this file");
      return null;
    }
    Path path = base.resolve(scalar).normalize();
    if (!Files.exists(path)) {
      faults.add(
          item,
          "there is no "
              + path
              + "; make it, or mend the path (it is relative to this file's directory)");
      return null;
    }
    return path;
  }

  private List<UpstreamConfig> upstreams(Mapping root) {
    ConfigNode node = root.get("upstreams");
    if (!(node instanceof Sequence sequence) || sequence.items().isEmpty()) {
      String what =
          node == null
              ? "is missing"
              : node instanceof Sequence ? "names none" : "must be a list, not " + node.describe();
      faults.add(
          root.fault(
              "upstreams",
              what
                  + "; name at least one, for example upstreams: [ { name: archive, type: file,"
                  + " directory: ./var/archive } ]"));
      return List.of();
    }
    List<UpstreamConfig> upstreams = new ArrayList<>();
    Map<String, Location> names = new LinkedHashMap<>();
    Map<UpstreamSettings.Sole, String> taken = new HashMap<>();
    for (ConfigNode item : sequence.items()) {
      UpstreamConfig upstream = upstream(item, names);
      if (upstream != null && item instanceof Mapping mapping) {
        checkSole(upstream, mapping, taken);
        upstreams.add(upstream);
      }
    }
    return List.copyOf(upstreams);
  }

  private @Nullable UpstreamConfig upstream(ConfigNode item, Map<String, Location> names) {
    List<String> common = new ArrayList<>(Binder.keys(UpstreamIdentity.class));
    common.addAll(Binder.keys(ForwardSettings.class));
    Mapping mapping = binder.mapping(item, common);
    if (mapping == null) {
      return null;
    }
    UpstreamIdentity identity = binder.bindKnown(UpstreamIdentity.class, mapping);
    ForwardSettings forward = binder.bindKnown(ForwardSettings.class, mapping);
    if (identity == null) {
      return null;
    }
    checkUnique(identity.name(), mapping, names);
    Class<? extends Record> settings = types.upstreams().get(identity.type());
    if (settings == null) {
      ConfigNode type = mapping.get("type");
      faults.add(
          type == null ? mapping : type,
          "\""
              + identity.type()
              + "\" is not a type of upstream; "
              + NearestKey.remedy(identity.type(), types.upstreams().keySet()));
      return null;
    }
    common.addAll(Binder.keys(settings));
    binder.rejectUnknown(mapping, common);
    Record bound = binder.bindKnown(settings, mapping);
    if (forward == null || bound == null) {
      return null;
    }
    if (bound instanceof UpstreamSettings own) {
      own.problems(forward).forEach(p -> faults.add(mapping.fault(p.key(), p.message())));
    }
    return new UpstreamConfig(identity.name(), identity.was(), identity.type(), forward, bound);
  }

  private void checkSole(
      UpstreamConfig upstream, Mapping mapping, Map<UpstreamSettings.Sole, String> taken) {
    UpstreamSettings.Sole sole =
        upstream.settings() instanceof UpstreamSettings own ? own.sole() : null;
    String first = sole == null ? null : taken.putIfAbsent(sole, upstream.name());
    if (sole != null && first != null) {
      faults.add(
          mapping.fault(
              sole.key(), "is that of upstream \"" + first + "\" already; give each its own"));
    }
  }

  private void checkUnique(String name, Mapping mapping, Map<String, Location> names) {
    ConfigNode node = mapping.get("name");
    Location first = names.putIfAbsent(name, node == null ? mapping.location() : node.location());
    if (first != null && node != null) {
      faults.add(
          node,
          "\"" + name + "\" is taken by the upstream on line " + first.line() + "; choose another");
    }
  }

  private Map<String, Record> sections(Mapping root) {
    Map<String, Record> sections = new LinkedHashMap<>();
    for (Section section : types.sections()) {
      ConfigNode node = root.get(section.key());
      Record bound =
          node == null
              ? binder.defaults(section.settings(), root.location(), section.key())
              : binder.bind(section.settings(), node);
      if (bound != null) {
        sections.put(section.key(), bound);
      }
    }
    return sections;
  }
}
