package io.sluice.cli.doctor;

import io.sluice.cli.ExitCode;
import io.sluice.cli.Show;
import io.sluice.cli.doctor.Finding.Grade;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "doctor",
    description =
        "Examines the machine, and what a configuration wants of it: each check OK, WARN or FAIL"
            + " with a remedy. Exit code 1 where one fails.")
public final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The gateway's configuration; without it the machine alone is examined.")
  private @Nullable Path file;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    List<Finding> findings = Doctor.ofThisMachine().examine(file);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Show.json(tree(findings), out);
    } else {
      findings.forEach(finding -> out.println(finding.line()));
    }
    out.flush();
    return HostChecks.worst(findings) == Grade.FAIL ? ExitCode.FAILED : ExitCode.DONE;
  }

  private static ObjectNode tree(List<Finding> findings) {
    ObjectNode root = new JsonMapper().createObjectNode();
    root.put("grade", text(HostChecks.worst(findings)));
    ArrayNode checks = root.putArray("checks");
    for (Finding finding : findings) {
      ObjectNode check = checks.addObject();
      check.put("check", finding.check());
      check.put("grade", text(finding.grade()));
      check.put("found", finding.found());
      check.put("remedy", finding.remedy());
    }
    return root;
  }

  private static String text(Grade grade) {
    return grade.name().toLowerCase(Locale.ROOT);
  }
}
