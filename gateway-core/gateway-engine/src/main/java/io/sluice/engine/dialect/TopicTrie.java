package io.sluice.engine.dialect;

import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.engine.dialect.TopicPattern.Kind;
import io.sluice.engine.dialect.TopicPattern.Level;
import io.sluice.engine.dialect.form.PropertyBag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Topics and what they mean. Of the rules that match a topic, the most exact one counts, level by
 * level from the left: text before a device id, that before any level, that before the rest. As in
 * MQTT (section 4.7.2), a wildcard at the beginning takes no topic that begins with {@code $}.
 *
 * <p>A topic that a rule has letter by letter costs one look-up and no allocation; so does one that
 * was found lately. Others cost one step for each level, and an allocation where they name a
 * device. Filled by one thread; then thread-safe, and the same for whoever asks.
 */
final class TopicTrie {
  /** Topics that are remembered: a power of two. A newcomer takes the place of another. */
  private static final int LATELY = 1_024;

  /** Longer topics are not remembered. */
  private static final int LATELY_CHARS = 160;

  /** What a topic was found to mean. */
  private record Found(String topic, RoutedTopic routed) {}

  /** A rule and the answer that it gives. */
  private record Taken(Rule rule, RoutedTopic routed) {}

  private static final class Node {
    private final List<String> texts = new ArrayList<>();
    private final List<Node> below = new ArrayList<>();
    private @Nullable Node device;
    private @Nullable Node any;

    /** Of a topic that ends with properties, and what these begin with. */
    private @Nullable Taken properties;

    private String beforeProperties = "";
    private @Nullable Taken here;
    private @Nullable Taken rest;

    private Node below(Level level) {
      return switch (level.kind()) {
        case DEVICE -> {
          Node node = device == null ? new Node() : device;
          device = node;
          yield node;
        }
        case ANY, REST, PROPERTIES -> {
          Node node = any == null ? new Node() : any;
          any = node;
          yield node;
        }
        case LITERAL -> {
          int at = texts.indexOf(level.literal());
          if (at < 0) {
            at = texts.size();
            texts.add(level.literal());
            below.add(new Node());
          }
          yield below.get(at);
        }
      };
    }
  }

  private final Map<String, Taken> exact = new HashMap<>();
  private final Node root = new Node();
  private final @Nullable Found[] lately = new Found[LATELY];

  /**
   * Adds a rule.
   *
   * @return the rule that means something else by the same topics, which then stays; null where
   *     there is none
   */
  @Nullable Rule add(Rule rule) {
    TopicPattern pattern = rule.pattern();
    Taken taken = new Taken(rule, routed(rule));
    if (pattern.isLiteral()) {
      return clash(exact.putIfAbsent(pattern.text(), taken), rule);
    }
    Node node = root;
    for (Level level : pattern.levels()) {
      if (level.kind() == Kind.REST) {
        Taken before = node.rest;
        node.rest = before == null ? taken : before;
        return clash(before, rule);
      }
      if (level.kind() == Kind.PROPERTIES) {
        Taken before = node.properties;
        node.properties = before == null ? taken : before;
        node.beforeProperties = before == null ? level.literal() : node.beforeProperties;
        return clash(before, rule);
      }
      node = node.below(level);
    }
    Taken before = node.here;
    node.here = before == null ? taken : before;
    return clash(before, rule);
  }

  private static @Nullable Rule clash(@Nullable Taken before, Rule rule) {
    return before == null || before.rule().meansAs(rule) ? null : before.rule();
  }

  private static RoutedTopic routed(Rule rule) {
    String text = "%s (%s)".formatted(rule.pattern().text(), rule.at());
    MessageClass messageClass = rule.messageClass();
    return new RoutedTopic(
        messageClass == null ? MessageClass.EVENT : messageClass,
        null,
        rule.payload(),
        rule.dialect(),
        text,
        rule.unpacker(),
        messageClass != null,
        rule.follow());
  }

  /** What a topic means, or null where no rule takes it. */
  @Nullable RoutedTopic find(String topic) {
    Taken taken = exact.get(topic);
    if (taken != null) {
      return taken.routed();
    }
    int hash = topic.hashCode();
    int place = (hash ^ (hash >>> 16)) & (LATELY - 1);
    Found before = lately[place];
    if (before != null && before.topic.equals(topic)) {
      return before.routed;
    }
    RoutedTopic routed = walk(topic);
    if (routed != null && topic.length() <= LATELY_CHARS) {
      lately[place] = new Found(topic, routed); // whichever thread is last: what it says is true
    }
    return routed;
  }

  private @Nullable RoutedTopic walk(String topic) {
    Taken taken = find(root, topic, 0);
    if (taken == null) {
      return null;
    }
    TopicPattern pattern = taken.rule().pattern();
    int device = pattern.deviceLevel();
    RoutedTopic routed = device < 0 ? taken.routed() : ofDevice(taken, topic, device);
    return routed != null && pattern.hasProperties()
        ? routed.with(PropertyBag.contentType(topic))
        : routed;
  }

  /** The rest of a topic may name a device: the slashes in it are dots in the device's id. */
  private static @Nullable RoutedTopic ofDevice(Taken taken, String topic, int place) {
    if (!taken.rule().pattern().isRestDevice()) {
      return taken.routed().of(level(topic, place));
    }
    String named = TopicPattern.rest(topic, place).replace('/', '.');
    return DeviceId.isValid(named) ? taken.routed().of(named) : null;
  }

  private static String level(String topic, int place) {
    int from = 0;
    for (int i = 0; i < place; i++) {
      from = topic.indexOf('/', from) + 1;
    }
    return topic.substring(from, end(topic, from));
  }

  private static int end(String topic, int from) {
    int slash = topic.indexOf('/', from);
    return slash < 0 ? topic.length() : slash;
  }

  /**
   * @param from where the level begins; behind the topic's end there is none any more
   */
  private static @Nullable Taken find(Node node, String topic, int from) {
    if (from > topic.length()) {
      return node.here == null ? node.rest : node.here;
    }
    int end = end(topic, from);
    for (int i = 0; i < node.texts.size(); i++) {
      String text = node.texts.get(i);
      if (text.length() == end - from && topic.startsWith(text, from)) {
        Taken taken = find(node.below.get(i), topic, end + 1);
        if (taken != null) {
          return taken;
        }
        break;
      }
    }
    if (node.device != null && DeviceId.isValid(topic, from, end)) {
      Taken taken = find(node.device, topic, end + 1);
      if (taken != null) {
        return taken;
      }
    }
    if (node.properties != null
        && end == topic.length()
        && topic.startsWith(node.beforeProperties, from)) {
      return node.properties;
    }
    if (from == 0 && topic.startsWith("$")) {
      return null;
    }
    if (node.any != null) {
      Taken taken = find(node.any, topic, end + 1);
      if (taken != null) {
        return taken;
      }
    }
    return node.rest;
  }
}
