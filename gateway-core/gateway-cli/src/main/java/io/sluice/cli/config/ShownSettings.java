package io.sluice.cli.config;

import io.sluice.api.config.Bytes;
import io.sluice.api.config.Secret;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The configuration as it took effect, defaults included, to be shown to strangers: secrets are
 * {@code ***}, addresses lose user and query, and so do free options (Kafka's) whose name suggests
 * one. Comments of the file, where people keep old passwords, are not in it.
 */
public final class ShownSettings {
  public static final String HIDDEN = "***";

  private static final Pattern SUSPECT =
      Pattern.compile(
          ".*(passw|secret|token|key|jaas|credential|auth).*", Pattern.CASE_INSENSITIVE);
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ShownSettings() {}

  public static JsonNode of(@Nullable Object value) {
    return switch (value) {
      case null -> NODES.nullNode();
      case Secret secret -> NODES.stringNode(HIDDEN);
      case Bytes bytes -> NODES.numberNode(bytes.value());
      case Boolean truth -> NODES.booleanNode(truth);
      case Integer number -> NODES.numberNode(number);
      case Long number -> NODES.numberNode(number);
      case Double number -> NODES.numberNode(number);
      case Enum<?> word -> NODES.stringNode(word.name().toLowerCase(Locale.ROOT));
      case URI uri -> NODES.stringNode(withoutSecrets(uri));
      case Record settings -> ofRecord(settings);
      case List<?> list -> ofList(list);
      case Map<?, ?> map -> ofMap(map);
      default -> NODES.stringNode(value.toString());
    };
  }

  private static ObjectNode ofRecord(Record settings) {
    ObjectNode node = NODES.objectNode();
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      Object value = SettingsTree.value(settings, component);
      if (value != null) {
        node.set(component.getName(), of(value));
      }
    }
    return node;
  }

  private static ArrayNode ofList(List<?> list) {
    ArrayNode node = NODES.arrayNode();
    list.forEach(each -> node.add(of(each)));
    return node;
  }

  private static ObjectNode ofMap(Map<?, ?> map) {
    ObjectNode node = NODES.objectNode();
    map.forEach((name, value) -> {
      String key = String.valueOf(name);
      boolean isHidden = value instanceof String && SUSPECT.matcher(key).matches();
      node.set(key, isHidden ? NODES.stringNode(HIDDEN) : of(value));
    });
    return node;
  }

  /** {@code https://user:password@host/path?token=...} has them in two places. */
  private static String withoutSecrets(URI uri) {
    String user = uri.getRawUserInfo();
    String text = user == null ? uri.toString() : uri.toString().replace(user + "@", HIDDEN + "@");
    int query = text.indexOf('?');
    return query < 0 ? text : text.substring(0, query) + "?" + HIDDEN;
  }
}
