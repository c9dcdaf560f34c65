package io.sluice.fleet;

import io.sluice.api.fleet.ConfigurationStore;
import io.sluice.api.fleet.ConfigurationStore.Audience;
import io.sluice.api.fleet.ConfigurationStore.Pushed;
import io.sluice.api.fleet.ConfigurationStore.Report;
import io.sluice.api.fleet.ConfigurationStore.Step;
import io.sluice.api.fleet.ConfigurationStore.Version;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.engine.config.Faults;
import io.sluice.fleet.config.FleetFile;
import io.sluice.fleet.rollout.PushedFiles;
import io.sluice.store.postgres.PostgresConfigurations;
import io.sluice.store.postgres.PostgresLink;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Gives gateways their configuration, and tells what became of it. */
@Command(
    name = "config",
    description = "Pushes configurations to gateways, and tells what became of them.",
    synopsisSubcommandLabel = "COMMAND")
final class ConfigCommand implements Runnable {
  private static final int LISTED = 50;

  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The fleet's configuration: its store is asked.")
  private Path file;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "no command given; there are push, list, show and status");
  }

  /** What is done with the fleet's configurations. */
  private interface Work {
    int with(ConfigurationStore fleet) throws IOException, CommandFailure, InterruptedException;
  }

  private int in(Work work) throws IOException, CommandFailure, InterruptedException {
    FleetFile fleet = FleetFile.load(file, System.getenv(), err());
    if (fleet == null) {
      return ExitCode.USAGE;
    }
    FleetStoreSettings store = fleet.store();
    if (store == null) {
      throw new CommandFailure(
          ExitCode.USAGE,
          file + ": fleet.store is missing; write fleet: { store: { uri: postgresql://... } }");
    }
    return work.with(
        new PostgresConfigurations(PostgresLink.connections(store, "sluice fleet config")));
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }

  @Command(
      name = "push",
      description =
          "Gives gateways a configuration: they check it, try it, and keep it where all comes back.")
  int push(
      @Parameters(
              paramLabel = "PLACE",
              description =
                  "A file with the sections, or a folder with sluice.yaml and what it names.")
          Path place,
      @Option(
              names = "--gateway",
              paramLabel = "ID",
              description = "For this gateway; may be given several times.")
          @Nullable List<String> gateways,
      @Option(names = "--region", description = "For the gateways of this region.")
          @Nullable String region,
      @Option(names = "--all", description = "For every gateway.") boolean isForAll,
      @Option(
              names = "--trial",
              paramLabel = "SECONDS",
              defaultValue = "60",
              description =
                  "How long a gateway waits until all is back (${DEFAULT-VALUE}; 1 to 3600).")
          int trial,
      @Option(names = "--note", defaultValue = "", description = "Why, in a sentence.") String note,
      @Option(names = "--by", defaultValue = "${sys:user.name}", description = "Who pushes it.")
          String by,
      @Option(
              names = "--wait",
              description = "Wait until each gateway that is named has kept it or not.")
          boolean isWaiting)
      throws IOException, CommandFailure, InterruptedException {
    List<String> named = gateways == null ? List.of() : gateways;
    checkAudience(named, region, isForAll, isWaiting);
    if (trial < 1 || trial > 3_600) {
      throw usage("--trial must be 1 to 3600 seconds, not " + trial);
    }
    SortedMap<String, byte[]> files = PushedFiles.read(place);
    Faults faults = PushedFiles.faults(files);
    if (!faults.isEmpty()) {
      faults.list().forEach(fault -> err().println(fault));
      throw new CommandFailure(ExitCode.USAGE, "nothing was pushed");
    }
    return in(fleet -> {
      Version version = fleet.push(new Pushed(by, note, new Audience(named, region), trial, files));
      out()
          .printf(
              "configuration %d pushed for %s, on trial for %d s at each; sluice fleet config status"
                  + " --config %s --version %d tells what became of it%n",
              version.version(), version.audience().text(), trial, file, version.version());
      out().flush();
      return isWaiting ? await(fleet, version, named) : ExitCode.DONE;
    });
  }

  private void checkAudience(
      List<String> named, @Nullable String region, boolean isForAll, boolean isWaiting) {
    int given = (named.isEmpty() ? 0 : 1) + (region == null ? 0 : 1) + (isForAll ? 1 : 0);
    if (given != 1) {
      throw usage("say for whom: one of --gateway ID, --region NAME and --all");
    }
    if (isWaiting && named.isEmpty()) {
      throw usage("--wait goes with --gateway: who else takes it is not known here");
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** A gateway looks once a minute where it is not told. */
  private int await(ConfigurationStore fleet, Version version, List<String> named)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(version.trialSeconds() + 90L);
    while (true) {
      List<Report> reports = fleet.reports(version.version());
      List<Report> over = reports.stream().filter(each -> each.step() != Step.ON_TRIAL).toList();
      boolean isOver =
          named.stream().allMatch(id -> over.stream().anyMatch(each -> each.gateway().equals(id)));
      if (isOver || System.nanoTime() - end >= 0) {
        print(reports);
        named.stream()
            .filter(id -> reports.stream().noneMatch(each -> each.gateway().equals(id)))
            .forEach(id -> err().println("sluice: " + id + " has not said anything of it"));
        return isOver && over.stream().allMatch(each -> each.step() == Step.CONFIRMED)
            ? ExitCode.DONE
            : ExitCode.FAILED;
      }
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }

  @Command(name = "list", description = "The configurations that were pushed, the newest first.")
  int list() throws IOException, CommandFailure, InterruptedException {
    return in(fleet -> {
      for (Version each : fleet.versions(LISTED)) {
        out()
            .printf(
                "%d  %s  by %s  for %s%s%n",
                each.version(),
                at(each.atMicros()),
                each.by(),
                each.audience().text(),
                each.note().isEmpty() ? "" : "  " + each.note());
      }
      return ExitCode.DONE;
    });
  }

  @Command(name = "status", description = "What the gateways said of a configuration.")
  int status(
      @Option(
              names = "--version",
              paramLabel = "N",
              defaultValue = "0",
              description = "Of this one; without it of the latest that each gateway has seen.")
          long version)
      throws IOException, CommandFailure, InterruptedException {
    return in(fleet -> {
      print(fleet.reports(version));
      return ExitCode.DONE;
    });
  }

  private void print(List<Report> reports) {
    for (Report each : reports) {
      out()
          .printf(
              "%s  %d  %s  %s%s%n",
              each.gateway(),
              each.version(),
              each.step().name().toLowerCase(Locale.ROOT).replace('_', ' '),
              at(each.atMicros()),
              each.detail().isEmpty() ? "" : "  " + each.detail().replace("\n", "\n    "));
    }
    out().flush();
  }

  @Command(name = "show", description = "Writes the files of a configuration into a folder.")
  int show(
      @Parameters(paramLabel = "N", description = "Its number.") long version,
      @Parameters(paramLabel = "FOLDER", description = "A new one.") Path folder)
      throws IOException, CommandFailure, InterruptedException {
    return in(fleet -> {
      SortedMap<String, byte[]> files = fleet.files(version);
      if (files == null) {
        throw new CommandFailure(
            ExitCode.FAILED,
            "there is no configuration " + version + "; list tells which there are");
      }
      Path home = folder.toAbsolutePath().normalize();
      Files.createDirectory(home);
      for (Map.Entry<String, byte[]> each : files.entrySet()) {
        Path target = home.resolve(each.getKey()).normalize();
        if (!target.startsWith(home)) {
          throw new CommandFailure(ExitCode.FAILED, each.getKey() + " leaves the folder");
        }
        Files.createDirectories(target.getParent());
        Files.write(target, each.getValue());
      }
      return ExitCode.DONE;
    });
  }

  private static String at(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
