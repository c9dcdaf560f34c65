package io.sluice.engine.config;

import io.sluice.api.config.Checked;
import io.sluice.api.config.Checked.Problem;
import io.sluice.api.config.Option;
import io.sluice.api.config.Secret;
import io.sluice.api.config.TextFile;
import io.sluice.engine.config.ConfigNode.Entry;
import io.sluice.engine.config.ConfigNode.Kind;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigNode.Scalar;
import io.sluice.engine.config.ConfigNode.Sequence;
import io.sluice.engine.config.OptionType.Basic;
import io.sluice.engine.config.OptionType.Choice;
import io.sluice.engine.config.OptionType.ListOf;
import io.sluice.engine.config.OptionType.MapOf;
import io.sluice.engine.config.OptionType.Nested;
import io.sluice.engine.config.RecordShape.Member;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes settings records of located nodes, by the {@link io.sluice.api.config.Option} annotations
 * of their components. Goes on after a fault, so that one pass finds all. Not thread-safe.
 */
public final class Binder {
  private static final int MAX_SECRET_BYTES = 64 << 10;

  /** Where a default stands: in no file. */
  private static final Location DEFAULT = new Location("default", 1, 1);

  private final PathBase base;
  private final Faults faults;
  private final ScalarReader scalars;

  /** Values left out because their fault is reported already. */
  private int broken;

  /**
   * @param base the directory that relative paths start from: the configuration file's
   */
  public Binder(Path base, Faults faults) {
    this(new PathBase(base, null), faults);
  }

  Binder(PathBase base, Faults faults) {
    this.base = base;
    this.faults = faults;
    this.scalars = new ScalarReader(base);
  }

  /** The keys that a record takes, those of its secrets' files included. */
  public static List<String> keys(Class<? extends Record> type) {
    return RecordShape.of(type).keys();
  }

  /** Makes a record; unknown keys are faults. Null where there was a fault. */
  public <R extends Record> @Nullable R bind(Class<R> type, ConfigNode node) {
    Mapping mapping = mapping(node, keys(type));
    if (mapping == null) {
      return null;
    }
    rejectUnknown(mapping, keys(type));
    return bindKnown(type, mapping);
  }

  /** Makes a record of the keys that it knows, and leaves the others to the caller. */
  public <R extends Record> @Nullable R bindKnown(Class<R> type, Mapping mapping) {
    RecordShape shape = RecordShape.of(type);
    int before = faults.count() + broken;
    List<@Nullable Object> values = new ArrayList<>(shape.members().size());
    shape.members().forEach(member -> values.add(value(member, mapping)));
    if (faults.count() + broken > before) {
      return null;
    }
    try {
      List<Record> parts = new ArrayList<>(1);
      R made = type.cast(shape.make(values, parts));
      boolean isFaulty = false;
      for (Record part : parts) {
        isFaulty |= problemsOf(part, mapping);
      }
      return isFaulty ? null : made;
    } catch (IllegalArgumentException e) {
      faults.add(mapping, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** The record with nothing given. */
  public <R extends Record> @Nullable R defaults(Class<R> type, Location location, String path) {
    return bindKnown(type, new Mapping(location, path, new LinkedHashMap<>()));
  }

  /** Reports each key that is not among the known ones, with the nearest that is. */
  public void rejectUnknown(Mapping mapping, Collection<String> known) {
    mapping
        .entries()
        .keySet()
        .forEach(key -> {
          if (!known.contains(key)) {
            String remedy = NearestKey.remedy(key, known);
            faults.add(mapping.fault(key, "is not a known key; " + remedy));
          }
        });
  }

  /** The node as a mapping; nothing at all counts as an empty one. Null after a fault. */
  public @Nullable Mapping mapping(ConfigNode node, Collection<String> keys) {
    if (node instanceof Mapping mapping) {
      return mapping;
    }
    if (isNull(node)) {
      return new Mapping(node.location(), node.path(), new LinkedHashMap<>());
    }
    String known = keys.isEmpty() ? "" : ": " + String.join(", ", keys);
    faults.add(
        node, "must be a mapping, not " + node.describe() + "; write its keys below it" + known);
    return null;
  }

  private static boolean isNull(ConfigNode node) {
    return node instanceof Scalar scalar && scalar.kind() == Kind.NULL;
  }

  private @Nullable Object value(Member member, Mapping mapping) {
    Entry file = member.isSecret() ? mapping.entries().get(member.key() + "-file") : null;
    ConfigNode node = mapping.get(member.key());
    if (file != null) {
      if (node != null) {
        faults.add(file.value(), "is given beside \"" + member.key() + "\"; remove one of the two");
      }
      return secretFrom(member.option(), file.value());
    }
    return node == null
            || (node instanceof Scalar s && s.kind() == Kind.SUBSTITUTED && s.isAbsent())
        ? absentValue(member, mapping)
        : read(member, member.type(), node);
  }

  private @Nullable Object absentValue(Member member, Mapping mapping) {
    if (!member.option().def().isEmpty()) {
      return defaultValue(member, mapping);
    }
    if (member.required()) {
      faults.add(
          mapping.fault(
              member.key(),
              "is missing; add \"" + member.key() + ":\" - " + member.option().doc()));
      return null;
    }
    if (member.optional()) {
      return null;
    }
    return switch (member.type()) {
      case ListOf list -> List.of();
      case MapOf map -> Map.of();
      case Nested nested -> defaults(nested.type(), mapping.location(), path(mapping, member));
      case Basic basic when basic == Basic.BOOLEAN -> false;
      case Basic basic when basic == Basic.INT -> 0;
      case Basic basic when basic == Basic.LONG -> 0L;
      case Basic basic when basic == Basic.DOUBLE -> 0.0;
      default -> "";
    };
  }

  private static String path(Mapping mapping, Member member) {
    return mapping.pathOf(member.key());
  }

  private @Nullable Object defaultValue(Member member, Mapping mapping) {
    String def = member.option().def();
    Faults own = new Faults();
    ConfigNode node =
        member.type() instanceof Basic || member.type() instanceof Choice
            ? new Scalar(DEFAULT, path(mapping, member), def, Kind.SUBSTITUTED)
            : ConfigTree.parse(DEFAULT.file(), def, Map.of(), own);
    Object value = node == null ? null : new Binder(base, own).read(member, member.type(), node);
    if (!own.isEmpty()) {
      throw new IllegalStateException("default of " + member.key() + ": " + own.list());
    }
    return value;
  }

  private @Nullable Object read(Member member, OptionType type, ConfigNode node) {
    if (node instanceof Scalar scalar && scalar.kind() == Kind.BROKEN) {
      broken++;
      return null;
    }
    return switch (type) {
      case Basic basic -> basic(member, basic, node);
      case Choice choice -> choice(choice, node);
      case Nested nested -> bind(nested.type(), node);
      case ListOf list -> list(member, list, node);
      case MapOf map -> map(member, map, node);
    };
  }

  private @Nullable Object basic(Member member, Basic basic, ConfigNode node) {
    if (node instanceof Scalar scalar && scalar.kind() != Kind.NULL) {
      try {
        return scalars.read(basic, member.option(), scalar);
      } catch (ScalarReader.Misfit e) {
        faults.add(node, String.valueOf(e.getMessage()));
        return null;
      }
    }
    faults.add(
        node,
        "must be "
            + basic.noun()
            + ", not "
            + node.describe()
            + "; "
            + ScalarReader.remedy(basic, member.option()));
    return null;
  }

  private @Nullable Object choice(Choice choice, ConfigNode node) {
    Object constant = node instanceof Scalar s ? choice.constants().get(s.text()) : null;
    if (constant == null) {
      String nearest =
          node instanceof Scalar s ? NearestKey.of(s.text(), choice.constants().keySet()) : null;
      String remedy = nearest == null ? "write one of them" : "did you mean \"" + nearest + "\"?";
      faults.add(node, "must be " + choice.noun() + ", not " + node.describe() + "; " + remedy);
    }
    return constant;
  }

  private @Nullable Object list(Member member, ListOf type, ConfigNode node) {
    if (isNull(node)) {
      return List.of();
    }
    if (!(node instanceof Sequence sequence)) {
      faults.add(
          node, "must be a list, not " + node.describe() + "; write [ " + "... ] or lines with -");
      return null;
    }
    List<Object> values = new ArrayList<>(sequence.items().size());
    for (ConfigNode item : sequence.items()) {
      Object value = read(member, type.element(), item);
      if (value != null) {
        values.add(value);
      }
    }
    return List.copyOf(values);
  }

  private @Nullable Object map(Member member, MapOf type, ConfigNode node) {
    Mapping mapping = mapping(node, List.of());
    if (mapping == null) {
      return null;
    }
    Map<String, Object> values = new LinkedHashMap<>();
    mapping
        .entries()
        .forEach((key, entry) -> {
          Object value = read(member, type.value(), entry.value());
          if (value != null) {
            values.put(key, value);
          }
        });
    return values;
  }

  private @Nullable Secret secretFrom(Option option, ConfigNode node) {
    if (node instanceof Scalar scalar && scalar.kind() == Kind.BROKEN) {
      broken++;
      return null;
    }
    if (!(node instanceof Scalar scalar) || scalar.isAbsent()) {
      faults.add(node, "must be a path, not " + node.describe() + "; name the secret's file");
      return null;
    }
    try {
      Path file = base.resolve(scalar);
      if (Files.size(file) > MAX_SECRET_BYTES) {
        faults.add(node, file + " has more than 64KB; name the file of the secret alone");
        return null;
      }
      String secret = TextFile.secret(file);
      if (!secret.isEmpty()) {
        return new Secret(ScalarReader.secret(option, secret), file);
      }
      faults.add(node, file + " is empty; write the secret into it");
    } catch (ScalarReader.Misfit e) {
      faults.add(node, scalar.text() + ": " + e.getMessage());
    } catch (InvalidPathException | IOException e) {
      String why =
          e.getCause() instanceof CharacterCodingException
              ? " is no UTF-8 text; save it as UTF-8"
              : " cannot be read; check path and rights";
      faults.add(node, "the secret's file " + scalar.text() + why);
    }
    return null;
  }

  private boolean problemsOf(Record made, Mapping mapping) {
    if (!(made instanceof Checked checked)) {
      return false;
    }
    List<Problem> problems = checked.problems();
    for (Problem problem : problems) {
      faults.add(at(mapping, problem.key()).fault(last(problem.key()), problem.message()));
    }
    return !problems.isEmpty();
  }

  /** The innermost mapping that a dotted key reaches. */
  private static Mapping at(Mapping mapping, String key) {
    int dot = key.indexOf('.');
    return dot > 0 && mapping.get(key.substring(0, dot)) instanceof Mapping inner
        ? at(inner, key.substring(dot + 1))
        : mapping;
  }

  private static String last(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }
}
