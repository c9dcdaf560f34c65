package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import io.sluice.admin.security.Authorization;
import io.sluice.api.audit.AuditEvent;
import io.sluice.api.audit.AuditEvent.Result;
import io.sluice.api.config.Bytes;
import io.sluice.api.config.Secret;
import io.sluice.api.operator.AdminRole;
import io.sluice.api.operator.AdminSettings;
import io.sluice.api.tls.PemFiles;
import io.sluice.api.tls.TlsFiles;
import io.sluice.api.tls.TlsSettings;
import io.sluice.api.tls.TlsSettings.ClientAuth;
import io.sluice.api.tls.TlsSettings.TlsProvider;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may do what on the admin listener, over which transport. */
@Tag("slow")
class AdminSecurityTest {
  private static final Bytes MEMORY = new Bytes(1 << 20);

  @TempDir Path directory;
  private final FixedOperations operations = new FixedOperations();
  private final List<AuditEvent> audit = new CopyOnWriteArrayList<>();
  private @Nullable AdminServer server;

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static AdminSettings settings(
      @Nullable TlsSettings tls,
      List<AdminSettings.Token> tokens,
      List<AdminSettings.Client> clients) {
    return new AdminSettings(
        "127.0.0.1", 0, null, tokens, tls, clients, List.of("gw.plant"), false, false, MEMORY);
  }

  private void start(AdminSettings settings) throws Exception {
    server = AdminServer.start(settings, operations, audit::add);
  }

  private static AdminSettings.Token token(String name, AdminRole role) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
    return new AdminSettings.Token(name, role, "sha256:" + HexFormat.of().formatHex(digest));
  }

  private HttpResponse<String> send(
      HttpClient client, String method, String path, @Nullable String token, String... headers)
      throws IOException, InterruptedException {
    String scheme = client.sslContext().equals(NONE) ? "http" : "https";
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(scheme + "://127.0.0.1:" + server.address().getPort() + path))
            .method(method, HttpRequest.BodyPublishers.ofString("{}"));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static final SSLContext NONE = plainContext();

  private static SSLContext plainContext() {
    try {
      return SSLContext.getDefault();
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HttpClient plain() {
    return HttpClient.newBuilder().sslContext(NONE).version(HttpClient.Version.HTTP_1_1).build();
  }

  private int status(String method, String path, @Nullable String token, String... headers)
      throws IOException, InterruptedException {
    return send(plain(), method, path, token, headers).statusCode();
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/api/v1/status,VIEWER",
    "GET,/metrics,VIEWER",
    "GET,/api/v1/devices/a,VIEWER",
    "GET,/api/v1/claims,ADMINISTRATOR",
    "GET,/api/v1/audit,ADMINISTRATOR",
    "POST,/api/v1/devices/a/commands,OPERATOR",
    "DELETE,/api/v1/devices/a/commands/7,OPERATOR",
    "POST,/api/v1/devices/a/retire,OPERATOR",
    "POST,/api/v1/dead-letters/9/retry,OPERATOR",
    "POST,/api/v1/alarms/1/ack,OPERATOR",
    "GET,/api/v1/upstreams,VIEWER",
    "POST,/api/v1/upstreams/archive/pause,OPERATOR",
    "POST,/api/v1/upstreams/archive/resume,OPERATOR",
    "DELETE,/api/v1/upstreams/gone,ADMINISTRATOR",
    "POST,/api/v1/devices,ADMINISTRATOR",
    "PUT,/api/v1/devices/a,ADMINISTRATOR",
    "DELETE,/api/v1/devices/a,ADMINISTRATOR",
    "POST,/api/v1/devices/a/token,ADMINISTRATOR",
    "POST,/api/v1/devices/a/credentials,ADMINISTRATOR",
    "POST,/api/v1/devices/a/revoke,ADMINISTRATOR",
    "POST,/api/v1/devices/import,ADMINISTRATOR",
    "POST,/api/v1/claims,ADMINISTRATOR",
    "DELETE,/api/v1/claims/a,ADMINISTRATOR",
    "POST,/anything/else,ADMINISTRATOR",
    "PATCH,/api/v1/devices/a,ADMINISTRATOR"
  })
  void eachRequestNeedsItsRole(String method, String path, AdminRole needed) throws Exception {
    assertThat(Authorization.needed(method, path)).isEqualTo(needed);
    start(
        settings(
            null,
            List.of(
                token("VIEWER", AdminRole.VIEWER),
                token("OPERATOR", AdminRole.OPERATOR),
                token("ADMINISTRATOR", AdminRole.ADMINISTRATOR)),
            List.of()));
    for (AdminRole role : AdminRole.values()) {
      int status = status(method, path, role.name(), "Content-Type", "application/json");
      if (role.mayDoWhat(needed)) {
        assertThat(status).as("%s as %s", path, role).isNotIn(401, 403);
      } else {
        assertThat(status).as("%s as %s", path, role).isEqualTo(403);
      }
    }
    assertThat(status(method, path, null)).isEqualTo(401);
  }

  @Test
  void changesAndRefusalsAreTakenDownWithoutSecrets() throws Exception {
    start(settings(null, List.of(token("anna", AdminRole.OPERATOR)), List.of()));
    operations.put(
        new io.sluice.api.operator.DeviceDirectory.DeviceSpec(
            new io.sluice.api.DeviceId("a"), "cnc", "factory", "x", null, null, true, true, null));
    status("POST", "/api/v1/devices/a/retire", "anna", "Content-Type", "application/json");
    status("POST", "/api/v1/devices/a/token", "anna", "Content-Type", "application/json");
    status("GET", "/api/v1/status", "a-wrong-token");
    await().until(() -> audit.size() == 3);
    assertThat(audit)
        .extracting(AuditEvent::action, AuditEvent::who, AuditEvent::result)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("device.retired", "anna", Result.DONE),
            org.assertj.core.groups.Tuple.tuple("token.issued", "anna", Result.REFUSED),
            org.assertj.core.groups.Tuple.tuple("admin.refused", "unknown", Result.REFUSED));
    assertThat(audit.toString()).doesNotContain("a-wrong-token");
    assertThat(audit).allMatch(event -> "127.0.0.1".equals(event.from()));
  }

  @Test
  void whileAnAddressWaitsOnlyTokensThatWereRightFromThereBeforeAreTaken() throws Exception {
    AdminSettings settings =
        settings(
            null,
            List.of(token("anna", AdminRole.VIEWER), token("berta", AdminRole.VIEWER)),
            List.of());
    // by a clock that stands still: a wait is not over, however long a request takes
    server = AdminServer.start(settings, new GatewaySurface(operations), audit::add, () -> 0);
    assertThat(status("GET", "/api/v1/status", "anna")).isEqualTo(200);
    for (int i = 0; i < 5; i++) {
      assertThat(status("GET", "/api/v1/status", "wrong")).isEqualTo(401);
    }
    HttpResponse<String> limited = send(plain(), "GET", "/api/v1/status", "wrong");
    assertThat(limited.statusCode()).isEqualTo(429);
    assertThat(limited.headers().firstValue("Retry-After")).isPresent();
    assertThat(status("GET", "/api/v1/status", "anna")).isEqualTo(200);
    assertThat(status("GET", "/api/v1/status", "berta")).as("a guess that hits").isEqualTo(429);
  }

  /** As browsers send them; the JDK's client does not let Host and Origin be chosen. */
  private String raw(String method, String path, String... headers) throws IOException {
    StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    request.append("Content-Length: 2\r\nConnection: close\r\n\r\n{}");
    try (Socket socket =
        new Socket(java.net.InetAddress.getLoopbackAddress(), server.address().getPort())) {
      socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .split(" ", 3)[1];
    }
  }

  @Test
  void foreignPagesCannotUseTheOperatorsBrowser() throws Exception {
    start(AdminSettings.of("127.0.0.1", 0, null));
    String host = "Host: 127.0.0.1:" + server.address().getPort();
    String json = "Content-Type: application/json";
    assertThat(raw("GET", "/api/v1/status", host)).isEqualTo("200");
    assertThat(raw("GET", "/api/v1/status", "Host: evil.example:8080")).isEqualTo("403");
    assertThat(raw("POST", "/api/v1/devices", host, json)).isEqualTo("400");
    assertThat(raw("POST", "/api/v1/devices", host, json, "Origin: http://evil.example"))
        .isEqualTo("403");
    assertThat(raw("POST", "/api/v1/devices", host, json, "Origin: null")).isEqualTo("403");
    assertThat(raw("POST", "/api/v1/devices", host, json, "Origin: http://" + host.substring(6)))
        .isEqualTo("400");
    assertThat(raw("DELETE", "/api/v1/devices/a", host, "Sec-Fetch-Site: cross-site"))
        .isEqualTo("403");
    assertThat(raw("POST", "/api/v1/devices", host, "Content-Type: text/plain")).isEqualTo("415");
    server.close();
    start(settings(null, List.of(), List.of()));
    assertThat(raw("GET", "/api/v1/status", "Host: gw.plant")).isEqualTo("200");
  }

  @Test
  void everyAnswerHasTheSecurityHeaders() throws Exception {
    start(AdminSettings.of("127.0.0.1", 0, "s3cret"));
    for (String path : List.of("/", "/api/v1/status", "/nowhere", "/health/live")) {
      HttpResponse<String> answer = send(plain(), "GET", path, null);
      assertThat(answer.headers().map().keySet())
          .as(path)
          .contains(
              "content-security-policy",
              "x-content-type-options",
              "x-frame-options",
              "referrer-policy",
              "permissions-policy",
              "cross-origin-opener-policy",
              "cross-origin-resource-policy");
      assertThat(answer.headers().map()).doesNotContainKey("access-control-allow-origin");
    }
  }

  private HttpClient secured(Authority trusted, Signed client) throws Exception {
    SSLContext context =
        TlsFiles.of(
                PemFiles.privateKey(client.key()),
                PemFiles.certificates(client.certificate()),
                PemFiles.certificates(trusted.certificate()))
            .jdkContext();
    return HttpClient.newBuilder().sslContext(context).version(HttpClient.Version.HTTP_1_1).build();
  }

  @Test
  void certificateGivesItsRoleAndARenewedOneIsTaken() throws Exception {
    Authority authority = Authority.create(directory.resolve("ca"));
    Authority next = Authority.create(directory.resolve("next"));
    Signed own = authority.server();
    Path certificate = Files.copy(own.certificate(), directory.resolve("server.pem"));
    Path key = Files.copy(own.key(), directory.resolve("server.key"));
    TlsSettings tls =
        new TlsSettings(
            certificate,
            key,
            authority.certificate(),
            ClientAuth.OPTIONAL,
            null,
            null,
            "1.2",
            TlsProvider.AUTO,
            Duration.ofMillis(100));
    start(
        settings(
            tls,
            List.of(token("bot", AdminRole.VIEWER)),
            List.of(new AdminSettings.Client("CN=anna, O=Plant A", AdminRole.OPERATOR))));
    HttpClient anna = secured(authority, authority.client("/O=Plant A/CN=anna"));
    HttpClient bert = secured(authority, authority.client("/O=Plant A/CN=bert"));
    HttpResponse<String> page = send(anna, "GET", "/api/v1/status", null);
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Strict-Transport-Security")).isPresent();
    assertThat(send(anna, "DELETE", "/api/v1/devices/a", null).statusCode()).isEqualTo(403);
    assertThat(send(bert, "GET", "/api/v1/status", null).statusCode()).isEqualTo(403);
    assertThat(send(bert, "GET", "/api/v1/status", "bot").statusCode()).isEqualTo(200);
    Signed renewed = next.server();
    Files.copy(renewed.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(renewed.key(), key, StandardCopyOption.REPLACE_EXISTING);
    Signed client = authority.client("/O=Plant A/CN=anna");
    await()
        .ignoreExceptionsInstanceOf(SSLHandshakeException.class)
        .until(
            () -> send(secured(next, client), "GET", "/api/v1/status", null).statusCode() == 200);
    assertThat(send(anna, "GET", "/api/v1/status", null).statusCode())
        .as("a connection that is open goes on")
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1,false,false,false,false,0",
    "0.0.0.0,false,false,false,false,2",
    "0.0.0.0,true,false,false,false,1",
    "0.0.0.0,true,true,false,false,0",
    "0.0.0.0,false,true,false,false,1",
    "0.0.0.0,true,false,true,false,0",
    "0.0.0.0,false,false,true,true,0"
  })
  void beyondLoopbackItWantsAuthenticationAndTls(
      String host,
      boolean hasToken,
      boolean hasTls,
      boolean plaintextAllowed,
      boolean anonymousAllowed,
      int problems)
      throws Exception {
    TlsSettings tls = null;
    if (hasTls) {
      Signed own = Authority.create(directory.resolve("ca")).server();
      tls = TlsSettings.of(own.certificate(), own.key(), null);
    }
    AdminSettings settings =
        new AdminSettings(
            host,
            0,
            hasToken ? new Secret("t") : null,
            List.of(),
            tls,
            List.of(),
            List.of(),
            plaintextAllowed,
            anonymousAllowed,
            MEMORY);
    assertThat(settings.problems()).hasSize(problems);
  }

  @Test
  void connectionsAreBounded() throws Exception {
    start(AdminSettings.of("127.0.0.1", 0, null));
    List<Socket> sockets = new java.util.ArrayList<>();
    try {
      for (int i = 0; i < 300; i++) {
        sockets.add(
            new Socket(java.net.InetAddress.getLoopbackAddress(), server.address().getPort()));
      }
      Socket idleLongest = sockets.getFirst();
      idleLongest.setSoTimeout(45_000);
      assertThat(idleLongest.getInputStream().read()).isEqualTo(-1);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    await().ignoreExceptions().until(() -> status("GET", "/health/live", null) == 200);
  }

  private AdminServer secured(Path certificate, Path key, Authority authority, @Nullable Path crl)
      throws Exception {
    TlsSettings tls =
        new TlsSettings(
            certificate,
            key,
            authority.certificate(),
            ClientAuth.OPTIONAL,
            crl,
            null,
            "1.2",
            TlsProvider.AUTO,
            Duration.ofMillis(100));
    start(
        settings(
            tls,
            List.of(token("bot", AdminRole.VIEWER)),
            List.of(new AdminSettings.Client("CN=anna", AdminRole.OPERATOR))));
    return server;
  }

  @Test
  void revokedCertificateLosesItsKeepAliveConnectionAndItsStream() throws Exception {
    Authority authority = Authority.create(directory.resolve("ca"));
    Signed own = authority.server();
    Signed shown = authority.client("/CN=anna");
    Path crl = authority.revocationList(directory.resolve("crl.pem"));
    secured(own.certificate(), own.key(), authority, crl);
    SSLContext context = secured(authority, shown).sslContext();
    try (Socket stream =
            context.getSocketFactory().createSocket("localhost", server.address().getPort());
        HttpClient anna = secured(authority, shown)) {
      assertThat(send(anna, "GET", "/api/v1/status", null).statusCode()).isEqualTo(200);
      stream
          .getOutputStream()
          .write(
              "GET /api/v1/updates HTTP/1.1\r\nHost: localhost\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(stream.getInputStream().read()).isEqualTo('H');
      authority.revoke(shown);
      authority.revocationList(directory.resolve("next.pem"));
      Files.move(directory.resolve("next.pem"), crl, StandardCopyOption.ATOMIC_MOVE);
      stream.setSoTimeout(60_000);
      stream.getInputStream().readAllBytes(); // ends
      await()
          .untilAsserted(() -> {
            try {
              assertThat(send(anna, "GET", "/api/v1/status", null).statusCode()).isEqualTo(403);
            } catch (IOException e) {
              assertThat(e).isNotNull(); // a new connection: its handshake is refused
            }
          });
    }
  }

  private String openssl(String input, String... arguments) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(
            List.of("openssl", "s_client", "-connect", "127.0.0.1:" + server.address().getPort()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().write(input.getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().flush();
    if (input.isEmpty()) {
      process.getOutputStream().close();
    }
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      process.destroy();
    }
  }

  @Test
  void onlyAuthenticatedEncryptionIsSpokenAndNobodyRenegotiates() throws Exception {
    Authority authority = Authority.create(directory.resolve("ca"));
    Signed own = authority.server();
    secured(own.certificate(), own.key(), authority, null);
    for (String weak : List.of("ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA256")) {
      assertThat(openssl("", "-tls1_2", "-cipher", weak + ":@SECLEVEL=0"))
          .as(weak)
          .contains("Cipher is (NONE)");
    }
    for (String good : List.of("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305")) {
      assertThat(openssl("", "-tls1_2", "-cipher", good)).contains("Cipher is " + good);
    }
    assertThat(openssl("R\n", "-tls1_2")).contains("RENEGOTIATING").contains("alert");
  }

  @Test
  void keyThatCannotBeServedKeepsTheOneInUse() throws Exception {
    Authority authority = Authority.create(directory.resolve("ca"));
    Signed own = authority.server();
    Path certificate = Files.copy(own.certificate(), directory.resolve("server.pem"));
    Path key = Files.copy(own.key(), directory.resolve("server.key"));
    secured(certificate, key, authority, null);
    Signed other = authority.server(Authority.ED25519); // the JDK serves it
    Files.copy(other.key(), key, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(other.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
    await().until(() -> openssl("").contains("ED25519"));
  }

  private static AdminSettings wanting(
      @Nullable TlsSettings tls, List<AdminSettings.Token> tokens, AdminSettings.Require require) {
    return new AdminSettings(
        "127.0.0.1",
        0,
        null,
        tokens,
        tls,
        List.of(new AdminSettings.Client("CN=anna", AdminRole.OPERATOR)),
        List.of(),
        false,
        false,
        MEMORY,
        "for staff only",
        Duration.ofMinutes(5),
        require);
  }

  @Test
  void bothFactorsAreWantedWhereTheConfigurationSaysSo() throws Exception {
    Authority authority = Authority.create(directory.resolve("ca"));
    Signed own = authority.server();
    TlsSettings tls =
        new TlsSettings(
            own.certificate(),
            own.key(),
            authority.certificate(),
            ClientAuth.OPTIONAL,
            null,
            null,
            "1.2",
            TlsProvider.AUTO,
            Duration.ofSeconds(10));
    start(
        wanting(
            tls,
            List.of(token("chief", AdminRole.ADMINISTRATOR), token("eye", AdminRole.VIEWER)),
            AdminSettings.Require.BOTH));
    HttpClient anna = secured(authority, authority.client("/CN=anna"));
    HttpClient bert = secured(authority, authority.client("/CN=bert"));
    HttpClient none =
        HttpClient.newBuilder()
            .sslContext(io.sluice.api.tls.ClientTls.context(authority.certificate(), null, null))
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    String path = "/api/v1/status";
    assertThat(send(anna, "GET", path, "chief").statusCode()).isEqualTo(200);
    assertThat(send(anna, "GET", path, null).statusCode()).as("no token").isEqualTo(401);
    assertThat(send(anna, "GET", path, "wrong").statusCode()).isEqualTo(401);
    assertThat(send(anna, "GET", path, "wrong").body()).contains("is not known");
    assertThat(send(bert, "GET", path, "chief").statusCode()).as("no role").isEqualTo(403);
    assertThat(send(none, "GET", path, "chief").statusCode()).as("no certificate").isEqualTo(403);
    String operators = "/api/v1/devices/a/retire";
    assertThat(send(anna, "POST", operators, "eye").statusCode())
        .as("the token's role is the lesser")
        .isEqualTo(403);
    assertThat(send(anna, "DELETE", "/api/v1/devices/a", "chief").statusCode())
        .as("the certificate's role is the lesser")
        .isEqualTo(403);
    assertThat(send(none, "GET", "/api/v1/notice", null).body())
        .isEqualTo("{\"notice\":\"for staff only\",\"signOutAfterSeconds\":300}");
  }

  @Test
  void bothFactorsCannotBeWantedWhereOneIsMissing() {
    assertThat(wanting(null, List.of(), AdminSettings.Require.BOTH).problems())
        .extracting(problem -> problem.key())
        .contains("require");
  }
}
