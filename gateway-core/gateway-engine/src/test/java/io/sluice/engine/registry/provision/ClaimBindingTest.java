package io.sluice.engine.registry.provision;

import static io.sluice.engine.registry.Fixture.PROFILES;
import static io.sluice.engine.registry.Fixture.id;
import static io.sluice.engine.registry.Fixture.login;
import static io.sluice.engine.registry.Fixture.password;
import static io.sluice.engine.registry.Fixture.spec;
import static io.sluice.engine.registry.Fixture.verdict;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.Authority;
import io.sluice.api.ContentType;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.Credentials.Token;
import io.sluice.api.operator.ClaimService.ClaimSpec;
import io.sluice.api.operator.CommandService;
import io.sluice.api.tls.PemFiles;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.registry.Fixture;
import io.sluice.engine.registry.Fixture.Link;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.credential.AccessSettings;
import io.sluice.engine.registry.credential.AccessSettings.JustInTime;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A claim may be shown again only for what it gave, and nothing else brings a device back. */
class ClaimBindingTest {
  private static final String TAKEN = "registered already";

  @TempDir Path directory;
  private final List<String> enrolled = new ArrayList<>();
  private Registry registry;
  private String claim;

  @BeforeEach
  void openRegistry() throws Exception {
    open(Fixture.SHORT_SECRETS);
    claim =
        registry
            .claims()
            .issue(new ClaimSpec("hall", "cnc", "factory", "a", "*", 20, Duration.ofHours(1)));
  }

  private void open(AccessSettings access) throws IOException {
    registry =
        Registry.open(directory, access, LimitSettings.DEFAULTS, PROFILES, Clock.systemUTC());
    registry.onEnrolled((device, how) -> enrolled.add(device.id() + " " + how));
  }

  @AfterEach
  void closeRegistry() {
    registry.close();
  }

  /** What an operator does to a device that has come in by the claim and not shown its token. */
  enum Change {
    REVOKE {
      @Override
      void run(Registry registry) {
        registry.directory().revoke(id("p"));
      }
    },
    ROTATE {
      @Override
      void run(Registry registry) throws Exception {
        registry.directory().rotate(id("p"), password("geheim"), Duration.ZERO);
      }
    },
    ROTATE_WITH_OVERLAP {
      @Override
      void run(Registry registry) throws Exception {
        registry.directory().rotate(id("p"), password("geheim"), Duration.ofHours(1));
      }
    },
    ISSUE_TOKEN {
      @Override
      void run(Registry registry) {
        registry.directory().issueToken(id("p"), Duration.ZERO);
      }
    },
    PUT {
      @Override
      void run(Registry registry) throws Exception {
        registry.directory().put(spec("p", password("geheim")));
      }
    },
    REMOVE_AND_REGISTER_BY_HAND {
      @Override
      void run(Registry registry) throws Exception {
        registry.directory().remove(id("p"));
        registry.directory().put(spec("p", password("geheim")));
      }
    },
    RETIRE {
      @Override
      void run(Registry registry) {
        registry.directory().retire(id("p"));
      }
    },
    REVOKE_AND_GIVE_THE_SAME_KIND {
      @Override
      void run(Registry registry) {
        registry.directory().revoke(id("p"));
        registry.directory().issueToken(id("p"), Duration.ZERO);
      }
    };

    abstract void run(Registry registry) throws Exception;
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void whatAnOperatorDidStandsAgainstTheClaim(Change change) throws Exception {
    assertThat(verdict(registry, login("p", claim))).isEqualTo("p");
    change.run(registry);
    Link session = new Link();
    boolean isLive = Fixture.attach(registry, "p", session);
    assertThat(verdict(registry, login("p", claim))).contains(TAKEN);
    assertThat(verdict(registry, new Token("p", claim))).as("over CoAP").contains(TAKEN);
    assertThat(session.closed.get()).as("the honest session").isNull();
    assertThat(isLive).isEqualTo(change != Change.RETIRE);
    registry.close();
    open(Fixture.SHORT_SECRETS);
    assertThat(verdict(registry, login("p", claim))).as("after a restart").contains(TAKEN);
    assertThat(registry.claims().list().getFirst().usesLeft()).isEqualTo(19);
  }

  @Test
  void aClaimThatIsShownAgainIsTakenDownAndSupersedesWhatItGave() {
    verdict(registry, login("p", claim));
    assertThat(verdict(registry, login("p", claim))).isEqualTo("p");
    assertThat(enrolled).containsExactly("p by claim hall", "p again by claim hall");
    Link link = Link.ready();
    Fixture.attach(registry, "p", link);
    registry.commands().ready(id("p"));
    assertThat(link.names()).containsExactly("credentials");
    String token =
        new String(link.sent.getFirst().payload(), UTF_8)
            .replaceAll("\\{\"token\":\"(.*)\"}", "$1");
    assertThat(verdict(registry, new Token("p", token))).isEqualTo("p");
    assertThat(verdict(registry, login("p", claim))).contains(TAKEN);
  }

  @Test
  void aDataDirectoryOfBeforeKeepsOnlyClaimsWhoseDevicesAreAsTheyMadeThem() throws Exception {
    verdict(registry, login("p", claim));
    verdict(registry, login("q", claim));
    registry.directory().put(spec("q", password("geheim")));
    registry.close();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      // as the third script left it
      statement.executeUpdate("DELETE FROM schema_version WHERE version >= 4");
      statement.executeUpdate("ALTER TABLE device DROP COLUMN timezone");
      statement.executeUpdate("ALTER TABLE device DROP COLUMN secret");
      statement.executeUpdate("ALTER TABLE previous_credential DROP COLUMN secret");
      statement.executeUpdate("ALTER TABLE command DROP COLUMN reason_code");
      statement.executeUpdate("ALTER TABLE command DROP COLUMN over");
      statement.executeUpdate("DROP TABLE known_place");
      statement.executeUpdate("DROP TABLE followed");
      statement.executeUpdate("DROP TABLE barred_device");
      statement.executeUpdate("ALTER TABLE claimed_device DROP COLUMN issued_hash");
      statement.executeUpdate("ALTER TABLE device DROP COLUMN certificate_authority");
      statement.executeUpdate("ALTER TABLE previous_credential DROP COLUMN certificate_authority");
      statement.executeUpdate(
          "INSERT OR REPLACE INTO claimed_device SELECT 'q', token_hash, 0 FROM claim");
      statement.executeUpdate(
          "INSERT INTO device (id, profile, sector, site, planned, commissioned, retired)"
              + " VALUES ('..', 'cnc', 'factory', 'a', 1, 1, 0)");
    }
    open(Fixture.SHORT_SECRETS);
    assertThat(registry.size()).isEqualTo(2);
    assertThat(verdict(registry, login("p", claim))).isEqualTo("p");
    assertThat(verdict(registry, login("q", claim))).contains(TAKEN);
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("registry.db"));
  }

  private static Credentials.Certificate shown(Authority authority, String subject)
      throws IOException {
    return new Credentials.Certificate(
        PemFiles.certificates(authority.client(subject).certificate()));
  }

  @Test
  void nothingBringsBackADeviceThatWasRemovedWhileRevoked() throws Exception {
    Authority authority = Authority.create(directory.resolve("ca"));
    AccessSettings everything =
        Fixture.access(
            true,
            true,
            "cnc",
            100,
            1,
            100,
            List.of(new JustInTime(authority.certificate(), "cnc", "factory", "a", 100)));
    registry.close();
    open(everything);
    assertThat(verdict(registry, shown(authority, "/CN=jit"))).isEqualTo("jit");
    registry.directory().revoke(id("jit"));
    registry.directory().remove(id("jit"));
    assertThat(verdict(registry, shown(authority, "/CN=jit"))).isEqualTo(Enrolment.BARRED);
    assertThat(verdict(registry, login("jit", claim))).as("a claim").isEqualTo(Enrolment.BARRED);
    assertThat(verdict(registry, login("jit", "any"))).as("auto").isEqualTo(Enrolment.BARRED);
    assertThat(verdict(registry, login("jit", null))).as("a name").isEqualTo(Enrolment.BARRED);
    registry.close();
    open(everything);
    assertThat(verdict(registry, shown(authority, "/CN=jit"))).isEqualTo(Enrolment.BARRED);
    registry.directory().put(spec("jit", password("geheim")));
    assertThat(verdict(registry, login("jit", "geheim"))).isEqualTo("jit");
    registry.directory().remove(id("jit"));
    assertThat(verdict(registry, shown(authority, "/CN=jit"))).as("lifted").isEqualTo("jit");
    registry.directory().retire(id("jit"));
    registry.directory().remove(id("jit"));
    assertThat(verdict(registry, shown(authority, "/CN=jit"))).isEqualTo(Enrolment.BARRED);
  }

  @Test
  void aCommandIsNotForALaterDeviceOfTheSameId() throws Exception {
    registry.directory().put(spec("z", password("geheim")));
    Link first = Link.ready();
    Fixture.attach(registry, "z", first);
    command("z", "open-valve");
    assertThat(first.names()).containsExactly("open-valve");
    registry.directory().remove(id("z"));
    registry.presence().detach(id("z"), first); // which was closed with its device
    registry.directory().put(spec("z", password("anders")));
    Link second = Link.ready();
    assertThat(Fixture.attach(registry, "z", second)).isTrue();
    registry.commands().ready(id("z"));
    assertThat(registry.commands().poll(id("z"))).isNull();
    command("z", "close-valve");
    assertThat(second.names()).containsExactly("close-valve");
  }

  @Test
  void aCommandOfARemovedDeviceIsEndedOnDiskWithIt() throws Exception {
    registry.directory().put(spec("z", password("geheim")));
    command("z", "open-valve");
    registry.directory().remove(id("z"));
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        var row = statement.executeQuery("SELECT state, payload FROM command")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(1)).isEqualTo(CommandService.State.EXPIRED.name());
      assertThat(row.getBytes(2)).isNullOrEmpty();
    }
  }

  private void command(String device, String name) {
    assertThat(
            registry
                .commandService()
                .submit(id(device), name, ContentType.TEXT, new byte[] {1}, Duration.ofHours(1)))
        .isInstanceOf(CommandService.Submission.Taken.class);
  }
}
