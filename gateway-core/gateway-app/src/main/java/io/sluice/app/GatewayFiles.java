package io.sluice.app;

import io.sluice.app.SecretFiles.Exposed;
import io.sluice.engine.config.ConfigLoader;
import io.sluice.engine.config.ConfigLoader.Faulty;
import io.sluice.engine.config.ConfigLoader.Loaded;
import io.sluice.engine.config.ConfigNode;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigTree;
import io.sluice.engine.config.Faults;
import io.sluice.engine.config.GatewayConfig;
import io.sluice.engine.normalize.Profiles;
import io.sluice.engine.registry.AccessSettings;
import io.sluice.engine.registry.DeviceSeed;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All that a gateway is told by files: configuration, device profiles, devices.
 *
 * @param file the configuration
 * @param digest SHA-256 of the configuration's file, in hexadecimal digits
 * @param exposed files with secrets that every user of the machine may read or write
 */
record GatewayFiles(
    Path file,
    String digest,
    GatewayConfig config,
    Profiles profiles,
    DeviceSeed seed,
    List<Exposed> exposed) {
  /**
   * Loads the configuration and what it names; null where anything has faults, which are printed.
   */
  static @Nullable GatewayFiles load(Path file, PrintWriter err) {
    return switch (ConfigLoader.load(file, GatewayTypes.installed(), System.getenv())) {
      case Loaded loaded -> load(file, loaded.config(), err);
      case Faulty faulty -> {
        Reports.print(faulty.faults(), faulty.count(), err);
        yield null;
      }
    };
  }

  private static @Nullable GatewayFiles load(Path file, GatewayConfig config, PrintWriter err) {
    List<Path> places =
        config.profiles().isEmpty() ? List.of(shippedProfiles()) : config.profiles();
    Profiles.Loaded profiles = Profiles.load(places);
    profiles.faults().forEach(err::println);
    Faults faults = new Faults();
    DeviceSeed seed =
        DeviceSeed.load(config.devices(), profiles.profiles().ids(), System.getenv(), faults);
    checkAutoRegister(file, config, profiles.profiles().ids(), faults);
    SecretFiles secrets = new SecretFiles(file, config);
    secrets.rejectWritable(faults);
    if (Reports.print(faults, err) || !profiles.faults().isEmpty()) {
      return null;
    }
    List<Exposed> exposed = secrets.exposed();
    exposed.forEach(each -> err.println("warning: " + each.remedy()));
    err.flush();
    return new GatewayFiles(
        file, SecretFiles.sha256(file), config, profiles.profiles(), seed, exposed);
  }

  private static void checkAutoRegister(
      Path file, GatewayConfig config, Set<String> profileIds, Faults faults) {
    String profile = config.section(AccessSettings.class).autoRegisterProfile();
    if (profile == null || profileIds.contains(profile)) {
      return;
    }
    ConfigNode node = ConfigTree.read(file, System.getenv(), new Faults());
    for (String key : List.of("access", "auto-register-profile")) {
      node = node instanceof Mapping mapping ? mapping.get(key) : null;
    }
    if (node != null) {
      faults.add(node, "no profile \"" + profile + "\" is loaded; known are " + sorted(profileIds));
    }
  }

  private static String sorted(Set<String> ids) {
    return String.join(", ", new TreeSet<>(ids));
  }

  /** The folder of the profiles that come with the program. */
  static Path shippedProfiles() {
    return home().resolve("config").resolve("profiles");
  }

  /** Where the program is installed, or the checkout's root. */
  static Path home() {
    return Path.of(System.getProperty("sluice.home", "."));
  }
}
