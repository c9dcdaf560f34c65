package io.sluice.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterFactory;
import io.sluice.api.config.Option;
import io.sluice.engine.config.ConfigLoader;
import io.sluice.engine.config.Types;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ports of a vendor's adapters, which ServiceLoader finds: one type over UDP, one over TCP. */
class PortRequirementTest {
  @TempDir Path directory;

  public record Settings(
      @Option(doc = "Address.", def = "0.0.0.0") String host,
      @Option(doc = "Port.", def = "0") int port) {}

  /** A type that this project does not know. */
  public static final class Datagrams implements AdapterFactory<Settings> {
    @Override
    public String type() {
      return "datagrams";
    }

    @Override
    public String protocol() {
      return "datagrams";
    }

    @Override
    public Transport transport() {
      return Transport.UDP;
    }

    @Override
    public Class<Settings> settings() {
      return Settings.class;
    }

    @Override
    public Adapter create(String name, Settings settings) {
      throw new UnsupportedOperationException("no gateway is started here");
    }
  }

  /** One that says nothing of its transport. */
  public static final class Lines implements AdapterFactory<Settings> {
    @Override
    public String type() {
      return "lines";
    }

    @Override
    public String protocol() {
      return "lines";
    }

    @Override
    public Class<Settings> settings() {
      return Settings.class;
    }

    @Override
    public Adapter create(String name, Settings settings) {
      throw new UnsupportedOperationException("no gateway is started here");
    }
  }

  public record Nowhere(@Option(doc = "Word.", def = "x") String word) {}

  private List<PortRequirement> ports(String listeners) {
    Types installed = Types.installed(List.of());
    Types types =
        new Types(
            installed.listeners(),
            installed.datagrams(),
            installed.sources(),
            new TreeMap<>(Map.of("nowhere", Nowhere.class)),
            List.of(),
            List.of());
    String text =
        "gateway: { id: g }\nlisteners: { "
            + listeners
            + " }\nupstreams: [ { name: a, type: nowhere } ]\n";
    ConfigLoader.Result result =
        ConfigLoader.parse(directory.resolve("s.yaml"), text, types, Map.of());
    assertThat(result).isInstanceOf(ConfigLoader.Loaded.class);
    return PortRequirement.of(((ConfigLoader.Loaded) result).config(), types.datagrams());
  }

  @Test
  void factorySaysOverWhatItsTypeListens() {
    assertThat(ports("datagrams: { port: 7000 }, hall: { type: datagrams }, lines: { port: 7000 }"))
        .extracting(PortRequirement::address)
        .containsExactly("0.0.0.0:7000/udp", "0.0.0.0:0/udp", "0.0.0.0:7000/tcp");
  }

  @Test
  void samePortClashesOverTheSameTransportOnly() {
    List<PortRequirement> ports =
        ports(
            "a: { type: datagrams, port: 7000 }, b: { type: lines, port: 7000 },"
                + " c: { type: datagrams, port: 7000 }, d: { type: lines, port: 7000 }");
    assertThat(ports.get(0).clashes(ports.get(1))).isFalse();
    assertThat(ports.get(0).clashes(ports.get(2))).isTrue();
    assertThat(ports.get(1).clashes(ports.get(3))).isTrue();
  }
}
