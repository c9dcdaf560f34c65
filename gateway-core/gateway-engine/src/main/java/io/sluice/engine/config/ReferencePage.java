package io.sluice.engine.config;

import io.sluice.api.config.Option;
import io.sluice.api.operator.AdminSettings;
import io.sluice.api.upstream.ForwardSettings;
import io.sluice.engine.config.GatewayConfig.Identity;
import io.sluice.engine.config.GatewayConfig.ListenerCommon;
import io.sluice.engine.config.GatewayConfig.SourceIdentity;
import io.sluice.engine.config.GatewayConfig.UpstreamIdentity;
import io.sluice.engine.config.OptionType.Basic;
import io.sluice.engine.config.OptionType.Choice;
import io.sluice.engine.config.OptionType.ListOf;
import io.sluice.engine.config.OptionType.MapOf;
import io.sluice.engine.config.OptionType.Nested;
import io.sluice.engine.config.RecordShape.Member;
import io.sluice.engine.config.Types.Section;
import java.util.List;

/** The reference page of the configuration, as Markdown. */
public final class ReferencePage {
  private static final String INTRODUCTION =
      """
      # Configuration reference

      Written by `./sluice reference`; do not edit.

      The configuration is one YAML file. `${NAME}` and `${NAME:-default}` take environment
      variables, anywhere in a value; `$${` stands for `${` itself. A variable that is empty leaves
      its option out. A secret may also be given as its key with `-file` added, naming a file that
      holds it. Relative paths are relative to the configuration file. Durations are written
      `500ms`, `10s`, `5m` (or `5min`), `1h`, `2d`; byte counts `512`, `64KB`, `64MB`, `2GB` (powers of 1024).
      `x[].y` is the key `y` of each entry of the list `x`, and `x.*` stands for any key of `x`.
      *required* in the third column: there is no default, give the key. Unknown keys are errors. `./sluice check --config FILE` names every fault with its line.

      Editors take the JSON Schema `config/schema/sluice.schema.json`: put
      `# yaml-language-server: $schema=schema/sluice.schema.json` into the first line.
      """;

  private final StringBuilder page;

  private ReferencePage(String introduction) {
    this.page = new StringBuilder(introduction);
  }

  /**
   * The page's text.
   *
   * @param device what a device file has for each device
   */
  public static String write(Types types, Class<? extends Record> device) {
    return new ReferencePage(INTRODUCTION).page(types, device);
  }

  /**
   * The page of a file that is one record: each of its members is a section.
   *
   * @param introduction Markdown, with a line end
   */
  public static String write(String introduction, Class<? extends Record> file) {
    ReferencePage page = new ReferencePage(introduction);
    for (Member member : RecordShape.of(file).members()) {
      page.heading(member.key(), member.option().doc());
      if (member.type() instanceof Nested section) {
        page.table(section.type());
      }
    }
    return page.page.toString();
  }

  private String page(Types types, Class<? extends Record> device) {
    section("gateway", "Who this gateway is. Required.", Identity.class);
    heading(
        "listeners",
        "What is opened for devices, by name. At least one, unless there are `sources`; only these"
            + " are opened.");
    subsection("Every listener", "", ListenerCommon.class);
    types.listeners().forEach((kind, type) -> subsection("listeners." + kind, "", type));
    heading(
        "sources",
        "List of what the gateway connects to by itself, to poll or to subscribe. Types of one's own come"
            + " with jars in `adapters`.");
    subsection("Every source", "", SourceIdentity.class);
    types.sources().forEach((name, type) -> subsection("source, type: " + name, "", type));
    section(
        "admin",
        "HTTP API, metrics and dashboard. Opened where the key is there; `admin: {}` takes the"
            + " defaults.",
        AdminSettings.class);
    for (Section section : types.sections()) {
      section(section.key(), section.doc(), section.settings());
    }
    heading(
        "profiles",
        "List of files and directories of device profiles ([profiles.md](profiles.md)). If you omit"
            + " this key, the built-in profiles are used.");
    heading(
        "devices",
        "List of files of devices. They seed the registry; the admin API adds to it. A device file"
            + " is a YAML list with these keys for each device ([devices.md](devices.md)):");
    table(device);
    heading(
        "upstreams",
        "List of destinations, at least one. Each gets every record and keeps its own place in the"
            + " spool.");
    subsection("Every upstream", "", UpstreamIdentity.class);
    rows("", RecordShape.of(ForwardSettings.class));
    types.upstreams().forEach((name, type) -> subsection("type: " + name, "", type));
    return page.toString();
  }

  private void heading(String title, String doc) {
    page.append("\n## ").append(title).append("\n\n").append(doc).append('\n');
  }

  private void section(String title, String doc, Class<? extends Record> type) {
    heading(title, doc);
    table(type);
  }

  private void subsection(String title, String doc, Class<? extends Record> type) {
    page.append("\n### ").append(title).append('\n').append(doc);
    table(type);
  }

  private void table(Class<? extends Record> type) {
    page.append("\n| Key | Value | Default | What it does |\n|---|---|---|---|\n");
    rows("", RecordShape.of(type));
  }

  private void rows(String prefix, RecordShape shape) {
    for (Member member : shape.members()) {
      Option option = member.option();
      String fallback =
          !option.def().isEmpty()
              ? "`" + option.def() + "`"
              : member.required() ? "*required*" : "";
      page.append("| `")
          .append(prefix)
          .append(member.key())
          .append("` | ")
          .append(cell(value(member.type(), option)))
          .append(" | ")
          .append(cell(fallback))
          .append(" | ")
          .append(cell(option.doc()))
          .append(" |\n");
      below(prefix + member.key(), member.type());
    }
  }

  private void below(String path, OptionType type) {
    switch (type) {
      case Nested nested -> rows(path + ".", RecordShape.of(nested.type()));
      case ListOf list -> below(path + "[]", list.element());
      case MapOf map -> below(path + ".*", map.value());
      case Basic basic -> {}
      case Choice choice -> {}
    }
  }

  private static String value(OptionType type, Option option) {
    return switch (type) {
      case Basic basic -> {
        List<String> words = ScalarReader.words(option);
        if (!words.isEmpty()) {
          yield "`" + String.join("`, `", words) + "`";
        }
        String range = ScalarReader.range(basic, option);
        yield range.isEmpty() ? basic.noun() : basic.noun() + ", " + range;
      }
      case Choice choice -> "`" + String.join("`, `", choice.constants().keySet()) + "`";
      case Nested nested -> "keys below";
      case ListOf list -> "list of " + value(list.element(), option);
      case MapOf map -> "mapping to " + value(map.value(), option);
    };
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }
}
