package io.sluice.upstream.kafka;

import io.sluice.api.config.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.scram.ScramExtensionsCallback;

/**
 * Answers each SASL sign-in of a Kafka client with the password that its file has at that moment.
 * Kafka's own handler has the one of the client's beginning: a client that lives on, while the
 * password is changed at the cluster, would never be let in again, and what it has in hand would
 * wait for {@code delivery.timeout.ms}. Made by Kafka, by its name in {@code
 * sasl.client.callback.handler.class}. Reads disk, on a network thread of Kafka's.
 */
public final class CurrentPassword implements AuthenticateCallbackHandler {
  /** Option of the login module's entry that names the file. */
  static final String FILE = "sluice_password_file";

  private String username = "";
  private Secret password = new Secret("");

  @Override
  public void configure(
      Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> entries) {
    Map<String, ?> options = entries.getFirst().getOptions();
    username = String.valueOf(options.get("username"));
    password =
        new Secret(
            String.valueOf(options.get("password")), Path.of(String.valueOf(options.get(FILE))));
  }

  @Override
  public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
    for (Callback each : callbacks) {
      switch (each) {
        case NameCallback name -> name.setName(username);
        case PasswordCallback asked -> asked.setPassword(password.current().toCharArray());
        case ScramExtensionsCallback _ -> {} // none
        default -> throw new UnsupportedCallbackException(each);
      }
    }
  }

  @Override
  public void close() {}
}
