package io.sluice.fleet.config;

import io.sluice.api.config.Option;
import io.sluice.api.fleet.FleetBusSettings;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.operator.AdminSettings;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.cli.config.Reports;
import io.sluice.cli.logging.LoggingSettings;
import io.sluice.engine.config.Binder;
import io.sluice.engine.config.ConfigNode;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigSchema;
import io.sluice.engine.config.ConfigTree;
import io.sluice.engine.config.Faults;
import io.sluice.engine.config.ReferencePage;
import io.sluice.engine.coverage.CoverageSettings;
import io.sluice.engine.normalize.profile.Profiles;
import java.io.PrintWriter;
import java.nio.file.Path;
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
  /** The file as it is written. Each section may be missing: then all of it is as by default. */
  record Content(
      @Option(doc = "Where the fleet's parts are, and how its view is worked out.")
          ViewSettings fleet,
      @Option(doc = "HTTP API, metrics and dashboard, for people and for the other instances.")
          AdminSettings admin,
      @Option(doc = "How coverage is counted: as at the gateways.") CoverageSettings coverage,
      @Option(doc = "Where the program's log goes.") LoggingSettings logging,
      @Option(
              doc =
                  "Files and directories of device profiles, as the gateways have them: what"
                      + " devices are held to. Without it those that are shipped.")
          List<Path> profiles) {}

  private static final String INTRODUCTION =
      """
      # Configuration reference of the fleet

      Written by `./sluice fleet reference`; do not edit.

      The file that `sluice fleet init`, `run`, `config` and `check` read ([fleet-view.md](fleet-view.md)). It is written
      as that of a gateway ([reference.md](reference.md) tells of variables, durations and the files of secrets). Unknown
      keys are errors. `./sluice fleet check --config FILE` names every fault with its line.

      Editors take the JSON Schema `config/schema/fleet.schema.json`.
      """;

  /** Reads it; null where it has faults, which are printed, all in one pass. */
  public static @Nullable FleetFile load(Path file, Map<String, String> env, PrintWriter err) {
    Faults faults = new Faults();
    FleetFile loaded = read(file, ConfigTree.read(file, env, faults), faults);
    return Reports.print(faults, err) ? null : loaded;
  }

  /**
   * As {@link #load}; where it names a store, whose devices are held to profiles, null where those
   * have faults, too, all of which are printed.
   */
  public static @Nullable FleetFile loadToRun(Path file, Map<String, String> env, PrintWriter err) {
    FleetFile loaded = load(file, env, err);
    if (loaded == null || loaded.store() == null) {
      return loaded;
    }
    List<String> faults = profiles(loaded.profiles()).faults();
    Reports.printLines("", faults, err);
    err.flush();
    return faults.isEmpty() ? loaded : null;
  }

  /**
   * As {@link #load}, and with the faults of the profiles that it names: all that would keep an
   * instance from starting, and what it warns of.
   */
  public static @Nullable FleetFile check(Path file, Map<String, String> env, PrintWriter err) {
    Faults faults = new Faults();
    ConfigNode node = ConfigTree.read(file, env, faults);
    FleetFile loaded = read(file, node, faults);
    List<Path> places = loaded == null ? places(file, node) : loaded.profiles();
    Profiles.Loaded profiles = profiles(places);
    boolean isFaulty = Reports.print(faults, err);
    Reports.printLines("", profiles.faults(), err);
    Reports.printLines("warning: ", profiles.warnings(), err);
    err.flush();
    return isFaulty || !profiles.faults().isEmpty() ? null : loaded;
  }

  /** Those of a file with faults elsewhere. */
  private static List<Path> places(Path file, @Nullable ConfigNode node) {
    Binder binder = binder(file, new Faults());
    Mapping root = node == null ? null : binder.mapping(node, List.of());
    Named named = root == null ? null : binder.bindKnown(Named.class, root);
    return named == null ? List.of() : named.profiles();
  }

  private record Named(@Option(doc = "As in the file.") List<Path> profiles) {}

  /**
   * Loads profiles.
   *
   * @param places files and directories; empty: those shipped
   */
  public static Profiles.Loaded profiles(List<Path> places) {
    return Profiles.load(places.isEmpty() ? List.of(GatewayFiles.shippedProfiles()) : places);
  }

  private static Binder binder(Path file, Faults faults) {
    Path directory = file.toAbsolutePath().getParent();
    return new Binder(directory == null ? Path.of("/") : directory, faults);
  }

  private static @Nullable FleetFile read(Path file, @Nullable ConfigNode node, Faults faults) {
    Content content = node == null ? null : binder(file, faults).bind(Content.class, node);
    return content == null
        ? null
        : new FleetFile(
            file,
            content.fleet(),
            content.fleet().bus(),
            content.fleet().store(),
            content.profiles(),
            content.admin(),
            content.coverage(),
            content.logging());
  }

  /** The reference page of such files, as Markdown. */
  public static String reference() {
    return ReferencePage.write(INTRODUCTION, Content.class);
  }

  /** The JSON Schema of such files. */
  public static String schema() {
    return ConfigSchema.write("Sluice fleet configuration", Content.class);
  }
}
