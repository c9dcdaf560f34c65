package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.coap.settings.CoapsSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.ContentType;
import org.eclipse.californium.scandium.dtls.DTLSContext;
import org.eclipse.californium.scandium.dtls.DTLSMessage;
import org.eclipse.californium.scandium.dtls.Record;
import org.eclipse.californium.scandium.dtls.SingleNodeConnectionIdGenerator;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that renegotiates gets the warning no_renegotiation (RFC 5246 section 7.2.2). */
@Tag("slow")
class RenegotiationTest {
  private static final byte[] KEY = "sixteen bytes!!!".getBytes(UTF_8);
  @TempDir Path directory;

  private final ScriptedGateway gateway = new ScriptedGateway();
  private final CoapAdapter adapter = new CoapAdapter(CoapsSettings.onLoopback(null, false));

  @BeforeEach
  void start() throws IOException {
    gateway.pskKeys.put("d1", KEY);
    adapter.start(gateway);
  }

  @AfterEach
  void stop() {
    adapter.close();
    gateway.close();
  }

  /** OpenSSL begins to renegotiate at the line {@code R}. */
  @Test
  void opensslHearsThatThereIsNone() throws Exception {
    Path output = directory.resolve("openssl.out");
    Process openssl =
        new ProcessBuilder(
                "openssl",
                "s_client",
                "-dtls1_2",
                "-connect",
                "127.0.0.1:" + adapter.address().getPort(),
                "-psk",
                HexFormat.of().formatHex(KEY),
                "-psk_identity",
                "d1",
                "-cipher",
                "PSK-AES128-GCM-SHA256")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      await().until(() -> Files.readString(output, UTF_8).contains("Verify return code"));
      openssl.getOutputStream().write("R\n".getBytes(UTF_8));
      openssl.getOutputStream().flush();
      await().until(() -> Files.readString(output, UTF_8).contains("no renegotiation"));
    } finally {
      openssl.destroy();
      openssl.waitFor();
    }
  }

  /** A ClientHello with the renegotiation_info of RFC 5746 section 3.5. */
  private record Hello() implements DTLSMessage {
    @Override
    public byte[] toByteArray() {
      int body = 2 + 32 + 1 + 1 + 4 + 2 + 2 + 4 + 13;
      ByteBuffer out = ByteBuffer.allocate(12 + body);
      out.put((byte) 1).put((byte) 0).putShort((short) body); // client_hello, length
      out.putShort((short) 0); // message_seq
      out.put((byte) 0).putShort((short) 0); // fragment_offset
      out.put((byte) 0).putShort((short) body); // fragment_length
      out.putShort((short) 0xFEFD).put(new byte[32 + 1 + 1]); // version, random, no session, cookie
      out.putShort((short) 2).putShort((short) 0x00A8); // TLS_PSK_WITH_AES_128_GCM_SHA256
      out.put((byte) 1).put((byte) 0); // no compression
      out.putShort((short) 17).putShort((short) 0xFF01).putShort((short) 13); // renegotiation_info
      out.put((byte) 12).put(new byte[12]); // the client's Finished
      return out.array();
    }

    @Override
    public int size() {
      return toByteArray().length;
    }

    @Override
    public ContentType getContentType() {
      return ContentType.HANDSHAKE;
    }

    @Override
    public String toString(int indent) {
      return toString();
    }
  }

  private static final class Client extends DTLSConnector {
    Client(DtlsConnectorConfig config) {
      super(config);
    }

    void renegotiate(InetSocketAddress server) throws Exception {
      DTLSContext context = getDtlsContextByAddress(server);
      Record hello =
          new Record(ContentType.HANDSHAKE, context.getWriteEpoch(), new Hello(), context, true, 0);
      assertThat(hello.getConnectionId()).isNotNull();
      hello.setAddress(server, null);
      sendRecord(hello);
    }
  }

  @Test
  void clientWithAConnectionIdHearsSoAndItsSessionGoesOn() throws Exception {
    DtlsConnectorConfig.Builder config =
        DtlsClients.configuration()
            .setAdvancedPskStore(new AdvancedSinglePskStore("d1", KEY))
            .setConnectionIdGenerator(new SingleNodeConnectionIdGenerator(0));
    LinkedBlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();
    Client client = new Client(config.build());
    try (MovingRelay relay = new MovingRelay(adapter.address())) {
      client.setRawDataReceiver(data -> answers.add(data.getBytes()));
      client.start();
      InetSocketAddress server = relay.address();
      client.send(post(1, server));
      assertThat(answers.poll(45, TimeUnit.SECONDS)).isNotNull();
      client.renegotiate(server);
      await().untilAsserted(() -> assertThat(relay.alertRecords()).isEqualTo(1));
      client.send(post(2, server));
      assertThat(answers.poll(45, TimeUnit.SECONDS)).isNotNull();
      assertThat(relay.alertRecords()).isEqualTo(1);
    } finally {
      client.destroy();
    }
    assertThat(gateway.accepted).hasSize(2);
  }

  private static RawData post(int messageId, InetSocketAddress server) {
    byte[] message = RawPeer.header(2, messageId).toByteArray();
    byte[] path = "\u00b9telemetry\u00ff{}".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    byte[] whole = ByteBuffer.allocate(message.length + path.length).put(message).put(path).array();
    return RawData.outbound(whole, new AddressEndpointContext(server), null, false);
  }
}
