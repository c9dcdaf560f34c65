package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.coap.settings.CoapsSettings;
import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.tls.PemFiles;
import io.sluice.api.tls.TlsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CoAP over DTLS with libcoap's client, on OpenSSL and on GnuTLS. */
@Tag("slow")
class DtlsLibcoapTest {
  private static final byte[] KEY = "sixteen bytes!!!".getBytes(UTF_8);
  @TempDir static Path authorityDirectory;
  static Authority authority;
  static Signed server;
  static Signed device;
  @TempDir Path directory;

  private final ScriptedGateway gateway = new ScriptedGateway();
  private @Nullable CoapAdapter adapter;

  @BeforeAll
  static void certificates() throws IOException {
    authority = Authority.create(authorityDirectory);
    server = authority.server();
    device = authority.client("/O=Plant A/CN=d1");
  }

  @AfterEach
  void stop() {
    if (adapter != null) {
      adapter.close();
    }
    gateway.close();
  }

  private static TlsSettings tls() {
    return TlsSettings.of(server.certificate(), server.key(), authority.certificate());
  }

  private void start(@Nullable TlsSettings tls, boolean rawPublicKey) throws IOException {
    CoapAdapter started = new CoapAdapter(CoapsSettings.onLoopback(tls, rawPublicKey));
    started.start(gateway);
    adapter = started;
    gateway.pskKeys.put("d1", KEY);
  }

  private List<String> devices() {
    return gateway.accepted.stream().map(Uplink::device).map(id -> id.value()).toList();
  }

  private String libcoap(String library, String... arguments) throws Exception {
    String program = "coap-client-" + library;
    Assumptions.assumeTrue(
        new ProcessBuilder("sh", "-c", "command -v " + program).start().waitFor() == 0,
        program + " is not installed");
    List<String> command = new ArrayList<>(List.of(program, "-m", "post", "-t", "50", "-e", "{}"));
    command.addAll(List.of(arguments));
    command.add("coaps://127.0.0.1:" + adapter.address().getPort() + "/telemetry");
    Path output = directory.resolve("libcoap.out");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
    return Files.readString(output, UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"openssl", "gnutls"})
  void libcoapSignsInByPreSharedKey(String library) throws Exception {
    start(null, false);
    String output = libcoap(library, "-u", "d1", "-k", new String(KEY, UTF_8));
    assertThat(devices()).as(output).containsExactly("d1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"openssl", "gnutls"})
  void libcoapSignsInByCertificate(String library) throws Exception {
    start(tls(), false);
    String output =
        libcoap(
            library,
            "-c",
            device.certificate().toString(),
            "-j",
            device.key().toString(),
            "-C",
            authority.certificate().toString());
    assertThat(devices()).as(output).containsExactly("d1");
  }

  @Test
  void libcoapSignsInByRawPublicKey() throws Exception {
    start(tls(), true);
    byte[] key = PemFiles.certificates(device.certificate()).getFirst().getPublicKey().getEncoded();
    gateway.publicKeys.put(HexFormat.of().formatHex(key), "rpk-1");
    Path own = directory.resolve("own.pem"); // as EC PRIVATE KEY: GnuTLS reads no other form
    String[] convert = {"openssl", "ec", "-in", device.key().toString(), "-out", own.toString()};
    Process converted =
        new ProcessBuilder(convert)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(converted.waitFor()).isZero();
    String output = libcoap("gnutls", "-n", "-M", own.toString());
    assertThat(devices()).as(output).containsExactly("rpk-1");
  }
}
