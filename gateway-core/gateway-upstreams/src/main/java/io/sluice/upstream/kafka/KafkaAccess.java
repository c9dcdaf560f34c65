package io.sluice.upstream.kafka;

import io.sluice.api.broker.BrokerTls;
import io.sluice.api.broker.KafkaLogin;
import io.sluice.api.config.Secret;
import io.sluice.api.tls.PemFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** TLS and SASL as the properties of Kafka's clients, from PEM files of any usual form. Pure. */
public final class KafkaAccess {
  private static final Base64.Encoder BASE64 =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private KafkaAccess() {}

  /**
   * The properties that make a client connect so. Reads the files.
   *
   * @throws IOException where a file cannot be used; the message names it and the remedy
   */
  public static Map<String, String> properties(KafkaLogin login) throws IOException {
    Map<String, String> all = new HashMap<>();
    BrokerTls tls = login.tls();
    if (tls != null) {
      addTls(tls, all);
    }
    String username = login.username();
    Secret password = login.password();
    if (username != null && password != null) {
      all.put("sasl.mechanism", login.mechanism().saslName());
      all.put("sasl.jaas.config", jaas(login.mechanism(), username, password));
      if (password.file() != null) {
        all.put("sasl.client.callback.handler.class", CurrentPassword.class.getName());
      }
    }
    boolean isSasl = username != null;
    if (tls != null || isSasl) {
      all.put("security.protocol", isSasl ? (tls == null ? "SASL_PLAINTEXT" : "SASL_SSL") : "SSL");
    }
    return all;
  }

  private static void addTls(BrokerTls tls, Map<String, String> to) throws IOException {
    Path ca = tls.ca();
    if (ca != null) {
      to.put("ssl.truststore.type", "PEM");
      to.put("ssl.truststore.certificates", pem(PemFiles.certificates(ca)));
    }
    Path certificate = tls.certificate();
    Path key = tls.key();
    if (certificate != null && key != null) {
      to.put("ssl.keystore.type", "PEM");
      to.put("ssl.keystore.certificate.chain", pem(PemFiles.certificates(certificate)));
      to.put("ssl.keystore.key", block("PRIVATE KEY", PemFiles.privateKey(key).getEncoded()));
    }
  }

  private static String pem(List<X509Certificate> certificates) throws IOException {
    StringBuilder all = new StringBuilder();
    try {
      for (X509Certificate each : certificates) {
        all.append(block("CERTIFICATE", each.getEncoded()));
      }
    } catch (CertificateEncodingException e) {
      throw new IOException("a certificate cannot be written: " + e.getMessage(), e);
    }
    return all.toString();
  }

  private static String block(String label, byte @Nullable [] der) throws IOException {
    if (der == null) {
      throw new IOException("the private key cannot be read out; give one in a file");
    }
    return "-----BEGIN "
        + label
        + "-----\n"
        + BASE64.encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  private static String jaas(KafkaLogin.Mechanism mechanism, String username, Secret password) {
    String module =
        mechanism == KafkaLogin.Mechanism.PLAIN
            ? "org.apache.kafka.common.security.plain.PlainLoginModule"
            : "org.apache.kafka.common.security.scram.ScramLoginModule";
    Path file = password.file();
    return module
        + " required username="
        + quoted(username)
        + " password="
        + quoted(password.current())
        + (file == null ? "" : ' ' + CurrentPassword.FILE + '=' + quoted(file.toString()))
        + ';';
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
