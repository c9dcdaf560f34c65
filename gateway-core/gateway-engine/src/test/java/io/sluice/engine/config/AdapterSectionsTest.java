package io.sluice.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.config.Option;
import io.sluice.engine.config.ConfigLoader.Faulty;
import io.sluice.engine.config.ConfigLoader.Loaded;
import io.sluice.engine.config.GatewayConfig.AdapterConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterSectionsTest {
  record Lines(@Option(doc = "Peer.", required = true) String host) {}

  @TempDir Path directory;

  private static Types types() {
    SequencedMap<String, Class<? extends Record>> sources = new LinkedHashMap<>();
    sources.put("lines", Lines.class);
    Types plain = TestTypes.TYPES;
    return new Types(
        plain.listeners(),
        plain.datagrams(),
        sources,
        plain.upstreams(),
        plain.sections(),
        List.of());
  }

  private ConfigLoader.Result parse(String adapters) {
    String text =
        adapters
            + "\ngateway: { id: edge-01 }\n"
            + "upstreams: [ { name: archive, type: file, directory: out } ]\n";
    return ConfigLoader.parse(directory.resolve("s.yaml"), text, types(), Map.of());
  }

  private GatewayConfig loaded(String adapters) {
    ConfigLoader.Result result = parse(adapters);
    assertThat(result).isInstanceOf(Loaded.class);
    return ((Loaded) result).config();
  }

  private List<String> faults(String adapters) {
    ConfigLoader.Result result = parse(adapters);
    assertThat(result).isInstanceOf(Faulty.class);
    return ((Faulty) result)
        .faults().stream().map(fault -> fault.toString().replaceFirst(".*s\\.yaml:", "")).toList();
  }

  @Test
  void severalListenersOfATypeHaveNamesOfTheirOwn() {
    GatewayConfig config = loaded("listeners: { mqtt: , mqtt-hall-2: { type: mqtt, port: 1884 } }");
    assertThat(config.listeners().values())
        .extracting(AdapterConfig::name, AdapterConfig::type)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("mqtt", "mqtt"),
            org.assertj.core.groups.Tuple.tuple("mqtt-hall-2", "mqtt"));
    assertThat(((TestTypes.Mqtt) config.listeners().get("mqtt-hall-2").settings()).port())
        .isEqualTo(1884);
  }

  @Test
  void sourcesAloneAreEnough() {
    GatewayConfig config = loaded("sources: [ { name: hall, type: lines, host: a } ]");
    assertThat(config.listeners()).isEmpty();
    assertThat(config.sources())
        .containsExactly(new AdapterConfig("hall", "lines", new Lines("a")));
  }

  @Test
  void sourceNamesItsDialectsAsAListenerDoes() {
    GatewayConfig config =
        loaded("sources: [ { name: hall, type: lines, host: a, dialects: [ sluice ] } ]");
    assertThat(config.dialects()).containsEntry("hall", List.of("sluice"));
  }

  @Test
  void allThatIsWrongWithAdaptersIsToldInOnePass() {
    assertThat(
            faults(
                """
                listeners:
                  mqtt: { }
                  hall-2: { type: mqt }
                  hall-3: { type: lines }
                  coap: { type: mqtt }
                  hall-4: { port: 1 }
                sources:
                  - { name: mqtt, type: lines, host: a }
                  - { name: plc, type: lines, host: a }
                  - { name: plc, type: lines, host: b }
                  - { name: x, type: modbuss }
                  - { name: y, type: mqtt }
                  - { name: z, type: lines, hosst: a }
                  - { name: admin, type: lines, host: a }
                """))
        .satisfiesExactly(
            fault ->
                assertThat(fault)
                    .contains("3:19", "hall-2.type", "\"mqt\" is not a type of listener", "mqtt"),
            fault -> assertThat(fault).contains("4:19", "\"lines\" connects out", "sources"),
            fault -> assertThat(fault).contains("5:3", "is a type of listener", "another name"),
            fault -> assertThat(fault).contains("6:3", "is not a kind of listener", "needs a type"),
            fault -> assertThat(fault).contains("8:13", "\"mqtt\" is taken", "line 2"),
            fault -> assertThat(fault).contains("10:13", "\"plc\" is taken", "line 9"),
            fault ->
                assertThat(fault).contains("11:22", "\"modbuss\" is not a type of source", "lines"),
            fault -> assertThat(fault).contains("12:22", "\"mqtt\" listens", "listeners"),
            fault -> assertThat(fault).contains("13:", "host", "missing"),
            fault -> assertThat(fault).contains("13:", "hosst", "host"),
            fault -> assertThat(fault).contains("14:", "\"admin\" is the gateway's own"));
  }

  @Test
  void neitherListenersNorSourcesIsAFault() {
    assertThat(faults("sources: []")).singleElement().asString().contains("listeners", "missing");
  }

  @Test
  void schemaAndReferenceKnowSourcesAndNames() {
    assertThat(ConfigSchema.write(types()))
        .contains("\"sources\"", "\"lines\"", "#/properties/listeners/properties/mqtt");
    assertThat(ReferencePage.write(types(), TestTypes.Access.class))
        .contains("### Every listener", "## sources", "### source, type: lines");
  }
}
