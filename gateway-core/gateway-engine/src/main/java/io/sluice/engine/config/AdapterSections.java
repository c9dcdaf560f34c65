package io.sluice.engine.config;

import io.sluice.api.config.Option;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigNode.Scalar;
import io.sluice.engine.config.ConfigNode.Sequence;
import io.sluice.engine.config.GatewayConfig.AdapterConfig;
import io.sluice.engine.config.GatewayConfig.ListenerCommon;
import io.sluice.engine.config.GatewayConfig.SourceIdentity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code listeners} and {@code sources}. Of one pass over one file; not thread-safe. */
final class AdapterSections {
  /** Types of listener that are promised and may be missing in a build. */
  private static final Set<String> PROMISED_TYPES =
      Set.of("mqtt", "mqtts", "ws", "coap", "coaps", "http", "https");

  /** Taken by the gateway's own listener, where logs and commands name one. */
  private static final String RESERVED = "admin";

  /** The key that says which settings the others are. */
  record TypeKey(@Option(doc = "Type.") @Nullable String type) {}

  private final Types types;
  private final Binder binder;
  private final Faults faults;
  private final Map<String, List<String>> dialects = new LinkedHashMap<>();
  private final Map<String, Location> names = new LinkedHashMap<>();

  AdapterSections(Types types, Binder binder, Faults faults) {
    this.types = types;
    this.binder = binder;
    this.faults = faults;
  }

  SequencedMap<String, AdapterConfig> listeners(Mapping root) {
    SequencedMap<String, AdapterConfig> listeners = new LinkedHashMap<>();
    ConfigNode node = root.get("listeners");
    Mapping mapping = node == null ? null : binder.mapping(node, types.listeners().keySet());
    boolean isEmpty = node == null || (mapping != null && mapping.entries().isEmpty());
    if (isEmpty && !hasSources(root)) {
      faults.add(
          root.fault(
              "listeners",
              (node == null ? "is missing" : "names none")
                  + "; name at least one, for example listeners: { mqtt: { port: 1883 } }"));
    }
    if (mapping != null) {
      mapping
          .entries()
          .forEach((name, entry) -> {
            names.put(name, entry.keyLocation());
            AdapterConfig listener = listener(mapping, name, entry.value());
            if (listener != null) {
              listeners.put(name, listener);
            }
          });
    }
    return listeners;
  }

  private static boolean hasSources(Mapping root) {
    return root.get("sources") instanceof Sequence sequence && !sequence.items().isEmpty();
  }

  private @Nullable AdapterConfig listener(Mapping listeners, String name, ConfigNode node) {
    ConfigNode given = node instanceof Mapping mapping ? mapping.get("type") : null;
    String type = given == null ? name : typeOf((Mapping) node);
    if (type == null) {
      return null;
    }
    Class<? extends Record> settings = types.listeners().get(type);
    if (settings == null) {
      faults.add(given == null ? listeners.fault(name, unknown(type)) : given.fault(wrong(type)));
      return null;
    }
    if (given != null && !checkName(listeners, name, type)) {
      return null;
    }
    List<String> known = new ArrayList<>(Binder.keys(settings));
    known.addAll(Binder.keys(ListenerCommon.class));
    Mapping mapping = binder.mapping(node, known);
    if (mapping == null) {
      return null;
    }
    binder.rejectUnknown(mapping, known);
    ListenerCommon common = binder.bindKnown(ListenerCommon.class, mapping);
    Record bound = binder.bindKnown(settings, mapping);
    if (bound == null || common == null) {
      return null;
    }
    dialects.put(name, common.dialects());
    return new AdapterConfig(name, type, bound);
  }

  /** Name of an adapter → its dialects; call after {@link #listeners} and {@link #sources}. */
  Map<String, List<String>> dialects() {
    return dialects;
  }

  private @Nullable String typeOf(Mapping listener) {
    TypeKey key = binder.bindKnown(TypeKey.class, listener);
    return key == null ? null : key.type();
  }

  private boolean checkName(Mapping listeners, String name, String type) {
    String fault = null;
    if (!name.matches(GatewayConfig.ADAPTER_NAME)) {
      fault = "is no name of a listener; " + GatewayConfig.ADAPTER_NAME_HINT;
    } else if (name.equals(RESERVED)) {
      fault = "is the gateway's own listener; choose another name";
    } else if (!name.equals(type) && types.listeners().containsKey(name)) {
      fault = "is a type of listener, and this one is of type " + type + "; choose another name";
    }
    if (fault != null) {
      faults.add(listeners.fault(name, fault));
    }
    return fault == null;
  }

  private String unknown(String name) {
    if (PROMISED_TYPES.contains(name)) {
      return "this build has no such listener; remove it, or install an adapter for it (there are: "
          + String.join(", ", types.listeners().keySet())
          + ")";
    }
    String remedy = NearestKey.remedy(name, types.listeners().keySet());
    return "is not a kind of listener; "
        + remedy
        + (remedy.startsWith("did you mean") ? "" : "; a listener of your own name needs a type");
  }

  private String wrong(String type) {
    return types.sources().containsKey(type)
        ? "\"" + type + "\" connects out; put it below sources, with its name"
        : "\""
            + type
            + "\" is not a type of listener; "
            + NearestKey.remedy(type, types.listeners().keySet());
  }

  /** Call after {@link #listeners}: names are unique among both. */
  List<AdapterConfig> sources(Mapping root) {
    ConfigNode node = root.get("sources");
    if (node == null || (node instanceof Scalar scalar && scalar.isAbsent())) {
      return List.of();
    }
    if (!(node instanceof Sequence sequence)) {
      faults.add(
          node,
          "must be a list, not "
              + node.describe()
              + "; write sources: [ { name: hall-2, type: ... } ]");
      return List.of();
    }
    List<AdapterConfig> sources = new ArrayList<>();
    for (ConfigNode item : sequence.items()) {
      AdapterConfig source = source(item);
      if (source != null) {
        sources.add(source);
      }
    }
    return List.copyOf(sources);
  }

  private @Nullable AdapterConfig source(ConfigNode item) {
    List<String> known = new ArrayList<>(Binder.keys(SourceIdentity.class));
    Mapping mapping = binder.mapping(item, known);
    SourceIdentity identity =
        mapping == null ? null : binder.bindKnown(SourceIdentity.class, mapping);
    if (mapping == null || identity == null) {
      return null;
    }
    checkUnique(identity.name(), mapping);
    Class<? extends Record> settings = types.sources().get(identity.type());
    if (settings == null) {
      ConfigNode type = mapping.get("type");
      faults.add(type == null ? mapping : type, noSource(identity.type()));
      return null;
    }
    known.addAll(Binder.keys(settings));
    binder.rejectUnknown(mapping, known);
    Record bound = binder.bindKnown(settings, mapping);
    if (bound == null) {
      return null;
    }
    dialects.putIfAbsent(identity.name(), identity.dialects());
    return new AdapterConfig(identity.name(), identity.type(), bound);
  }

  private void checkUnique(String name, Mapping mapping) {
    ConfigNode node = mapping.get("name");
    Location own = node == null ? mapping.location() : node.location();
    Location first = names.putIfAbsent(name, own);
    if (name.equals(RESERVED)) {
      faults.add(mapping.fault("name", "\"admin\" is the gateway's own; choose another"));
    } else if (first != null) {
      faults.add(
          new Fault(
              own,
              mapping.pathOf("name"),
              "\""
                  + name
                  + "\" is taken by the adapter on line "
                  + first.line()
                  + "; choose another"));
    }
  }

  private String noSource(String type) {
    if (types.listeners().containsKey(type)) {
      return "\"" + type + "\" listens; put it below listeners";
    }
    return "\""
        + type
        + "\" is not a type of source; "
        + (types.sources().isEmpty()
            ? "none is installed: put the jar of one into adapters"
            : NearestKey.remedy(type, types.sources().keySet()));
  }
}
