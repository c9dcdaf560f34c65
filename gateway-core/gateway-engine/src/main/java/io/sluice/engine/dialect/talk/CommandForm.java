package io.sluice.engine.dialect.talk;

import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.Downlink;
import io.sluice.api.dialect.Outgoing;
import io.sluice.engine.dialect.form.Template;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One form of a command. Immutable, thread-safe. */
public final class CommandForm {
  private static final String CHILD = "child";

  /** A command that says by its name on which port a device takes its bytes. */
  private static final Pattern PORT = Pattern.compile("port[-.]([0-9]{1,3})([-.]unconfirmed)?");

  /** What a name ends in whose command a LoRaWAN device is not to acknowledge. */
  private static final String UNCONFIRMED = "unconfirmed";

  private static final String CONFIRMED = "confirmed";

  private static final int MAX_PORT = 223;

  private final TopicLevels levels;
  private final Template topic;
  private final Template payload;
  private final boolean isRaw;
  private final @Nullable Set<String> commands;
  private final boolean isForChild;
  private final boolean isAnswered;
  private final boolean isConfirmable;

  /**
   * @throws IllegalArgumentException where it is none; the message says what to write
   */
  public CommandForm(TalkFile.Down file) {
    String names = file.command();
    this.levels = new TopicLevels(file.topic().replace(":path}", "}"));
    this.topic = Template.of(file.topic());
    this.payload = Template.of(file.payload());
    this.isRaw = file.payload().equals("{payload:raw}");
    this.commands = names == null ? null : Conditions.split(names);
    this.isForChild = file.to() == TalkFile.Addressee.CHILD;
    this.isAnswered = file.answered();
    this.isConfirmable = names(payload).contains(CONFIRMED);
    if (!isForChild && (names(topic).contains(CHILD) || names(payload).contains(CHILD))) {
      throw new IllegalArgumentException("{child} is the addressee of \"to: child\"; add that");
    }
  }

  private static Set<String> names(Template template) {
    Set<String> names = new HashSet<>();
    template.forEachName(names::add);
    return names;
  }

  boolean takes(Outgoing outgoing) {
    return isForChild == outgoing.isToChild()
        && (commands == null || commands.contains(outgoing.command().name()));
  }

  boolean isForChild() {
    return isForChild;
  }

  /** What the names of the topic stand for in a filter of the device's. */
  Map<String, String> names(String filter, Predicate<String> isOwn) {
    return levels.overlaps(TopicLevels.levels(filter), isOwn) ? levels.names(filter) : Map.of();
  }

  /** Null where the session does not tell what one of the names is. */
  @Nullable String topic(Outgoing outgoing) {
    Map<String, String> common = common(outgoing);
    return topic.fill((name, modifier) -> value(name, modifier, outgoing, common));
  }

  private static @Nullable String value(
      String name, String modifier, Outgoing outgoing, Map<String, String> common) {
    String value = isOurs(name) ? null : common.get(name);
    return value == null ? value(name, modifier, outgoing) : value;
  }

  /** What the names are by the topic of the child's last message, where that is like this one. */
  private Map<String, String> common(Outgoing outgoing) {
    if (!isForChild || outgoing.lastTopic() == null) {
      return Map.of();
    }
    Map<String, String> names = levels.commonNames(outgoing.lastTopic());
    String child = names.get(CHILD);
    return child == null || child.equalsIgnoreCase(outgoing.command().device().value())
        ? names
        : Map.of(); // it came in a message of its concentrator's own
  }

  private static boolean isOurs(String name) {
    return name.equals("device") || name.equals(CHILD) || name.equals("command");
  }

  /** Null where the command is of no kind that this form can write. */
  @Nullable Downlink written(String topicName, Outgoing outgoing) {
    if (isRaw) {
      return new Downlink(topicName, outgoing.command().payload(), isAnswered);
    }
    Map<String, String> common = common(outgoing);
    String body =
        payload.fill((name, modifier) ->
            name.equals("payload")
                ? modifier.equals("raw") ? text(outgoing.command()) : json(outgoing.command())
                : escaped(value(name, modifier, outgoing, common)));
    boolean isSilent = isConfirmable && !isConfirmed(outgoing.command());
    return body == null
        ? null
        : new Downlink(topicName, body.getBytes(StandardCharsets.UTF_8), isAnswered && !isSilent);
  }

  private static boolean isConfirmed(Command command) {
    return !command.name().endsWith(UNCONFIRMED);
  }

  private static String text(Command command) {
    return new String(command.payload(), StandardCharsets.UTF_8);
  }

  private static @Nullable String escaped(@Nullable String text) {
    return text == null ? null : BodyFields.escaped(text);
  }

  private static @Nullable String value(String name, String modifier, Outgoing outgoing) {
    Command command = outgoing.command();
    return switch (name) {
      case "device" -> outgoing.self();
      case CHILD -> child(outgoing);
      case "command" -> modifier.equals("path") ? command.name().replace('.', '/') : command.name();
      case "number" -> Integer.toString(outgoing.number());
      case "id" -> command.id();
      case "service" -> command.name().substring(0, Math.max(0, command.name().lastIndexOf('.')));
      case "method" -> command.name().substring(command.name().lastIndexOf('.') + 1);
      case "created-seconds" -> Long.toString(command.createdMicros() / 1_000_000);
      case "created" -> Long.toString(command.createdMicros() / 1_000);
      case "bytes" -> bytes(command, modifier);
      case "port" -> port(command);
      case CONFIRMED -> Boolean.toString(isConfirmed(command));
      default -> outgoing.names().get(name);
    };
  }

  /** What the device takes as bytes; null where the command is nothing but a document. */
  private static @Nullable String bytes(Command command, String modifier) {
    Command.Encoded encoded = command.encoded();
    byte[] bytes =
        encoded != null
            ? encoded.bytes()
            : command.contentType() == ContentType.BYTES ? command.payload() : null;
    if (bytes == null) {
      return null;
    }
    return modifier.equals("hex")
        ? HexFormat.of().formatHex(bytes)
        : Base64.getEncoder().encodeToString(bytes);
  }

  /** By the codec, else by the command's name; null: neither says one. */
  private static @Nullable String port(Command command) {
    Command.Encoded encoded = command.encoded();
    if (encoded != null && encoded.port() > 0) {
      return Integer.toString(encoded.port());
    }
    Matcher named = PORT.matcher(command.name());
    int port = named.matches() ? Integer.parseInt(named.group(1)) : 0;
    return port > 0 && port <= MAX_PORT ? Integer.toString(port) : null;
  }

  /** The child's id as its topics write it: with slashes where an id has dots, in their case. */
  private static String child(Outgoing outgoing) {
    String id = outgoing.command().device().value();
    String last = outgoing.lastTopic();
    if (last == null) {
      return id;
    }
    String dotted = last.replace('/', '.').toLowerCase(Locale.ROOT);
    String sought = id.toLowerCase(Locale.ROOT);
    for (int at = dotted.indexOf(sought); at >= 0; at = dotted.indexOf(sought, at + 1)) {
      int end = at + id.length();
      boolean isWhole =
          (at == 0 || last.charAt(at - 1) == '/')
              && (end == last.length() || last.charAt(end) == '/');
      if (isWhole) {
        return last.substring(at, end);
      }
    }
    return id;
  }

  /** A JSON payload as it is; text as a string; other bytes in Base64. */
  private static String json(Command command) {
    byte[] bytes = command.payload();
    if (bytes.length == 0) {
      return "{}";
    }
    ContentType type = command.contentType();
    if (type == ContentType.JSON || type == ContentType.SENML_JSON) {
      return text(command);
    }
    String text =
        type == ContentType.TEXT || type == ContentType.UNSPECIFIED
            ? text(command)
            : Base64.getEncoder().encodeToString(bytes);
    return '"' + BodyFields.escaped(text) + '"';
  }
}
