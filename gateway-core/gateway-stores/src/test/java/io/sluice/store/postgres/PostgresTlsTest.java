package io.sluice.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import io.sluice.api.broker.BrokerTls;
import io.sluice.api.config.Secret;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real PostgreSQL that lets gateways in by TLS alone, one user by its certificate. */
class PostgresTlsTest {
  private static PostgreSql server;
  private static Authority authority;
  private static Signed known;

  @TempDir static Path directory;

  @BeforeAll
  static void server() throws IOException {
    assumeTrue(PostgreSql.isInstalled());
    authority = Authority.create(directory.resolve("ca"));
    Signed own = authority.server();
    known = authority.client("/CN=by_certificate");
    server = new PostgreSql();
    Path place = server.log().getParent();
    copy(own.certificate(), place.resolve("server.pem"));
    copy(own.key(), place.resolve("server.key"));
    copy(authority.certificate(), place.resolve("clients.pem"));
    server.sql(
        PostgreSql.DATABASE,
        "CREATE ROLE by_certificate LOGIN",
        "CREATE ROLE by_password LOGIN PASSWORD 'pw'",
        "ALTER SYSTEM SET ssl_cert_file = '" + place.resolve("server.pem") + "'",
        "ALTER SYSTEM SET ssl_key_file = '" + place.resolve("server.key") + "'",
        "ALTER SYSTEM SET ssl_ca_file = '" + place.resolve("clients.pem") + "'",
        "ALTER SYSTEM SET ssl = on");
    Files.writeString(
        place.resolve("data/pg_hba.conf"),
        "host all "
            + PostgreSql.USER
            + " 127.0.0.1/32 scram-sha-256\n"
            + "hostssl all by_certificate 127.0.0.1/32 cert\n"
            + "hostssl all by_password 127.0.0.1/32 scram-sha-256\n");
    server.sql(PostgreSql.DATABASE, "SELECT pg_reload_conf()");
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> server.sql(PostgreSql.DATABASE, "SHOW ssl").equals("on"));
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to);
    Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rw-------"));
    Files.setOwner(to, Files.getOwner(to.getParent()));
  }

  @AfterAll
  static void close() {
    if (server != null) {
      server.close();
    }
  }

  private static String signIn(
      String host, String user, @Nullable String password, @Nullable BrokerTls tls)
      throws SQLException {
    FleetStoreSettings settings =
        new FleetStoreSettings(
            "postgresql://" + host + ":" + server.port + "/" + PostgreSql.DATABASE,
            user,
            password == null ? null : new Secret(password),
            tls,
            null);
    try (Connection connection = new PostgresDataSource(settings, "test").getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
      row.next();
      return row.getString(1);
    }
  }

  private static BrokerTls mutual(Signed own) {
    return new BrokerTls(authority.certificate(), own.certificate(), own.key());
  }

  @Test
  void aUserSignsInByItsCertificateWithoutAPassword() throws Exception {
    assertThat(signIn("127.0.0.1", "by_certificate", null, mutual(known))).startsWith("TLSv1.");
  }

  @Test
  void aPasswordGoesThroughTlsToAServerThatIsTrusted() throws Exception {
    BrokerTls trusting = new BrokerTls(authority.certificate(), null, null);
    assertThat(signIn("localhost", "by_password", "pw", trusting)).startsWith("TLSv1.");
  }

  @Test
  void aKeyOfTheOlderFormsDoes() throws Exception {
    Signed rsa = authority.client("/CN=by_certificate", Authority.RSA);
    Path traditional = directory.resolve("pkcs1.key");
    Process openssl =
        new ProcessBuilder(
                "openssl",
                "rsa",
                "-traditional",
                "-in",
                rsa.key().toString(),
                "-out",
                traditional.toString())
            .redirectErrorStream(true)
            .start();
    openssl.getInputStream().readAllBytes();
    assertThat(openssl.onExit().join().exitValue()).isZero();
    BrokerTls tls = new BrokerTls(authority.certificate(), rsa.certificate(), traditional);
    assertThat(signIn("127.0.0.1", "by_certificate", null, tls)).startsWith("TLSv1.");
  }

  @Test
  void nobodySignsInWithoutTheCertificateOfTheUser() throws Exception {
    BrokerTls trusting = new BrokerTls(authority.certificate(), null, null);
    assertThatThrownBy(() -> signIn("127.0.0.1", "by_certificate", null, trusting))
        .isInstanceOf(SQLException.class);
    Signed another = authority.client("/CN=another");
    assertThatThrownBy(() -> signIn("127.0.0.1", "by_certificate", null, mutual(another)))
        .isInstanceOf(SQLException.class);
  }

  @Test
  void aServerThatNoneOfTheAuthoritiesHasSignedIsRefused() throws Exception {
    Authority other = Authority.create(directory.resolve("other"));
    BrokerTls wrong = new BrokerTls(other.certificate(), null, null);
    assertThatThrownBy(() -> signIn("127.0.0.1", "by_password", "pw", wrong))
        .isInstanceOf(SQLException.class)
        .satisfies(fault ->
            assertThat(PostgresFault.sentence((SQLException) fault, "postgresql://127.0.0.1/x"))
                .contains("certificate"));
  }

  @Test
  void aServerOfAnotherNameIsRefused() {
    BrokerTls trusting = new BrokerTls(authority.certificate(), null, null);
    assertThatThrownBy(() -> signIn("127.0.0.2", "by_password", "pw", trusting))
        .isInstanceOf(SQLException.class);
  }
}
