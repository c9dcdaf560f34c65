package io.sluice.engine.config;

import io.sluice.api.broker.BrokerAddress;
import io.sluice.api.broker.BrokerUse;
import io.sluice.api.broker.TopicFilter;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigNode.Scalar;
import io.sluice.engine.config.ConfigNode.Sequence;
import io.sluice.engine.config.GatewayConfig.AdapterConfig;
import io.sluice.engine.config.GatewayConfig.UpstreamConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds what goes round in circles: a source that takes in what an upstream publishes to the same
 * broker. And two that use one client id there, which take over from each other without end. Of one
 * pass over one file.
 */
final class BrokerLoops {
  private record Place(String host, int port) {}

  private record Taken(Place broker, String clientId) {}

  private final Mapping root;
  private final Faults faults;
  private final Map<Taken, String> clients = new LinkedHashMap<>();

  BrokerLoops(Mapping root, Faults faults) {
    this.root = root;
    this.faults = faults;
  }

  /** Adds what is wrong. */
  void check(List<AdapterConfig> sources, List<UpstreamConfig> upstreams) {
    for (UpstreamConfig upstream : upstreams) {
      BrokerUse use = use(upstream.settings());
      String id = use == null ? null : use.clientId();
      if (use != null && id != null) {
        clients.putIfAbsent(new Taken(place(use), id), "upstream \"" + upstream.name() + '"');
      }
    }
    for (AdapterConfig source : sources) {
      BrokerUse use = use(source.settings());
      if (use != null) {
        check(source, use, upstreams);
      }
    }
  }

  private void check(AdapterConfig source, BrokerUse use, List<UpstreamConfig> upstreams) {
    Mapping node = node(source.name());
    checkClientId(source, use, node);
    for (UpstreamConfig upstream : upstreams) {
      BrokerUse other = use(upstream.settings());
      if (other != null && place(use).equals(place(other))) {
        checkTopics(use, upstream.name(), other, node);
      }
    }
  }

  private void checkClientId(AdapterConfig source, BrokerUse use, @Nullable Mapping node) {
    String id = use.clientId();
    String first =
        id == null
            ? null
            : clients.putIfAbsent(new Taken(place(use), id), "source \"" + source.name() + '"');
    if (first != null && node != null) {
      faults.add(node.fault("client-id", "is that of " + first + " already; give each its own"));
    }
  }

  private void checkTopics(
      BrokerUse source, String upstream, BrokerUse other, @Nullable Mapping node) {
    List<String> topics = source.subscribes();
    for (int i = 0; i < topics.size(); i++) {
      TopicFilter reads = new TopicFilter(topics.get(i));
      for (String writes : other.publishes()) {
        if (reads.overlaps(new TopicFilter(writes)) && node != null) {
          ConfigNode at = node.get("topics");
          ConfigNode item =
              at instanceof Sequence list && i < list.items().size() ? list.items().get(i) : at;
          faults.add(
              item == null ? node : item,
              ("\"%s\" takes in what upstream \"%s\" publishes to the same broker (%s), so that each"
                      + " record would come again without end; narrow it, or have the upstream"
                      + " publish elsewhere")
                  .formatted(topics.get(i), upstream, writes));
        }
      }
    }
  }

  /** Null where they have no broker, or a fault that is told already. */
  private static @Nullable BrokerUse use(Record settings) {
    return settings instanceof BrokerUse use && BrokerAddress.problem(use.uri()) == null
        ? use
        : null;
  }

  private static Place place(BrokerUse use) {
    BrokerAddress address = BrokerAddress.of(use.uri());
    String host = address.host().toLowerCase(Locale.ROOT);
    return new Place(
        host.equals("localhost") || host.equals("::1") ? "127.0.0.1" : host, address.port());
  }

  private @Nullable Mapping node(String source) {
    if (root.get("sources") instanceof Sequence sequence) {
      for (ConfigNode item : sequence.items()) {
        if (item instanceof Mapping mapping
            && mapping.get("name") instanceof Scalar name
            && name.text().equals(source)) {
          return mapping;
        }
      }
    }
    return null;
  }
}
