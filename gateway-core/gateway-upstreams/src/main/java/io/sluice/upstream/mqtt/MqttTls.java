package io.sluice.upstream.mqtt;

import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** PEM files for TLS to a broker. */
public record MqttTls(
    @Option(doc = "Authorities to trust instead of the Java runtime's.") @Nullable Path ca,
    @Option(doc = "Own certificate, with its chain, for brokers that ask for one.")
        @Nullable Path certificate,
    @Option(doc = "Its private key: PKCS#8, PKCS#1 or SEC 1, not encrypted.") @Nullable Path key)
    implements Checked {
  @Override
  public List<Problem> problems() {
    if ((certificate == null) != (key == null)) {
      return List.of(
          new Problem(
              certificate == null ? "certificate" : "key",
              "is missing; certificate and key go together"));
    }
    return List.of();
  }
}
