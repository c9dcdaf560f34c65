package io.sluice.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.broker.BrokerUse;
import io.sluice.api.config.Option;
import io.sluice.engine.config.ConfigLoader.Faulty;
import io.sluice.engine.config.ConfigLoader.Loaded;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source and an upstream on one broker. */
class BrokerLoopsTest {
  record Reading(
      @Option(doc = "Broker.", required = true) URI uri,
      @Option(doc = "Client id.") @Nullable String clientId,
      @Option(doc = "Topics.") List<String> topics)
      implements BrokerUse {
    @Override
    public List<String> subscribes() {
      return topics;
    }
  }

  record Writing(
      @Option(doc = "Broker.", required = true) URI uri,
      @Option(doc = "Client id.") @Nullable String clientId,
      @Option(doc = "Topic.", required = true) String topic)
      implements BrokerUse {
    @Override
    public List<String> publishes() {
      return List.of(topic);
    }
  }

  @TempDir Path directory;

  private List<String> faults(String source, String upstream) {
    SequencedMap<String, Class<? extends Record>> sources = new LinkedHashMap<>();
    sources.put("mqtt", Reading.class);
    SequencedMap<String, Class<? extends Record>> upstreams = new LinkedHashMap<>();
    upstreams.put("mqtt", Writing.class);
    Types plain = TestTypes.TYPES;
    Types types =
        new Types(
            plain.listeners(), plain.datagrams(), sources, upstreams, plain.sections(), List.of());
    String text =
        """
        gateway: { id: edge-01 }
        sources:
          - { name: plant, type: mqtt, %s }
        upstreams:
          - { name: cloud, type: mqtt, %s }
        """
            .formatted(source, upstream);
    return switch (ConfigLoader.parse(directory.resolve("s.yaml"), text, types, Map.of())) {
      case Loaded _ -> List.of();
      case Faulty faulty ->
          faulty.faults().stream()
              .map(fault -> fault.toString().replaceFirst(".*s\\.yaml:", ""))
              .toList();
    };
  }

  @Test
  void sourceThatTakesInWhatAnUpstreamPublishesIsAFault() {
    assertThat(
            faults(
                "uri: \"mqtt://localhost:1883\", topics: [ \"a/#\", \"sluice/#\" ]",
                "uri: \"tcp://127.0.0.1:1883\", topic: sluice/+/+"))
        .singleElement()
        .asString()
        .contains(
            "3:79: sources[0].topics[1]",
            "\"sluice/#\" takes in what upstream \"cloud\" publishes to the same broker (sluice/+/+)");
  }

  @Test
  void otherTopicsAndOtherBrokersAreNone() {
    assertThat(
            faults(
                "uri: \"tcp://127.0.0.1:1883\", topics: [ zigbee2mqtt/# ]",
                "uri: \"tcp://127.0.0.1:1883\", topic: sluice/+/+"))
        .isEmpty();
    assertThat(
            faults(
                "uri: \"tcp://127.0.0.1:1883\", topics: [ \"#\" ]",
                "uri: \"tcp://127.0.0.1:1884\", topic: sluice/+/+"))
        .isEmpty();
  }

  @Test
  void oneClientIdForTwoIsAFault() {
    assertThat(
            faults(
                "uri: \"tcp://broker:1883\", topics: [ a ], client-id: edge",
                "uri: \"tcp://BROKER:1883\", topic: b, client-id: edge"))
        .singleElement()
        .asString()
        .contains("client-id: is that of upstream \"cloud\" already; give each its own");
  }
}
