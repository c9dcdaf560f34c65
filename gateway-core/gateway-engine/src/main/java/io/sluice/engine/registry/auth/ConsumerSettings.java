package io.sluice.engine.registry.auth;

import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.api.config.Secret;
import io.sluice.engine.registry.device.DeviceRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who may read records from the gateway itself: the section {@code consumers}. */
public record ConsumerSettings(
    @Option(doc = "What consumers may read. Nothing is granted that no role names.")
        List<Role> roles,
    @Option(doc = "Programs on the plant's own network that subscribe to records, over MQTT.")
        List<User> users)
    implements Checked {

  /** A role: a name for topic filters. */
  public record Role(
      @Option(doc = "Its name.", required = true, pattern = "[A-Za-z0-9._-]{1,64}") String name,
      @Option(
              doc =
                  "Topic filters under records/, which are records/{class}/{sector}/{site}/{device}:"
                      + " records/alarm/#, records/+/factory/plant-a/+.",
              required = true)
          List<String> topics)
      implements Checked {
    public Role {
      topics = List.copyOf(topics);
    }

    @Override
    public List<Problem> problems() {
      List<Problem> problems = new ArrayList<>(0);
      if (topics.isEmpty()) {
        problems.add(new Problem("topics", "grants nothing; name one filter, or drop the role"));
      }
      for (String topic : topics) {
        if (!topic.matches("records/(([^/+#]+|\\+)/)*([^/+#]+|\\+|#)")) {
          problems.add(
              new Problem(
                  "topics",
                  "\""
                      + topic
                      + "\" is no topic filter under records/; write like"
                      + " records/+/factory/plant-a/#"));
        }
      }
      return problems;
    }
  }

  /** A consumer. */
  public record User(
      @Option(
              doc = "MQTT user name. Comes before a device of the same id.",
              required = true,
              pattern = "[A-Za-z0-9._-]{1,64}")
          String name,
      @Option(doc = "One of the roles.", required = true) String role,
      @Option(
              doc = "MQTT password, of 16 characters and more; better password-file.",
              pattern = "\\S{16,}",
              hint = "take a long random one: openssl rand -base64 24")
          @Nullable Secret password,
      @Option(
              doc =
                  "Its certificate, by subject or alternative name, as for devices; the listener's"
                      + " client-ca must trust it.")
          @Nullable String certificate,
      @Option(
              doc =
                  "Name of the authority (access.authorities) that alone may give that certificate."
                      + " Without it any authority of the listener may, but for those of"
                      + " access.just-in-time.")
          @Nullable String certificateAuthority)
      implements Checked {
    @Override
    public List<Problem> problems() {
      if (password == null && certificate == null) {
        return List.of(new Problem("name", "has neither password nor certificate; give one"));
      }
      if (certificate == null && certificateAuthority != null) {
        return List.of(
            new Problem(
                "certificate-authority",
                "has no effect without certificate; give the subject beside it"));
      }
      return certificate != null && DeviceRules.canonicalSubject(certificate) == null
          ? List.of(
              new Problem(
                  "certificate",
                  "is no distinguished name and no alternative name; write it like"
                      + " CN=display,O=Plant A or DNS:display.example"))
          : List.of();
    }
  }

  public ConsumerSettings {
    roles = List.copyOf(roles);
    users = List.copyOf(users);
  }

  @Override
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>(0);
    Set<String> known = new HashSet<>();
    for (Role role : roles) {
      if (!known.add(role.name())) {
        problems.add(new Problem("roles", "has \"" + role.name() + "\" twice; merge them"));
      }
    }
    Set<String> names = new HashSet<>();
    for (User user : users) {
      if (!names.add(user.name())) {
        problems.add(
            new Problem("users", "has \"" + user.name() + "\" twice; give each its own name"));
      }
      if (!known.contains(user.role())) {
        problems.add(
            new Problem(
                "users",
                "\""
                    + user.name()
                    + "\" has the role \""
                    + user.role()
                    + "\", which consumers.roles does not name; known: "
                    + known));
      }
    }
    return problems;
  }
}
