package io.sluice.adapter.mqtt;

import io.sluice.adapter.mqtt.session.MqttOptions;
import io.sluice.adapter.netty.TlsContexts;
import io.sluice.api.config.Checked;
import io.sluice.api.config.Inline;
import io.sluice.api.config.Option;
import io.sluice.api.tls.TlsSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options below {@code listeners.ws}. */
public record WebSocketSettings(
    @Option(doc = "Local address to bind.", def = "0.0.0.0") String host,
    @Option(doc = "TCP port; 0 takes a free one.", def = "8083", min = 0, max = 65535) int port,
    @Option(
            doc = "Path of the WebSocket.",
            def = "/mqtt",
            pattern = "/[A-Za-z0-9/_.-]*",
            hint = "write a path such as /mqtt")
        String path,
    @Option(doc = "Makes it wss: what it shows and whom it trusts.") @Nullable TlsSettings tls,
    @Option(
            doc = "TLS handshakes under way at once; one more is closed at once.",
            def = "1000",
            min = 1,
            max = 1_000_000)
        int maxHandshakes,
    @Inline MqttOptions options)
    implements Checked {
  @Override
  public List<Problem> problems() {
    return TlsContexts.problems(tls);
  }
}
