package io.sluice.engine.dialect;

import io.sluice.api.ContentType;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.config.Binder;
import io.sluice.engine.config.ConfigNode;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigNode.Sequence;
import io.sluice.engine.config.ConfigTree;
import io.sluice.engine.config.Fault;
import io.sluice.engine.config.Faults;
import io.sluice.engine.config.Location;
import io.sluice.engine.dialect.Dialects.Written;
import io.sluice.engine.dialect.talk.Follow;
import io.sluice.engine.dialect.talk.TalkFile;
import io.sluice.engine.dialect.unpack.Unpackers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads files of dialects; {@code docs/dialects.md} has every key. Used by one thread. */
final class DialectReader {
  /** Those that come with the program, in the order in which a device is told of them. */
  static final List<String> SHIPPED =
      List.of(
          "sluice",
          "thingsboard",
          "hono",
          "alink",
          "huawei-iotda",
          "onenet",
          "tencent-iot",
          "aws-iot",
          "azure-iot-hub");

  /**
   * Those that come with it too, and that are read only where something names them: an operator's
   * file of such a name as well, so that a copy of the whole configuration means the same.
   */
  static final List<String> NAMED_ONLY =
      List.of(
          "chirpstack",
          "the-things-stack",
          "milesight",
          "tasmota",
          "shelly",
          "zigbee2mqtt",
          "esphome",
          "wirenboard",
          "victron",
          "advantech-wise",
          "siemens-logo",
          "king-pigeon",
          "neuron",
          "telegraf",
          "teltonika",
          "sparkplug",
          "dragino",
          "home-assistant");

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  private static final int MAX_RULES = 1_000;

  private final Faults faults;
  private final SequencedMap<String, Written> read = new LinkedHashMap<>();
  private final Map<String, Path> own = new LinkedHashMap<>();
  private final Map<String, Path> asleep = new LinkedHashMap<>();
  private final Unpackers unpackers = new Unpackers();

  DialectReader(Faults faults) {
    this.faults = faults;
  }

  /** Has what it reads go on with what was told to what another one read. */
  void continueFrom(DialectReader before) {
    unpackers.continueFrom(before.unpackers);
  }

  /**
   * Those of {@link #SHIPPED} that are as they came, by their names with their places: the build
   * has found no fault in them and no collision among them, so that they are read when something
   * wants them. Either all of other vendors are, or none is.
   */
  Map<String, Path> asleep() {
    return asleep;
  }

  private void letSleep(DialectPlaces places) {
    Map<String, Path> vendors = new LinkedHashMap<>();
    String ours = SHIPPED.getFirst();
    Path ourOwn = own.get(ours); // in a copy of the whole configuration
    for (String name : SHIPPED.subList(1, SHIPPED.size())) {
      Path mine = own.get(name);
      vendors.put(name, mine == null ? places.shipped().resolve(name + ".yaml") : mine);
    }
    boolean isAsItCame =
        own.keySet().stream().allMatch(name -> NAMED_ONLY.contains(name) || SHIPPED.contains(name))
            && (ourOwn == null || isAsItCame(ours, ourOwn))
            && vendors.entrySet().stream()
                .allMatch(each -> isAsItCame(each.getKey(), each.getValue()));
    if (isAsItCame) {
      asleep.putAll(vendors);
    }
  }

  private static boolean isAsItCame(String name, Path file) {
    try (InputStream packed = packed(name)) {
      return packed != null
          && (!Files.exists(file)
              || Arrays.equals(packed.readAllBytes(), Files.readAllBytes(file)));
    } catch (IOException e) {
      return false; // reading it tells what is wrong
    }
  }

  private static @Nullable InputStream packed(String name) {
    return DialectReader.class.getResourceAsStream("shipped/" + name + ".yaml");
  }

  /** Reads one of {@link #asleep}, as it came. */
  @Nullable Written wake(String name) {
    Path file = asleep.get(name);
    ConfigNode root = file == null ? null : packed(file, name, Files.exists(file));
    return root == null ? null : dialect(name, root);
  }

  SequencedMap<String, Written> readAll(DialectPlaces places) {
    for (Path folder : places.own()) {
      for (Path file : files(folder)) {
        String name = name(file);
        Path first = own.putIfAbsent(name, file);
        if (first != null) {
          faults.add(
              new Fault(
                  new Location(file.toString(), 1, 1),
                  "",
                  "the dialect \"%s\" is also in %s; give each file its own name"
                      .formatted(name, first)));
        }
      }
    }
    letSleep(places);
    for (String name : SHIPPED) {
      Path mine = own.get(name);
      if (!asleep.containsKey(name)) {
        take(name, mine == null ? shipped(places.shipped(), name) : file(mine));
      }
    }
    own.keySet().removeAll(SHIPPED);
    own.forEach((name, file) -> {
      if (!NAMED_ONLY.contains(name)) {
        take(name, file(file));
      }
    });
    return read;
  }

  /** One of {@link #NAMED_ONLY}; null where it has faults. */
  @Nullable Written named(DialectPlaces places, String name) {
    Path mine = own.get(name);
    ConfigNode root = mine == null ? shipped(places.shipped(), name) : file(mine);
    return root == null ? null : dialect(name, root);
  }

  private void take(String name, @Nullable ConfigNode root) {
    Written dialect = root == null ? null : dialect(name, root);
    if (dialect != null) {
      read.put(name, dialect);
    }
  }

  private @Nullable ConfigNode file(Path file) {
    if (!NAME.matcher(name(file)).matches()) {
      Location start = new Location(file.toString(), 1, 1);
      faults.add(
          new Fault(
              start,
              "",
              "a dialect's name is that of its file, 1 to 64 of a-z, 0-9 and . _ -; rename the file"));
      return null;
    }
    return ConfigTree.read(file, Map.of(), faults);
  }

  private @Nullable ConfigNode shipped(Path folder, String name) {
    Path file = folder.resolve(name + ".yaml");
    return Files.exists(file) ? file(file) : packed(file, name, false);
  }

  /**
   * The text that the program itself has.
   *
   * @param isThere whether the file says the same, so that places are told by it
   */
  private @Nullable ConfigNode packed(Path file, String name, boolean isThere) {
    try (InputStream packed = packed(name)) {
      if (packed != null) {
        String text = new String(packed.readAllBytes(), StandardCharsets.UTF_8);
        String at = isThere ? file.toString() : "sluice:dialects/" + name + ".yaml";
        return ConfigTree.parse(at, text, Map.of(), faults);
      }
      faults.add(
          new Fault(
              new Location(file.toString(), 1, 1), "", "there is no such file; install it again"));
    } catch (IOException e) {
      faults.add(
          new Fault(new Location(file.toString(), 1, 1), "", "cannot be read: " + e.getMessage()));
    }
    return null;
  }

  private List<Path> files(Path folder) {
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.filter(DialectReader::isYaml).sorted().toList();
    } catch (IOException e) {
      faults.add(
          new Fault(
              new Location(folder.toString(), 1, 1),
              "",
              "cannot be listed (" + e.getMessage() + "); check its permissions"));
      return List.of();
    }
  }

  private static boolean isYaml(Path file) {
    String name = file.getFileName().toString();
    return (name.endsWith(".yaml") || name.endsWith(".yml")) && !Files.isDirectory(file);
  }

  private static String name(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.lastIndexOf('.'));
  }

  private @Nullable Written dialect(String name, ConfigNode root) {
    Binder binder = new Binder(Path.of(""), faults);
    List<String> keys = Binder.keys(DialectFile.class);
    Mapping top = binder.mapping(root, keys);
    if (top == null) {
      return null;
    }
    binder.rejectUnknown(top, keys);
    ConfigNode up = top.get("up");
    Mapping head = without(top, "up");
    DialectFile file = binder.bindKnown(DialectFile.class, up instanceof Sequence ? head : top);
    Map<String, TalkFile.Reply> replies = file == null ? Map.of() : file.reply();
    List<Rule> rules = up instanceof Sequence list ? rules(name, replies, binder, list) : List.of();
    if (file == null) {
      return null;
    }
    DialectParts parts = new DialectParts(name, top, faults);
    return new Written(name, file.hint(), rules, parts.signIns(file), parts.talk(file));
  }

  /** The list is read rule by rule, for the place of each. */
  private static Mapping without(Mapping mapping, String key) {
    SequencedMap<String, ConfigNode.Entry> entries = new LinkedHashMap<>(mapping.entries());
    entries.remove(key);
    return new Mapping(mapping.location(), mapping.path(), entries);
  }

  private List<Rule> rules(
      String name, Map<String, TalkFile.Reply> replies, Binder binder, Sequence list) {
    if (list.items().size() > MAX_RULES) {
      faults.add(list, "a dialect has at most " + MAX_RULES + " rules; use + or # in its topics");
      return List.of();
    }
    List<Rule> rules = new ArrayList<>();
    for (ConfigNode item : list.items()) {
      Rule rule = rule(name, replies, binder, item);
      if (rule != null) {
        rules.add(rule);
      }
    }
    return rules;
  }

  private @Nullable Rule rule(
      String name, Map<String, TalkFile.Reply> replies, Binder binder, ConfigNode item) {
    List<String> keys = Binder.keys(DialectFile.Up.class);
    Mapping mapping = binder.mapping(item, keys);
    if (mapping == null) {
      return null;
    }
    binder.rejectUnknown(mapping, keys);
    DialectFile.Up up = binder.bindKnown(DialectFile.Up.class, mapping);
    ConfigNode topic = mapping.get("topic");
    if (up == null || topic == null) {
      return null;
    }
    TopicPattern.Parsed parsed = TopicPattern.parse(up.topic());
    TopicPattern pattern = parsed.pattern();
    if (pattern == null) {
      faults.add(topic, String.valueOf(parsed.fault()));
      return null;
    }
    List<Unpacker> found = new RuleUnpackers(unpackers, faults).of(mapping, up, pattern);
    if (found.size() > 1) {
      faults.add(
          mapping.fault("topic", "has two of metric, device-from, children and unpack; keep one"));
    }
    if (up.messageClass() == null && up.kept() && up.reply().isEmpty() && up.answer() == null) {
      faults.add(
          mapping.fault(
              "class",
              "is missing; add \"class:\", or \"kept: false\" for messages that are not stored"));
      return null;
    }
    ContentType payload = up.payload();
    Follow follow = new DialectParts(name, mapping, faults).follow(up, replies);
    return new Rule(
        name,
        pattern,
        topic.location(),
        topic.path(),
        up.isStored() ? up.messageClass() : null,
        payload == null ? ContentType.UNSPECIFIED : payload,
        found.isEmpty() ? null : found.getFirst(),
        follow);
  }
}
