package io.sluice.engine.dialect.talk;

import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.Downlink;
import io.sluice.engine.dialect.form.Template;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one dialect sends to its devices by itself. Immutable, thread-safe.
 *
 * @param isImplicit whether the vendor's cloud sends without a subscription
 * @param listens the filters that a device may have
 * @param downs forms of commands, in order
 */
public record Talk(String dialect, boolean isImplicit, List<Listen> listens, List<Form> downs) {
  public Talk {
    listens = List.copyOf(listens);
    downs = List.copyOf(downs);
  }

  /** A filter that a device may have. Immutable. */
  public static final class Listen {
    private final TopicLevels levels;

    public Listen(String topic) {
      levels = new TopicLevels(topic);
    }

    boolean overlaps(List<String> filter, Predicate<String> isOwn) {
      return levels.overlaps(filter, isOwn);
    }
  }

  /** One form of a command. Immutable. */
  public static final class Form {
    private final TopicLevels levels;
    private final Template topic;
    private final Template payload;
    private final @Nullable Set<String> commands;

    public Form(TalkFile.Down file) {
      String names = file.command();
      this.levels = new TopicLevels(file.topic());
      this.topic = Template.of(file.topic());
      this.payload = Template.of(file.payload());
      this.commands = names == null ? null : Conditions.split(names);
    }

    boolean takes(String command) {
      return commands == null || commands.contains(command);
    }

    /** What the names of the topic stand for in a filter of the device's. */
    Map<String, String> names(String filter, Predicate<String> isOwn) {
      return levels.overlaps(TopicLevels.levels(filter), isOwn) ? levels.names(filter) : Map.of();
    }

    /** Null where the session does not tell what one of the names is. */
    @Nullable String topic(Command command, int number, Map<String, String> names) {
      return topic.fill((name, _) -> value(name, command, number, names));
    }

    @Nullable Downlink written(
        String topicName, Command command, int number, Map<String, String> names) {
      if (payload.toString().equals("{payload:raw}")) {
        return new Downlink(topicName, command.payload());
      }
      String body =
          payload.fill((name, modifier) ->
              name.equals("payload")
                  ? json(command)
                  : escaped(value(name, command, number, names)));
      return body == null ? null : new Downlink(topicName, body.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable String escaped(@Nullable String text) {
      return text == null ? null : BodyFields.escaped(text);
    }

    private static @Nullable String value(
        String name, Command command, int number, Map<String, String> names) {
      return switch (name) {
        case "device" -> command.device().value();
        case "command" -> command.name();
        case "number" -> Integer.toString(number);
        case "id" -> command.id();
        case "service" -> command.name().substring(0, Math.max(0, command.name().lastIndexOf('.')));
        case "method" -> command.name().substring(command.name().lastIndexOf('.') + 1);
        case "created-seconds" -> Long.toString(command.createdMicros() / 1_000_000);
        case "created" -> Long.toString(command.createdMicros() / 1_000);
        default -> names.get(name);
      };
    }

    /** A JSON payload as it is; text as a string; other bytes in Base64. */
    private static String json(Command command) {
      byte[] bytes = command.payload();
      if (bytes.length == 0) {
        return "{}";
      }
      ContentType type = command.contentType();
      if (type == ContentType.JSON || type == ContentType.SENML_JSON) {
        return new String(bytes, StandardCharsets.UTF_8);
      }
      String text =
          type == ContentType.TEXT || type == ContentType.UNSPECIFIED
              ? new String(bytes, StandardCharsets.UTF_8)
              : Base64.getEncoder().encodeToString(bytes);
      return '"' + BodyFields.escaped(text) + '"';
    }
  }
}
