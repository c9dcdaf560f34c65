package io.sluice.cli.offline;

import io.sluice.api.config.Secret;
import io.sluice.api.config.TextFile;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.engine.audit.AuditFiles;
import io.sluice.engine.audit.AuditVerifier;
import io.sluice.engine.audit.AuditVerifier.Broken;
import io.sluice.engine.audit.AuditVerifier.Holds;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "audit",
    description = "The audit log: who did what, from where, with which result.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {AuditCommand.Verify.class, AuditShowCommand.class, AuditCommand.HeadOf.class})
public final class AuditCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "no command given; write verify, show or head after audit");
  }

  /** Which log is meant. */
  public static final class Place {
    @Option(
        names = "--data",
        paramLabel = "DIR",
        defaultValue = "./var",
        description =
            "The gateway's data directory, or that of the log itself (default: ${DEFAULT-VALUE}).")
    private Path data;

    /** The directory that has the files. */
    Path directory() {
      Path below = data.resolve("audit");
      return Files.isDirectory(below) ? below : data;
    }

    List<Path> files() throws IOException, CommandFailure {
      List<Path> files = Files.isDirectory(directory()) ? AuditFiles.list(directory()) : List.of();
      if (files.isEmpty()) {
        throw new CommandFailure(
            ExitCode.USAGE,
            directory() + ": there is no audit log; name the data directory with --data");
      }
      return files;
    }
  }

  @Command(
      name = "verify",
      description =
          "Checks the chain from the first event to the last; exit code 3 where it does not hold.")
  public static final class Verify implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Place place;

    @Option(
        names = "--file",
        paramLabel = "FILE",
        arity = "1..*",
        description = "Only these files, in their order, wherever they are.")
    private List<Path> files = List.of();

    @Option(
        names = "--key-file",
        paramLabel = "FILE",
        description = "File with the log's key; again for each former one.")
    private List<Path> keyFiles = List.of();

    @Option(
        names = "--head",
        paramLabel = "HASH",
        description = "A hash noted earlier (audit head) that the log must still have.")
    private @Nullable String head;

    @Override
    public Integer call() throws IOException, CommandFailure {
      AuditVerifier verifier = new AuditVerifier(keys(), head);
      if (files.isEmpty()) {
        place.files();
      }
      return switch (files.isEmpty()
          ? verifier.directory(place.directory())
          : verifier.files(files)) {
        case Holds holds -> print(holds);
        case Broken broken -> throw new CommandFailure(ExitCode.AUDIT, broken.at().toString());
      };
    }

    private List<Secret> keys() throws IOException {
      List<Secret> keys = new ArrayList<>();
      for (Path file : keyFiles) {
        keys.add(new Secret(TextFile.secret(file)));
      }
      return keys;
    }

    private int print(Holds holds) {
      PrintWriter out = spec.commandLine().getOut();
      out.printf("the chain holds%n");
      out.printf("files   %d%n", holds.files());
      out.printf("events  %d (%d to %d)%n", holds.events(), holds.firstSeq(), holds.lastSeq());
      out.printf("first   %s%n", holds.firstTime());
      out.printf("last    %s%n", holds.lastTime());
      out.printf("head    %s%n", holds.lastHash());
      if (!keyFiles.isEmpty() && holds.withoutKey() > 0) {
        out.printf("of these the first %d are older than the key%n", holds.withoutKey());
      }
      out.flush();
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "head",
      description =
          "Prints number, time and hash of the last event. Noted elsewhere, the hash shows later"
              + " whether the log was cut (audit verify --head).")
  public static final class HeadOf implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Place place;

    @Override
    public Integer call() throws IOException, CommandFailure {
      AuditLines.Last last = AuditLines.last(place.files());
      if (last == null) {
        throw new CommandFailure(
            ExitCode.FAILED, "the audit log is empty; has the gateway been started with it?");
      }
      PrintWriter out = spec.commandLine().getOut();
      out.println(last.seq() + " " + last.time() + " " + last.hash());
      out.flush();
      return ExitCode.DONE;
    }
  }
}
