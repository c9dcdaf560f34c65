package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.adapter.coap.settings.CoapsSettings;
import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.tls.PemFiles;
import io.sluice.api.tls.TlsSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.SingleNodeConnectionIdGenerator;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.eclipse.californium.scandium.dtls.x509.SingleCertificateProvider;
import org.eclipse.californium.scandium.dtls.x509.StaticNewAdvancedCertificateVerifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What counts as a duplicate (RFC 7252 section 4.5) where the fast path does not read: the same
 * endpoint, which includes the security association (section 1.2), Message ID and bytes.
 */
class DuplicateTest {
  private static final byte[] KEY = "sixteen bytes!!!".getBytes(UTF_8);
  @TempDir static Path directory;
  static Authority authority;
  static Signed device;
  static TlsSettings tls;

  enum Shown {
    PSK,
    PSK_WITH_CONNECTION_ID,
    CERTIFICATE,
    RAW_PUBLIC_KEY
  }

  private final ScriptedGateway gateway = new ScriptedGateway();
  private final CoapAdapter secured = new CoapAdapter(CoapsSettings.onLoopback(tls, true));
  private final CoapAdapter plain = new CoapAdapter(CoapSettings.onLoopback());
  private final List<RawSession> sessions = new ArrayList<>();

  @BeforeAll
  static void certificates() throws IOException {
    authority = Authority.create(directory);
    Signed server = authority.server();
    device = authority.client("/CN=raw-1");
    tls = TlsSettings.of(server.certificate(), server.key(), authority.certificate());
  }

  @BeforeEach
  void start() throws Exception {
    gateway.pskKeys.put("raw-1", KEY);
    byte[] key = PemFiles.certificates(device.certificate()).getFirst().getPublicKey().getEncoded();
    gateway.publicKeys.put(HexFormat.of().formatHex(key), "raw-1");
    secured.start(gateway);
    plain.start(gateway);
  }

  @AfterEach
  void stop() {
    sessions.forEach(RawSession::close);
    secured.close();
    plain.close();
    gateway.close();
  }

  private static DtlsConnectorConfig.Builder config(Shown shown) throws IOException {
    DtlsConnectorConfig.Builder config = DtlsClients.configuration();
    X509Certificate[] chain =
        PemFiles.certificates(device.certificate()).toArray(X509Certificate[]::new);
    switch (shown) {
      case PSK -> config.setAdvancedPskStore(new AdvancedSinglePskStore("raw-1", KEY));
      case PSK_WITH_CONNECTION_ID ->
          config
              .setAdvancedPskStore(new AdvancedSinglePskStore("raw-1", KEY))
              .setConnectionIdGenerator(new SingleNodeConnectionIdGenerator(4));
      case CERTIFICATE ->
          config
              .setCertificateIdentityProvider(
                  new SingleCertificateProvider(
                      PemFiles.privateKey(device.key()), chain, CertificateType.X_509))
              .setAdvancedCertificateVerifier(
                  StaticNewAdvancedCertificateVerifier.builder()
                      .setTrustAllRPKs()
                      .setTrustedCertificates(
                          PemFiles.certificates(authority.certificate())
                              .toArray(X509Certificate[]::new))
                      .build());
      case RAW_PUBLIC_KEY ->
          config
              .setCertificateIdentityProvider(
                  new SingleCertificateProvider(
                      PemFiles.privateKey(device.key()), chain[0].getPublicKey()))
              .setAdvancedCertificateVerifier(
                  StaticNewAdvancedCertificateVerifier.builder().setTrustAllRPKs().build());
    }
    return config;
  }

  private RawSession session(Shown shown, InetSocketAddress to) throws IOException {
    RawSession opened = new RawSession(config(shown), to);
    sessions.add(opened);
    return opened;
  }

  private RawSession session(Shown shown) throws IOException {
    return session(shown, secured.address());
  }

  /** Confirmable POST of JSON to /telemetry, the session's token empty. */
  private static byte[] post(int messageId, int value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0x40, 2, (byte) (messageId >> 8), (byte) messageId});
    int last = RawPeer.option(out, 0, 11, "telemetry".getBytes(UTF_8));
    RawPeer.option(out, last, 12, new byte[] {50});
    out.write(0xff);
    out.writeBytes(("{\"t\":" + value + "}").getBytes(UTF_8));
    return out.toByteArray();
  }

  private List<String> stored() {
    return gateway.accepted.stream()
        .map(uplink -> new String(uplink.payload(), UTF_8).replaceAll("\\D", ""))
        .toList();
  }

  private static void answered(RawSession session, int messageId, int value) throws Exception {
    session.send(post(messageId, value));
    byte[] answer = session.receive();
    assertThat(RawPeer.code(answer)).isEqualTo("2.04");
    assertThat(RawPeer.messageId(answer)).isEqualTo(messageId);
  }

  @ParameterizedTest
  @EnumSource
  void eachSessionBeginsWithMessageIdsOfItsOwn(Shown shown) throws Exception {
    for (int i = 0; i < 3; i++) {
      RawSession session = session(shown);
      answered(session, 0, 100 + 2 * i);
      answered(session, 1, 101 + 2 * i);
    }
    assertThat(stored()).containsExactly("100", "101", "102", "103", "104", "105");
  }

  @Test
  void sameBytesInAnotherSessionAreAnotherMessage() throws Exception {
    for (int i = 0; i < 3; i++) {
      answered(session(Shown.PSK), 7, 7);
    }
    assertThat(stored()).containsExactly("7", "7", "7");
  }

  @ParameterizedTest
  @EnumSource(names = {"PSK", "CERTIFICATE"})
  void resumedSessionIsAnotherToo(Shown shown) throws Exception {
    RawSession session = session(shown);
    answered(session, 1, 1);
    session.resume();
    answered(session, 1, 1);
    assertThat(stored()).containsExactly("1", "1");
  }

  @Test
  void sessionsSideBySideDoNotShareMessageIds() throws Exception {
    RawSession one = session(Shown.PSK);
    RawSession other = session(Shown.PSK_WITH_CONNECTION_ID);
    answered(one, 1, 301);
    answered(other, 1, 302);
    answered(one, 2, 303);
    answered(other, 2, 304);
    assertThat(stored()).containsExactly("301", "302", "303", "304");
  }

  @Test
  void retransmissionWithinASessionIsStoredOnceAlsoFromAnotherAddress() throws Exception {
    try (MovingRelay relay = new MovingRelay(secured.address())) {
      RawSession session = session(Shown.PSK_WITH_CONNECTION_ID, relay.address());
      answered(session, 5, 1);
      answered(session, 5, 1);
      relay.move();
      answered(session, 5, 1);
      answered(session, 5, 2);
      answered(session, 6, 3);
    }
    assertThat(stored()).containsExactly("1", "2", "3");
  }

  @Test
  void pollWithAConstantMessageIdGetsEachCommand() throws Exception {
    try (RawPeer peer = new RawPeer(plain.address())) {
      for (String id : List.of("c-1", "c-2")) {
        gateway.submit(
            new Command(
                id,
                new DeviceId("raw-1"),
                "open",
                ContentType.TEXT,
                id.getBytes(UTF_8),
                1,
                Long.MAX_VALUE));
        String acknowledged = id.equals("c-1") ? "ack=none" : "ack=c-1";
        byte[] poll = RawPeer.get("command", "d=raw-1", "k=secret", 9, false, acknowledged);
        peer.send(poll);
        assertThat(new String(peer.receive(), UTF_8)).endsWith(id);
        peer.send(poll);
        assertThat(new String(peer.receive(), UTF_8)).as("the same again").endsWith(id);
      }
    }
  }

  @Test
  void postWithAnUnusualOptionIsToldApartByItsBytes() throws Exception {
    try (RawPeer peer = new RawPeer(plain.address())) {
      for (int i = 0; i < 3; i++) {
        peer.send(RawPeer.post(9, 60, new byte[] {2}, "{\"t\":" + i + "}")); // Size1
        assertThat(RawPeer.code(peer.receive())).isEqualTo("2.04");
        peer.send(RawPeer.post(9, 60, new byte[] {2}, "{\"t\":" + i + "}"));
        assertThat(RawPeer.code(peer.receive())).isEqualTo("2.04");
      }
    }
    assertThat(stored()).containsExactly("0", "1", "2");
  }
}
