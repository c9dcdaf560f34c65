package io.sluice.api.broker;

import io.sluice.api.config.Checked.Problem;
import io.sluice.api.config.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a client proves who it is to a Kafka cluster, and how it knows the cluster. Certificates and
 * password are read from their files each time that a client is made.
 *
 * @param tls null: not by TLS
 * @param username of SASL; null: none
 */
public record KafkaLogin(
    @Nullable BrokerTls tls,
    @Nullable String username,
    @Nullable Secret password,
    Mechanism mechanism) {
  /** No TLS and no name. */
  public static final KafkaLogin NONE = new KafkaLogin(null, null, null, Mechanism.SCRAM_SHA_512);

  /** SASL mechanisms that go by a name and a password. */
  public enum Mechanism {
    PLAIN,
    SCRAM_SHA_256,
    SCRAM_SHA_512;

    /** As it stands in {@code sasl.mechanism}. */
    public String saslName() {
      return name().replace('_', '-').toUpperCase(Locale.ROOT);
    }
  }

  /**
   * What does not go together.
   *
   * @param properties of the client, as they are written beside it
   */
  public List<Problem> problems(Map<String, String> properties) {
    List<Problem> problems = new ArrayList<>();
    if ((username == null) != (password == null)) {
      problems.add(
          username == null
              ? new Problem("username", "is missing; username and password go together")
              : new Problem("password", "is missing; username and password go together"));
    }
    boolean isSet = tls != null || username != null;
    for (String key : properties.keySet()) {
      boolean isSame =
          key.equals("security.protocol")
              || (tls != null && isTrustOrKey(key))
              || (username != null && key.startsWith("sasl."));
      if (isSet && isSame) {
        problems.add(
            new Problem(
                "properties",
                key + " is set by tls, username and password; leave it out, or those"));
      }
    }
    return problems;
  }

  private static boolean isTrustOrKey(String key) {
    return key.startsWith("ssl.truststore.") || key.startsWith("ssl.key");
  }
}
