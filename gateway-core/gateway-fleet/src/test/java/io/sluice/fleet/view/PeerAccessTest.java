package io.sluice.fleet.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.sluice.adapter.testkit.Authority;
import io.sluice.fleet.config.FleetFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether instances can ask each other is told at the start, with what to write. */
@Tag("slow")
class PeerAccessTest {
  @TempDir static Path directory;
  private static Authority authority;
  private static Authority other;
  private static Authority.Signed server;
  private static Authority.Signed peer;

  @BeforeAll
  static void certificates() throws IOException {
    authority = Authority.create(Files.createDirectory(directory.resolve("ca")));
    other = Authority.create(Files.createDirectory(directory.resolve("other")));
    server = authority.server();
    peer = authority.peer();
  }

  private PeerAccess access(String fleet, String tls, String admin) throws IOException {
    return access(server, fleet, tls, admin);
  }

  private PeerAccess access(Authority.Signed own, String fleet, String tls, String admin)
      throws IOException {
    Path file = directory.resolve("fleet.yaml");
    Files.writeString(
        file,
        """
        fleet: { %s }
        admin:
          port: 0
          %s
          tls: { certificate: "%s", key: "%s" %s }
        """
            .formatted(fleet, admin, own.certificate(), own.key(), tls));
    FleetFile loaded =
        Objects.requireNonNull(
            FleetFile.load(
                file, Map.of(), new PrintWriter(System.err, true, StandardCharsets.UTF_8)));
    return PeerAccess.of(loaded.view(), loaded.admin());
  }

  private static String ca(Authority of) {
    return "peer-ca: \"" + of.certificate() + "\"";
  }

  private static String clientCa(Authority of) {
    return ", client-ca: \"" + of.certificate() + "\"";
  }

  @Test
  void instancesWithCertificatesOfOneAuthorityReachEachOther() throws Exception {
    PeerAccess access = access(ca(authority), "", "");
    assertThat(access.scheme()).isEqualTo("https");
    access.requireReachable("localhost:8443");
    String own = "clients: [ { subject: CN=localhost, role: viewer } ]";
    access(peer, "", clientCa(authority), own).requireReachable("localhost:8443");
  }

  @Test
  void whatKeepsThemFromItIsTold() throws Exception {
    assertThatIOException()
        .isThrownBy(() -> access(ca(other), "", "").requireReachable("localhost:8443"))
        .withMessageStartingWith("the other instances cannot ask this one at localhost:8443: ")
        .withMessageContaining("is of no authority that is trusted here");
    assertThatIOException()
        .isThrownBy(() -> access(ca(authority), "", "").requireReachable("fleet-9.example:8443"))
        .withMessageContaining("is made for another name");
    assertThatIOException()
        .isThrownBy(() -> access("", clientCa(authority), "").requireReachable("localhost:8443"))
        .withMessageContaining("Extended key usage does not permit use for TLS client");
    assertThatIOException()
        .isThrownBy(
            () -> access(peer, ca(authority), clientCa(other), "").requireReachable("localhost:1"))
        .withMessageContaining("the other instances cannot ask this one");
    assertThatIOException()
        .isThrownBy(() ->
            access("", clientCa(authority), "clients: [ { subject: CN=anna, role: viewer } ]"))
        .withMessageContaining("give fleet.peer-token a token of a viewer, or admin.clients");
  }
}
