package io.sluice.api.broker;

import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.api.tls.ClientTls;
import io.sluice.api.tls.PemFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** PEM files for TLS to a broker. */
public record BrokerTls(
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
    List<Problem> problems = new ArrayList<>();
    check("ca", ca, PemFiles::certificates, problems);
    check("certificate", certificate, PemFiles::certificates, problems);
    check("key", key, PemFiles::privateKey, problems);
    if (problems.isEmpty()) {
      check("key", key, own -> ClientTls.context(ca, certificate, own), problems);
    }
    return problems;
  }

  private interface Reading {
    Object of(Path file) throws IOException;
  }

  private static void check(
      String key, @Nullable Path file, Reading reading, List<Problem> problems) {
    try {
      if (file != null) {
        reading.of(file);
      }
    } catch (IOException e) {
      problems.add(new Problem(key, String.valueOf(e.getMessage())));
    }
  }
}
