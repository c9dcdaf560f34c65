package io.sluice.cli.config;

import io.sluice.cli.config.SecretFiles.Exposed;
import io.sluice.engine.config.ConfigLoader;
import io.sluice.engine.config.ConfigLoader.Faulty;
import io.sluice.engine.config.ConfigLoader.Loaded;
import io.sluice.engine.config.ConfigNode;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigNode.Sequence;
import io.sluice.engine.config.Faults;
import io.sluice.engine.config.GatewayConfig;
import io.sluice.engine.config.Types;
import io.sluice.engine.dialect.DialectPlaces;
import io.sluice.engine.dialect.Dialects;
import io.sluice.engine.dialect.Topics;
import io.sluice.engine.normalize.UnitSettings;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.normalize.unit.OwnUnit;
import io.sluice.engine.registry.auth.ConsumerSettings;
import io.sluice.engine.registry.credential.AccessSettings;
import io.sluice.engine.registry.credential.Authorities;
import io.sluice.engine.registry.provision.DeviceSeed;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All that a gateway is told by files: configuration, device profiles, dialects, devices.
 *
 * @param file the configuration
 * @param digest SHA-256 of the configuration's file, in hexadecimal digits
 * @param ports what the listeners want of the system
 * @param exposed files with secrets that every user of the machine may read or write
 * @param readMillis when reading them began, by the system's clock
 */
public record GatewayFiles(
    Path file,
    String digest,
    GatewayConfig config,
    Profiles profiles,
    Dialects dialects,
    DeviceSeed seed,
    List<PortRequirement> ports,
    List<Exposed> exposed,
    long readMillis) {
  /**
   * Loads the configuration and what it names; null where anything has faults, which are printed:
   * those of all files in one pass.
   */
  public static @Nullable GatewayFiles load(Path file, PrintWriter err) {
    return load(file, null, err);
  }

  /**
   * As {@link #load(Path, PrintWriter)}, with a configuration that the fleet pushed.
   *
   * @param pushed its folder; null for the one that the gateway took, if any
   */
  public static @Nullable GatewayFiles load(Path file, @Nullable Path pushed, PrintWriter err) {
    long readMillis = System.currentTimeMillis();
    Types types = GatewayTypes.installed();
    return switch (ConfigLoader.load(file, pushed, types, System.getenv())) {
      case Loaded loaded ->
          load(
              file,
              loaded.config(),
              PortRequirement.of(loaded.config(), types.datagrams()),
              readMillis,
              err);
      case Faulty faulty -> {
        Reports.print(faulty.faults(), faulty.kinds(), faulty.count(), err);
        Faults faults = new Faults();
        named(faulty.profiles(), Map.of(), faulty.devices(), null, faults, err);
        Reports.print(faults, err);
        yield null;
      }
    };
  }

  /** What the files that the configuration names say. */
  private record Named(Profiles.Loaded profiles, Dialects dialects, DeviceSeed seed) {}

  private static Named named(
      List<Path> profilePlaces,
      Map<String, OwnUnit> units,
      List<Path> devices,
      @Nullable Set<String> authorities,
      Faults faults,
      PrintWriter err) {
    List<Path> places = profilePlaces.isEmpty() ? List.of(shippedProfiles()) : profilePlaces;
    Dialects dialects = Dialects.load(DialectPlaces.beside(places, shippedDialects()), faults);
    Profiles.Loaded profiles = Profiles.load(places, dialects.names(), units);
    Reports.printLines("", profiles.faults(), err);
    Reports.printLines("warning: ", profiles.warnings(), err);
    return new Named(
        profiles,
        dialects,
        DeviceSeed.load(devices, profiles.profiles().ids(), authorities, System.getenv(), faults));
  }

  private static Map<String, OwnUnit> units(GatewayConfig config) {
    return config.section(UnitSettings.class).units();
  }

  private static @Nullable GatewayFiles load(
      Path file,
      GatewayConfig config,
      List<PortRequirement> ports,
      long readMillis,
      PrintWriter err) {
    Faults faults = new Faults();
    Set<String> authorities = authorities(file, config, faults);
    Named named =
        named(config.profiles(), units(config), config.devices(), authorities, faults, err);
    Profiles.Loaded profiles = named.profiles();
    DeviceSeed seed = named.seed();
    checkDialects(file, config, named, faults);
    checkAutoRegister(file, config, profiles.profiles().ids(), faults);
    checkPorts(file, ports, faults);
    checkConsumers(file, config, authorities, faults);
    SecretFiles secrets = new SecretFiles(file, config);
    secrets.rejectWritable(faults);
    if (Reports.print(faults, err) || !profiles.faults().isEmpty()) {
      return null;
    }
    List<Exposed> exposed = secrets.exposed();
    Reports.printLines("warning: ", exposed.stream().map(Exposed::remedy).toList(), err);
    err.flush();
    return new GatewayFiles(
        file,
        SecretFiles.sha256(file),
        config,
        profiles.profiles(),
        named.dialects(),
        seed,
        ports,
        exposed,
        readMillis);
  }

  /**
   * Loads profiles and dialects anew, for a gateway that runs by that configuration; null where
   * anything has faults, which are printed. It names no devices.
   */
  public static @Nullable GatewayFiles loadVocabulary(
      Path file, GatewayConfig config, PrintWriter err) {
    long readMillis = System.currentTimeMillis();
    Faults faults = new Faults();
    Named named = named(config.profiles(), units(config), List.of(), null, faults, err);
    Profiles.Loaded profiles = named.profiles();
    checkDialects(file, config, named, faults);
    checkAutoRegister(file, config, profiles.profiles().ids(), faults);
    return Reports.print(faults, err) || !profiles.faults().isEmpty()
        ? null
        : new GatewayFiles(
            file,
            "",
            config,
            profiles.profiles(),
            named.dialects(),
            named.seed(),
            List.of(),
            List.of(),
            readMillis);
  }

  /** Null, and a fault, where the certificates cannot be read any more. */
  private static @Nullable Set<String> authorities(Path file, GatewayConfig config, Faults faults) {
    try {
      return Authorities.names(config.section(AccessSettings.class));
    } catch (IOException e) {
      addAt(file, List.of("access"), String.valueOf(e.getMessage()), faults);
      return null;
    }
  }

  private static void checkConsumers(
      Path file, GatewayConfig config, @Nullable Set<String> authorities, Faults faults) {
    List<ConsumerSettings.User> users = config.section(ConsumerSettings.class).users();
    for (int i = 0; i < users.size(); i++) {
      String bound = users.get(i).certificateAuthority();
      if (bound != null && authorities != null && !authorities.contains(bound)) {
        addAt(
            file,
            List.of("consumers", "users", String.valueOf(i), "certificate-authority"),
            Authorities.unknown(bound, authorities),
            faults);
      }
    }
  }

  /** Names that there are not, and dialects of one list that collide. */
  private static void checkDialects(Path file, GatewayConfig config, Named named, Faults faults) {
    Dialects dialects = named.dialects();
    Map<String, String> ofProfiles = named.profiles().profiles().dialects();
    config
        .dialects()
        .forEach((adapter, list) -> {
          for (int i = 0; i < list.size(); i++) {
            String fault = Dialects.unknown(list.get(i), dialects.names());
            if (fault != null) {
              List<String> key = new ArrayList<>(keyOf(config, adapter));
              key.addAll(List.of("dialects", String.valueOf(i)));
              addAt(file, key, fault, faults);
            }
          }
          var _ = dialects.topics(list, ofProfiles); // for their collisions
        });
  }

  /** Where an adapter stands in the configuration. */
  private static List<String> keyOf(GatewayConfig config, String adapter) {
    for (int i = 0; i < config.sources().size(); i++) {
      if (config.sources().get(i).name().equals(adapter)) {
        return List.of("sources", String.valueOf(i));
      }
    }
    return List.of("listeners", adapter);
  }

  /** What topics mean where nobody says by which listener a message came: at any of them. */
  public Topics topics() {
    List<String> all = new ArrayList<>();
    for (List<String> list : config.dialects().values()) {
      all.addAll(list.isEmpty() ? dialects.usual() : list);
    }
    return dialects.topics(all, profiles.dialects());
  }

  /** What topics mean at a listener or a source. */
  public Topics topics(String adapter) {
    List<String> list = config.dialects().getOrDefault(adapter, List.of());
    return dialects.topics(list, profiles.dialects());
  }

  private static void checkAutoRegister(
      Path file, GatewayConfig config, Set<String> profileIds, Faults faults) {
    String profile = config.section(AccessSettings.class).autoRegisterProfile();
    if (profile != null && !profileIds.contains(profile)) {
      addAt(
          file,
          List.of("access", "auto-register-profile"),
          "no profile \"" + profile + "\" is loaded; known are " + sorted(profileIds),
          faults);
    }
  }

  /** Two listeners on one port: the second would find it taken, by its own gateway. */
  private static void checkPorts(Path file, List<PortRequirement> ports, Faults faults) {
    for (int i = 0; i < ports.size(); i++) {
      PortRequirement port = ports.get(i);
      for (PortRequirement earlier : ports.subList(0, i)) {
        if (port.clashes(earlier)) {
          List<String> key =
              port.kind().equals("admin")
                  ? List.of("admin", "port")
                  : List.of("listeners", port.kind(), "port");
          addAt(
              file,
              key,
              port.port() + " is that of " + earlier.kind() + " already; give each its own",
              faults);
        }
      }
    }
  }

  /**
   * Adds a fault at a key of the configuration, or at the innermost one of it that is written.
   *
   * @param keys from the root; of a list the place of an item, from 0
   */
  private static void addAt(Path file, List<String> keys, String what, Faults faults) {
    ConfigNode node = ConfigLoader.tree(file, System.getenv());
    for (String key : keys) {
      ConfigNode inner =
          switch (node) {
            case Mapping mapping -> mapping.get(key);
            case Sequence list -> list.items().get(Integer.parseInt(key));
            case null, default -> null;
          };
      node = inner == null ? node : inner;
    }
    if (node != null) {
      faults.add(node, what);
    }
  }

  private static String sorted(Set<String> ids) {
    return String.join(", ", new TreeSet<>(ids));
  }

  /** The folder of the profiles that come with the program. */
  public static Path shippedProfiles() {
    return home().resolve("config").resolve("profiles");
  }

  /** The folder of the dialects that come with the program. */
  public static Path shippedDialects() {
    return home().resolve("config").resolve("dialects");
  }

  /** Where the program is installed, or the checkout's root. */
  public static Path home() {
    return Path.of(System.getProperty("sluice.home", "."));
  }
}
