package io.sluice.engine.normalize.yaml;

import io.sluice.api.config.DurationText;
import io.sluice.engine.normalize.yaml.Yaml.Mapping;
import io.sluice.engine.normalize.yaml.Yaml.Node;
import io.sluice.engine.normalize.yaml.Yaml.Scalar;
import io.sluice.engine.normalize.yaml.Yaml.Sequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys of one mapping, each asked for by the type that it must have. */
public final class YamlKeys {
  private final Yaml yaml;
  private final Mapping mapping;
  private final String path;

  public YamlKeys(Yaml yaml, Mapping mapping, String path, List<String> known) {
    this.yaml = yaml;
    this.mapping = mapping;
    this.path = path;
    mapping
        .keys()
        .forEach((name, at) -> {
          if (!known.contains(name)) {
            yaml.fault(
                at,
                at(name),
                "unknown key; "
                    + Nearest.hint(name, known, "known here: " + String.join(", ", known)));
          }
        });
  }

  /** The mapping at a node, or null with a fault where it is something else. */
  public static @Nullable YamlKeys of(
      Yaml yaml, @Nullable Node node, String path, List<String> known) {
    if (node instanceof Mapping mapping) {
      return new YamlKeys(yaml, mapping, path, known);
    }
    if (node != null) {
      yaml.fault(node, path, "must be a mapping; write keys and values, one a line");
    }
    return null;
  }

  public String at(String key) {
    return path.isEmpty() ? key : path + '.' + key;
  }

  public boolean has(String key) {
    return mapping.entries().containsKey(key);
  }

  @Nullable
  public Node node(String key) {
    return mapping.entries().get(key);
  }

  public void fault(String key, String message) {
    Node node = node(key);
    yaml.fault(node == null ? mapping : node, at(key), message);
  }

  public void warn(String key, String message) {
    Node node = node(key);
    yaml.warn(node == null ? mapping : node, at(key), message);
  }

  private @Nullable Object scalar(String key, String what) {
    Node node = node(key);
    if (node == null) {
      return null;
    }
    if (node instanceof Scalar scalar && scalar.value() != null) {
      return scalar.value();
    }
    fault(key, "must be " + what);
    return null;
  }

  @Nullable
  public String text(String key) {
    Object value = scalar(key, "text; write a word, or text in quotes");
    return value != null && node(key) instanceof Scalar scalar ? scalar.text() : null;
  }

  public String text(String key, String otherwise) {
    String text = text(key);
    return text == null ? otherwise : text;
  }

  public double number(String key, double otherwise) {
    Object value = scalar(key, "a number such as 0.1");
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    if (value != null) {
      fault(key, "\"" + value + "\" is no number; write one such as 0.1");
    }
    return otherwise;
  }

  public int integer(String key, int otherwise, int least, int most) {
    Object value = scalar(key, "an integer");
    if (value instanceof Long number && number >= least && number <= most) {
      return number.intValue();
    }
    if (value != null) {
      fault(key, "must be an integer from " + least + " to " + most + ", not " + value);
    }
    return otherwise;
  }

  public boolean truth(String key, boolean otherwise) {
    Object value = scalar(key, "true or false");
    if (value instanceof Boolean truth) {
      return truth;
    }
    if (value != null) {
      fault(key, "must be true or false, not " + value);
    }
    return otherwise;
  }

  public Duration duration(String key, Duration otherwise) {
    String text = text(key);
    if (text == null) {
      return otherwise;
    }
    Duration duration = DurationText.parse(text);
    if (duration == null || duration.isZero()) {
      fault(key, "\"" + text + "\" is no duration; write one such as " + DurationText.EXAMPLES);
      return otherwise;
    }
    return duration;
  }

  /** One of the words, as what it stands for. */
  public <T> T choice(String key, Map<String, T> words, T otherwise) {
    String text = text(key);
    if (text == null) {
      return otherwise;
    }
    T chosen = words.get(text);
    if (chosen == null) {
      fault(
          key,
          "\""
              + text
              + "\" is not known; "
              + Nearest.hint(
                  text,
                  words.keySet(),
                  "write one of " + String.join(", ", words.keySet().stream().sorted().toList())));
      return otherwise;
    }
    return chosen;
  }

  /** A word or a list of words. */
  public List<String> texts(String key) {
    return texts(items(key), key);
  }

  /** The words of a list whose items may be mappings too. */
  public List<String> textsBesideMappings(String key) {
    return texts(items(key).stream().filter(each -> !(each instanceof Mapping)).toList(), key);
  }

  private List<String> texts(List<Node> items, String key) {
    List<String> texts = new ArrayList<>();
    for (Node each : items) {
      if (each instanceof Scalar scalar && scalar.value() != null) {
        texts.add(scalar.text());
      } else {
        yaml.fault(each, at(key), "must be a word or a list of words");
      }
    }
    return texts;
  }

  /** The items of a list; a single value counts as a list of one. */
  public List<Node> items(String key) {
    Node node = node(key);
    return switch (node) {
      case null -> List.of();
      case Sequence sequence -> sequence.items();
      default -> List.of(node);
    };
  }
}
