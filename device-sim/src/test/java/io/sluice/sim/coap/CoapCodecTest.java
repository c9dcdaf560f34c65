package io.sluice.sim.coap;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.EmptyMessage;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.junit.jupiter.api.Test;

/** Our frames by Californium's parser, and Californium's by ours. */
class CoapCodecTest {
  private static final long SEED = 20_261_124;
  private final Random random = new Random(SEED);

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private String word(int length) {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      word.append((char) ('!' + random.nextInt(90)));
    }
    return word.toString().replace('/', '-');
  }

  @Test
  void californiumReadsWhatWeWrite() {
    for (int i = 0; i < 2_000; i++) {
      String path = word(1 + random.nextInt(255));
      List<String> queries =
          List.of("d=" + word(random.nextInt(20)), "k=" + word(random.nextInt(240)) + "ü+& %");
      byte[] payload = bytes(random.nextInt(1200));
      long token = random.nextLong();
      boolean isConfirmable = random.nextBoolean();
      int format = List.of(0, 50, 110, 112, 11_543).get(random.nextInt(5));
      byte[] frame = CoapFrame.post(isConfirmable, token, 8, "a/" + path, format, queries, payload);
      int id = random.nextInt(0x10000);
      CoapFrame.messageId(frame, id);
      Request read = (Request) new UdpDataParser().parseMessage(frame);
      assertThat(read.getCode()).isEqualTo(CoAP.Code.POST);
      assertThat(read.isConfirmable()).isEqualTo(isConfirmable);
      assertThat(read.getMID()).isEqualTo(id).isEqualTo(CoapFrame.messageId(frame));
      assertThat(read.getOptions().getUriPath()).containsExactly("a", path);
      assertThat(read.getOptions().getUriQuery()).isEqualTo(queries);
      assertThat(read.getOptions().getContentFormat()).isEqualTo(format);
      assertThat(read.getTokenBytes()).isEqualTo(Unpooled.copyLong(token).array());
      assertThat(read.getPayload() == null ? new byte[0] : read.getPayload()).isEqualTo(payload);
    }
  }

  @Test
  void californiumReadsOurBlocks() {
    byte[] whole = bytes(3_000);
    byte[] frame = CoapFrame.block(7, "telemetry", 112, List.of("d=x"), 2 << 4 | 6, whole, 952);
    Request read = (Request) new UdpDataParser().parseMessage(frame);
    assertThat(read.getOptions().getBlock1().getNum()).isEqualTo(2);
    assertThat(read.getOptions().getBlock1().isM()).isFalse();
    assertThat(read.getOptions().getBlock1().getSize()).isEqualTo(1024);
    assertThat(read.getPayload()).isEqualTo(Arrays.copyOfRange(whole, 2048, 3_000));
    Request first =
        (Request)
            new UdpDataParser()
                .parseMessage(CoapFrame.block(7, "t", 0, List.of(), 8 | 6, whole, 1024));
    assertThat(first.getOptions().getSize1()).isEqualTo(3_000);
    assertThat(first.getOptions().getBlock1().isM()).isTrue();
  }

  @Test
  void weReadWhatCaliforniumWrites() {
    CoAP.ResponseCode[] codes = CoAP.ResponseCode.values();
    for (int i = 0; i < 2_000; i++) {
      Response response = new Response(codes[random.nextInt(codes.length)]);
      response.setType(CoAP.Type.values()[random.nextInt(3)]);
      response.setMID(random.nextInt(0x10000));
      byte[] token = bytes(random.nextInt(9));
      response.setToken(new Token(token));
      long maxAge = random.nextInt(1 << random.nextInt(31));
      boolean hasAge = random.nextBoolean();
      if (hasAge) {
        response.getOptions().setMaxAge(maxAge);
      }
      response.getOptions().setBlock1(random.nextInt(7), random.nextBoolean(), random.nextInt(900));
      response.getOptions().addETag(bytes(8));
      response.getOptions().setSize1(random.nextInt(100_000));
      byte[] payload = bytes(random.nextInt(300));
      response.setPayload(payload);
      CoapMessage read = read(response);
      assertThat(read.code()).isEqualTo(response.getCode().value);
      assertThat(read.type()).isEqualTo(response.getType().value);
      assertThat(read.messageId()).isEqualTo(response.getMID());
      assertThat(read.tokenLength()).isEqualTo(token.length);
      assertThat(read.maxAgeSeconds()).isEqualTo(hasAge ? maxAge : 60);
      assertThat(read.block1() >>> 4).isEqualTo(response.getOptions().getBlock1().getNum());
      assertThat(read.payload()).isEqualTo(payload);
    }
  }

  private static CoapMessage read(Message message) {
    ByteBuf in = Unpooled.wrappedBuffer(new UdpDataSerializer().getByteArray(message));
    CoapMessage read = CoapMessage.read(in);
    assertThat(read).isNotNull();
    return read;
  }

  @Test
  void emptyMessagesAreBothWays() {
    EmptyMessage ack = EmptyMessage.newACK(request(9));
    ack.setMID(9);
    ack.setToken(Token.EMPTY);
    assertThat(new UdpDataSerializer().getByteArray(ack))
        .isEqualTo(CoapFrame.empty(CoapMessage.ACK, 9));
    CoapMessage read = CoapMessage.read(Unpooled.wrappedBuffer(CoapFrame.empty(3, 0xFFFE)));
    assertThat(read).isNotNull();
    assertThat(read.type()).isEqualTo(CoapMessage.RST);
    assertThat(read.messageId()).isEqualTo(0xFFFE);
  }

  private static Request request(int id) {
    Request request = Request.newPost();
    request.setMID(id);
    request.setDestinationContext(
        new org.eclipse.californium.elements.AddressEndpointContext(
            new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 1)));
    return request;
  }

  @Test
  void whatIsNotWellFormedIsNull() {
    for (String hex :
        List.of(
            "", // nothing
            "60", // no header
            "20410001", // version 0
            "A0410001", // version 2
            "6944000101020304050607080900", // token of 9
            "6444000101", // token cut off
            "61000001AA", // empty, with a token
            "6000000101", // empty, with more
            "60440001FF", // a marker and no payload
            "60440001F0", // reserved delta
            "604400010F", // reserved length
            "60440001D0", // delta cut off
            "60440001E001", // delta of two bytes cut off
            "6044000115AB", // value cut off
            "60440001900102", // option 9, critical and unknown
            "60440001" + "E0FFFF".repeat(3) + "31" // goes on and on, and is cut off
            )) {
      assertThat(CoapMessage.read(Unpooled.wrappedBuffer(parse(hex)))).as(hex).isNull();
    }
  }

  private static byte[] parse(String hex) {
    return java.util.HexFormat.of().parseHex(hex);
  }

  @Test
  void randomBytesAreReadOrRefusedButNeverMore() {
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = bytes(random.nextInt(60));
      if (bytes.length > 0 && random.nextBoolean()) {
        bytes[0] = (byte) (0x40 | (bytes[0] & 0x38));
      }
      ByteBuf in = Unpooled.wrappedBuffer(bytes);
      CoapMessage read = CoapMessage.read(in);
      if (read != null) {
        assertThat(in.isReadable()).isFalse();
        assertThat(read.said()).isNotNull();
      }
    }
  }

  @Test
  void aDiagnosticPayloadIsSaid() {
    Response response = new Response(CoAP.ResponseCode.BAD_REQUEST);
    response.setType(CoAP.Type.ACK);
    response.setMID(1);
    response.setToken(new Token(new byte[] {1}));
    response.setPayload("not JSON".getBytes(StandardCharsets.UTF_8));
    assertThat(read(response).said()).isEqualTo("4.00 not JSON");
  }

  @Test
  void noMessageIdComesBackWithinItsLifetime() {
    MessageIds ids = new MessageIds(1_000);
    long second = 1_000_000_000L;
    long now = 0;
    boolean[] seen = new boolean[1 << 16];
    int given = 0;
    int id;
    while ((id = ids.next(now)) >= 0) {
      assertThat(seen[id]).isFalse();
      seen[id] = true;
      given++;
    }
    assertThat(given).isBetween((1 << 16) - 1024, 1 << 16);
    assertThat(ids.next(now + 246 * second)).isEqualTo(-1);
    assertThat(ids.next(now + 248 * second)).isNotNegative();
  }
}
