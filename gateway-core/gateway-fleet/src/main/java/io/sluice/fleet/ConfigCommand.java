package io.sluice.fleet;

import io.sluice.api.fleet.ConfigurationStore;
import io.sluice.api.fleet.ConfigurationStore.Audience;
import io.sluice.api.fleet.ConfigurationStore.Pushed;
import io.sluice.api.fleet.ConfigurationStore.Report;
import io.sluice.api.fleet.ConfigurationStore.Version;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.fleet.GatewayLeases.GatewayRow;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.Table;
import io.sluice.engine.config.Faults;
import io.sluice.fleet.config.FleetFile;
import io.sluice.fleet.rollout.GroupPush;
import io.sluice.fleet.rollout.PushCheck;
import io.sluice.fleet.rollout.PushedFiles;
import io.sluice.store.postgres.PostgresConfigurations;
import io.sluice.store.postgres.PostgresGateways;
import io.sluice.store.postgres.PostgresLink;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import javax.sql.DataSource;
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
  private static final int PAGE = 500;
  private static final int VERSIONS_TOLD = 10;

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
    int with(ConfigurationStore fleet, PostgresGateways gateways)
        throws IOException, CommandFailure, InterruptedException;
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
    DataSource connections = PostgresLink.connections(store, "sluice fleet config");
    return work.with(new PostgresConfigurations(connections), new PostgresGateways(connections));
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
          @Nullable List<String> ids,
      @Option(names = "--region", description = "For the gateways of this region.")
          @Nullable String region,
      @Option(
              names = "--site",
              description =
                  "For the gateways at which devices of this site are signed in now; may be given"
                      + " several times.")
          @Nullable List<String> sites,
      @Option(names = "--all", description = "For every gateway.") boolean isForAll,
      @Option(
              names = "--restart",
              description =
                  "Gateways may end their process to try what takes effect with a restart only.")
          boolean isRestart,
      @Option(
              names = "--batch",
              paramLabel = "N",
              defaultValue = "0",
              description = "So many gateways at a time, the next when those have kept it.")
          int batch,
      @Option(
              names = "--stop-on",
              paramLabel = "N",
              defaultValue = "1",
              description =
                  "With --batch: so many that have not kept it hold the others back"
                      + " (${DEFAULT-VALUE}).")
          int stopOn,
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
              description = "Wait until each gateway that runs has kept it or not, and tell.")
          boolean isWaiting)
      throws IOException, CommandFailure, InterruptedException {
    List<String> named = ids == null ? List.of() : ids;
    List<String> ofSites = sites == null ? List.of() : sites;
    int given =
        (named.isEmpty() ? 0 : 1)
            + (ofSites.isEmpty() ? 0 : 1)
            + (region == null ? 0 : 1)
            + (isForAll ? 1 : 0);
    if (given != 1) {
      throw usage("say for whom: one of --gateway ID, --region NAME, --site NAME and --all");
    }
    if (trial < 1 || trial > 3_600) {
      throw usage("--trial must be 1 to 3600 seconds, not " + trial);
    }
    if (batch < 0 || stopOn < 1) {
      throw usage("--batch must be 1 or more, and --stop-on too");
    }
    SortedMap<String, byte[]> files = PushedFiles.read(place);
    Faults faults = PushedFiles.faults(files);
    if (!faults.isEmpty()) {
      faults.list().forEach(fault -> err().println(fault));
      throw new CommandFailure(ExitCode.USAGE, "nothing was pushed");
    }
    List<String> wrong = PushCheck.faults(files);
    if (!wrong.isEmpty()) {
      wrong.forEach(fault -> err().println(fault));
      throw new CommandFailure(ExitCode.USAGE, "nothing was pushed");
    }
    return in((fleet, gateways) -> {
      Audience audience = new Audience(ofSites.isEmpty() ? named : at(ofSites, gateways), region);
      List<GatewayRow> members = members(audience, gateways);
      List<String> running =
          members.stream().filter(GatewayRow::running).map(GatewayRow::id).toList();
      List<String> away = new ArrayList<>(audience.gateways());
      members.stream().filter(each -> !each.running()).map(GatewayRow::id).forEach(away::add);
      away.removeAll(running);
      sayVersions(members);
      Version version =
          fleet.push(
              new Pushed(
                  by,
                  note,
                  audience,
                  trial,
                  files,
                  isRestart,
                  batch == 0 ? null : running.subList(0, Math.min(batch, running.size()))));
      out()
          .printf(
              "configuration %d pushed for %s, on trial for %d s at each; sluice fleet config status"
                  + " --config %s --version %d tells what became of it%n",
              version.version(), version.audience().text(), trial, file, version.version());
      out().flush();
      if (!isWaiting && batch == 0) {
        return ExitCode.DONE;
      }
      GroupPush push =
          new GroupPush(
              fleet, version, running, away.stream().distinct().sorted().toList(), this::say);
      return told(push.await(batch, stopOn));
    });
  }

  /** A gateway of another version may take what this one would not, and the other way round. */
  private void sayVersions(List<GatewayRow> members) {
    String own = io.sluice.cli.Version.current();
    List<String> others =
        members.stream()
            .filter(each -> !each.version().equals(own))
            .map(each -> each.id() + " (" + each.version() + ")")
            .toList();
    if (!others.isEmpty()) {
      int more = others.size() - VERSIONS_TOLD;
      say(
          "checked as sluice %s does; others check it by themselves: %s%s"
              .formatted(
                  own,
                  String.join(", ", others.subList(0, Math.min(others.size(), VERSIONS_TOLD))),
                  more > 0 ? " and " + more + " more" : ""));
    }
  }

  private void say(String sentence) {
    out().println(sentence);
    out().flush();
  }

  private int told(GroupPush.Result result) {
    Table table = new Table("GATEWAY", "STATE", "DETAIL");
    result.lines().forEach(each -> table.row(each.gateway(), each.outcome().text(), each.detail()));
    table.print(out());
    out().flush();
    if (result.isStopped()) {
      err().println("sluice: stopped; those that are held back keep what they have");
    }
    return result.isWell() ? ExitCode.DONE : ExitCode.FAILED;
  }

  private static List<String> at(List<String> sites, PostgresGateways gateways)
      throws CommandFailure {
    List<String> found = gateways.atSites(sites);
    if (found.isEmpty()) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "no device of " + String.join(", ", sites) + " is signed in at any gateway");
    }
    return found;
  }

  /** Those of the audience that have ever run. */
  private static List<GatewayRow> members(Audience audience, PostgresGateways gateways) {
    List<GatewayRow> members = new ArrayList<>();
    String after = "";
    List<GatewayRow> page;
    do {
      page = gateways.list(after, PAGE);
      for (GatewayRow each : page) {
        after = each.id();
        String region = audience.region();
        if ((audience.gateways().isEmpty() || audience.gateways().contains(each.id()))
            && (region == null || region.equals(each.region()))) {
          members.add(each);
        }
      }
    } while (page.size() == PAGE);
    return members;
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  @Command(name = "list", description = "The configurations that were pushed, the newest first.")
  int list() throws IOException, CommandFailure, InterruptedException {
    return in((fleet, gateways) -> {
      for (Version each : fleet.versions(LISTED)) {
        out()
            .printf(
                "%d  %s  by %s  for %s%s%s%n",
                each.version(),
                at(each.atMicros()),
                each.by(),
                each.audience().text(),
                each.released() == null ? "" : ", given to " + each.released().size() + " so far",
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
    return in((fleet, gateways) -> {
      print(fleet.reports(version));
      return ExitCode.DONE;
    });
  }

  private void print(List<Report> reports) {
    for (Report each : reports) {
      out()
          .printf(
              "%s  %d  %s  %s  pushed by %s %s%s%n",
              each.gateway(),
              each.version(),
              each.step().name().toLowerCase(Locale.ROOT).replace('_', ' '),
              at(each.atMicros()),
              each.by(),
              at(each.pushedMicros()),
              each.detail().isEmpty() ? "" : "  " + each.detail().replace("\n", "\n    "));
    }
    out().flush();
  }

  @Command(name = "show", description = "Writes the files of a configuration into a folder.")
  int show(
      @Parameters(paramLabel = "N", description = "Its number.") long version,
      @Parameters(paramLabel = "FOLDER", description = "A new one.") Path folder)
      throws IOException, CommandFailure, InterruptedException {
    return in((fleet, gateways) -> {
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
