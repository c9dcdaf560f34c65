package io.sluice.fleet.config;

import io.sluice.api.config.Option;
import io.sluice.api.fleet.FleetBusSettings;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.operator.AdminSettings;
import io.sluice.cli.config.Reports;
import io.sluice.cli.logging.LoggingSettings;
import io.sluice.engine.config.Binder;
import io.sluice.engine.config.ConfigNode;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigTree;
import io.sluice.engine.config.Faults;
import io.sluice.engine.coverage.CoverageSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a fleet process.
 *
 * @param bus null where the file names none
 * @param store null where the file names none
 * @param profiles files and directories of device profiles; empty: those shipped
 */
public record FleetFile(
    Path file,
    ViewSettings view,
    @Nullable FleetBusSettings bus,
    @Nullable FleetStoreSettings store,
    List<Path> profiles,
    AdminSettings admin,
    CoverageSettings coverage,
    LoggingSettings logging) {
  private static final List<String> SECTIONS =
      List.of("fleet", "admin", "coverage", "logging", "profiles");

  /** Keys of the section {@code fleet} beside those of the view. */
  private static final List<String> OTHERS = List.of("store", "bus");

  /** Reads it; null where it has faults, which are printed, all in one pass. */
  public static @Nullable FleetFile load(Path file, Map<String, String> env, PrintWriter err) {
    Faults faults = new Faults();
    FleetFile loaded = read(file, ConfigTree.read(file, env, faults), faults);
    return Reports.print(faults, err) ? null : loaded;
  }

  private static @Nullable FleetFile read(Path file, @Nullable ConfigNode node, Faults faults) {
    Path directory = file.toAbsolutePath().getParent();
    Binder binder = new Binder(directory == null ? Path.of("/") : directory, faults);
    Mapping root = node == null ? null : binder.mapping(node, SECTIONS);
    if (root == null) {
      return null;
    }
    binder.rejectUnknown(root, SECTIONS);
    ConfigNode section = root.get("fleet");
    Mapping fleet =
        section == null
            ? new Mapping(root.location(), "fleet", new LinkedHashMap<>())
            : binder.mapping(section, OTHERS);
    if (fleet == null) {
      return null;
    }
    List<String> keys = new ArrayList<>(OTHERS);
    keys.addAll(Binder.keys(ViewSettings.class));
    binder.rejectUnknown(fleet, keys);
    ViewSettings view = binder.bindKnown(ViewSettings.class, fleet);
    ConfigNode busNode = fleet.get("bus");
    FleetBusSettings bus = busNode == null ? null : binder.bind(FleetBusSettings.class, busNode);
    ConfigNode storeNode = fleet.get("store");
    FleetStoreSettings store =
        storeNode == null ? null : binder.bind(FleetStoreSettings.class, storeNode);
    Files files = binder.bindKnown(Files.class, root);
    AdminSettings admin = section(AdminSettings.class, "admin", root, binder);
    CoverageSettings coverage = section(CoverageSettings.class, "coverage", root, binder);
    LoggingSettings logging = section(LoggingSettings.class, "logging", root, binder);
    return view == null || admin == null || coverage == null || logging == null || files == null
        ? null
        : new FleetFile(file, view, bus, store, files.profiles(), admin, coverage, logging);
  }

  /** Keys of the file itself. */
  record Files(
      @Option(
              doc =
                  "Files and directories of device profiles, as the gateways have them: what"
                      + " devices are held to. Without it those that are shipped.")
          List<Path> profiles) {}

  private static <R extends Record> @Nullable R section(
      Class<R> type, String key, Mapping root, Binder binder) {
    ConfigNode node = root.get(key);
    return node == null ? binder.defaults(type, root.location(), key) : binder.bind(type, node);
  }
}
