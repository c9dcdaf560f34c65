package io.sluice.cli.offline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The manual page sluice(1) in the macros of man(7), from the commands themselves. */
final class ManPage {
  private final StringBuilder page = new StringBuilder();

  private ManPage() {}

  static String of(CommandLine root, String version) {
    ManPage man = new ManPage();
    man.line(".TH SLUICE 1 \"\" \"sluice " + version + "\" \"User Commands\"");
    man.section("NAME");
    man.line("sluice \\- " + text("industrial IoT access gateway"));
    man.section("SYNOPSIS");
    man.line(".B sluice");
    man.line("COMMAND [OPTION...]");
    man.section("DESCRIPTION");
    man.line(text("Every command takes --help. The pages in docs/ say what the commands are for."));
    man.section("COMMANDS");
    man.commands(root.getCommandSpec());
    man.section("EXIT STATUS");
    man.term("0", "done");
    man.term("1", "failed: the gateway is away, or said no");
    man.term("2", "bad usage, or faults in the configuration");
    man.term("3", "an audit found a difference");
    man.section("ENVIRONMENT");
    man.term("SLUICE_ADMIN_TOKEN", "token of the admin API");
    man.term("SLUICE_JAVA_HOME", "Java runtime to use");
    man.term("SLUICE_OPTS", "further options of the JVM");
    return man.page.toString();
  }

  private void commands(CommandSpec parent) {
    for (CommandLine line : parent.subcommands().values()) {
      CommandSpec command = line.getCommandSpec();
      if (command.usageMessage().hidden() || command.name().equals("help")) {
        continue;
      }
      line(".SS " + text(command.qualifiedName(" ").replaceFirst("^sluice ", "")));
      line(text(String.join(" ", command.usageMessage().description())));
      for (PositionalParamSpec parameter : command.positionalParameters()) {
        term(parameter.paramLabel(), description(parameter));
      }
      for (OptionSpec option : command.options()) {
        if (!option.hidden() && !option.inherited() && !isGeneral(option)) {
          String value = option.arity().max() > 0 ? " " + option.paramLabel() : "";
          term(String.join(", ", option.names()) + value, description(option));
        }
      }
      commands(command);
    }
  }

  private static boolean isGeneral(OptionSpec option) {
    return option.usageHelp() || option.versionHelp();
  }

  private static String description(CommandLine.Model.ArgSpec arg) {
    List<String> parts = new ArrayList<>(List.of(arg.description()));
    String byDefault = arg.defaultValue();
    String all = String.join(" ", parts);
    return byDefault == null ? all : all.replace("${DEFAULT-VALUE}", byDefault);
  }

  private void section(String name) {
    line(".SH " + name.toUpperCase(Locale.ROOT));
  }

  private void term(String term, String description) {
    line(".TP");
    line(".B " + text(term));
    line(text(description));
  }

  private void line(String line) {
    page.append(line).append('\n');
  }

  /** Without what troff takes for its own: backslashes, dashes, a dot or quote at the start. */
  private static String text(String text) {
    String escaped = text.strip().replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }
}
