package io.sluice.engine.config;

import io.sluice.api.config.Bytes;
import io.sluice.api.config.Checked;
import io.sluice.api.config.Checked.Problem;
import io.sluice.api.config.Option;
import io.sluice.api.config.Secret;
import io.sluice.api.upstream.ForwardSettings;
import io.sluice.api.upstream.UpstreamSettings;
import io.sluice.engine.config.Types.Section;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** A small build of the gateway: settings of every option type. */
final class TestTypes {
  enum Mode {
    FAST,
    VERY_SAFE
  }

  record Tls(
      @Option(doc = "Chain.", required = true) Path certificate,
      @Option(doc = "Password of the key.") @Nullable Secret keyPassword) {}

  record Mqtt(
      @Option(doc = "Address to bind.", def = "0.0.0.0") String host,
      @Option(doc = "TCP port.", def = "1883", min = 0, max = 65_535) int port,
      @Option(doc = "Longest packet.", def = "256KB", min = 1_024, max = 1 << 28) Bytes maxPacket,
      @Option(doc = "Time for CONNECT.", def = "10s", min = 100, max = 60_000)
          Duration connectTimeout,
      @Option(doc = "Encryption.") @Nullable Tls tls)
      implements Checked {
    @Override
    public List<Problem> problems() {
      return port == 13 ? List.of(new Problem("port", "is unlucky; take another")) : List.of();
    }
  }

  record Coap(@Option(doc = "UDP port.", def = "5683", min = 0, max = 65_535) int port) {}

  record FileTarget(
      @Option(doc = "Where to.", required = true) Path directory,
      @Option(doc = "How.", def = "very-safe") Mode mode,
      @Option(doc = "A ratio.", def = "0.5", min = 0, max = 1) double ratio,
      @Option(doc = "Peer.") @Nullable URI peer,
      @Option(doc = "Words.", def = "[ a, b ]") List<String> words,
      @Option(doc = "Passed on.") Map<String, String> properties,
      @Option(doc = "Compress.") boolean compress)
      implements UpstreamSettings {
    @Override
    public List<Problem> problems(ForwardSettings forward) {
      return forward.format().equals("senml-cbor")
          ? List.of(new Problem("format", "has no lines; write another"))
          : List.of();
    }

    @Override
    public Sole sole() {
      return new Sole("directory", directory);
    }
  }

  record Access(
      @Option(doc = "Let everybody in.", def = "false") boolean anonymous,
      @Option(doc = "Word.", pattern = "[a-z]+", hint = "write lower-case letters")
          @Nullable String word) {}

  static final Types TYPES = with();

  private TestTypes() {}

  static Types with(Section... further) {
    SequencedMap<String, Class<? extends Record>> listeners = new LinkedHashMap<>();
    listeners.put("coap", Coap.class);
    listeners.put("mqtt", Mqtt.class);
    SequencedMap<String, Class<? extends Record>> upstreams = new LinkedHashMap<>();
    upstreams.put("file", FileTarget.class);
    List<Section> sections = new ArrayList<>(List.of(further));
    sections.add(new Section("access", Access.class, "Who may connect."));
    return new Types(listeners, upstreams, sections);
  }
}
