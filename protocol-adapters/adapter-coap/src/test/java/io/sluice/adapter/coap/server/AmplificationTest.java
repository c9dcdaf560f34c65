package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.coap.message.Amplification;
import io.sluice.adapter.coap.message.Replies;
import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.api.Limit;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an address that may be forged is sent. */
class AmplificationTest {
  private final ScriptedGateway gateway = new ScriptedGateway();
  private final CoapAdapter adapter = new CoapAdapter(CoapSettings.onLoopback());

  @BeforeEach
  void start() throws Exception {
    adapter.start(gateway);
  }

  @AfterEach
  void stop() {
    adapter.close();
    gateway.close();
  }

  @Test
  void refusalOfATinyRequestIsSmall() throws Exception {
    try (RawPeer peer = new RawPeer(adapter.address())) {
      byte[] request = {0x40, 0x02, 0x12, 0x34, (byte) 0xB1, 'x'}; // POST, no such path
      peer.send(request);
      assertThat(peer.receive().length).isLessThanOrEqualTo(Amplification.FREE_BYTES);
      byte[] links = {
        0x40,
        0x01,
        0x12,
        0x35,
        (byte) 0xBB,
        '.',
        'w',
        'e',
        'l',
        'l',
        '-',
        'k',
        'n',
        'o',
        'w',
        'n',
        0x04,
        'c',
        'o',
        'r',
        'e'
      };
      peer.send(links);
      assertThat(peer.receive().length).isLessThanOrEqualTo(Amplification.FREE_BYTES);
      assertThat(gateway.limited).contains(Limit.AMPLIFICATION);
    }
  }

  @Test
  void linksAreReadWholeInSmallBlocks() throws Exception {
    CoapClient client = Clients.client(adapter.address());
    try {
      client.setURI(Clients.uri(adapter.address(), ".well-known/core"));
      assertThat(client.get().getResponseText()).contains("</telemetry>").contains("</time>");
    } finally {
      Clients.close(client);
    }
  }

  @Test
  void diagnosticIsCutAtACharacter() {
    Request request = Request.newGet();
    request.setBytes(new byte[20]);
    for (int i = 0; i < 4; i++) {
      Response response =
          Replies.diagnostic(
              org.eclipse.californium.core.coap.CoAP.ResponseCode.BAD_REQUEST,
              "x".repeat(i) + "\u6c34\u8868".repeat(100));
      assertThat(Amplification.bound(request, response)).isTrue();
      assertThat(response.getPayloadSize()).isLessThanOrEqualTo(Amplification.FREE_BYTES);
      assertThat(new String(response.getPayload(), UTF_8)).doesNotContain("\uFFFD");
    }
  }

  @Test
  void largerBlocksThanAllowedAreMadeSmaller() {
    Request request = Request.newGet();
    request.setBytes(new byte[20]);
    request.getOptions().setBlock2(BlockOption.size2Szx(1024), false, 1);
    Response response = new Response(org.eclipse.californium.core.coap.CoAP.ResponseCode.CONTENT);
    response.setPayload(new byte[4000]);
    assertThat(Amplification.bound(request, response)).isTrue();
    assertThat(request.getOptions().getBlock2().getOffset()).isEqualTo(1024);
    assertThat(request.getOptions().getBlock2().getSize()).isLessThanOrEqualTo(64);
  }
}
