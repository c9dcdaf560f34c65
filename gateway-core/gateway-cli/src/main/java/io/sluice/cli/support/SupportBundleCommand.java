package io.sluice.cli.support;

import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.config.ConfigOption;
import io.sluice.cli.config.GatewayFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "support-bundle",
    description =
        "Gathers versions, settings without secrets, doctor's findings, figures of the running"
            + " gateway, log and spool layout in one archive for whoever helps.")
public final class SupportBundleCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;
  @Mixin private AdminOptions admin;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "The archive to write (default: sluice-support-TIME.tar.gz here).")
  private @Nullable Path output;

  @Override
  public Integer call() throws CommandFailure {
    Instant now = Instant.now();
    Path archive =
        output == null ? Path.of("sluice-support-" + TIME.format(now) + ".tar.gz") : output;
    GatewayFiles files = config.load(new PrintWriter(new StringWriter()));
    SupportBundle bundle;
    try (AdminClient client = admin.client(files == null ? null : files.config().admin())) {
      bundle = SupportBundle.gather(config.file(), files, client);
    }
    try {
      bundle.write(archive, now);
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailure(
          ExitCode.USAGE, archive + " is there already; name another by --output", e);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.FAILED, archive + " cannot be written: " + e.getMessage(), e);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(archive + " has, without secrets, records and payloads:");
    bundle.print(out);
    out.flush();
    return ExitCode.DONE;
  }
}
