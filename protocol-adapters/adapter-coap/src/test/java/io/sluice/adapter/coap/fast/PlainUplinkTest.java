package io.sluice.adapter.coap.fast;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.coap.message.ContentFormats;
import io.sluice.adapter.coap.message.StrictParser;
import io.sluice.adapter.coap.server.RawPeer;
import io.sluice.adapter.coap.server.ScriptedGateway;
import io.sluice.adapter.testkit.seeded.Fuzz;
import io.sluice.adapter.testkit.seeded.Mutator;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The reader of plain uplinks against Californium's serializer and parser. */
@Tag(Fuzz.TAG)
class PlainUplinkTest {
  private static final int MAX_PAYLOAD_BYTES = 2_000;
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-._~=&";

  private final PlainUplink plain = new PlainUplink();
  private final StrictParser parser = new StrictParser(new ScriptedGateway());

  @Test
  void whatCaliforniumWritesIsReadAsItWasMeant() {
    Fuzz.of("plain uplinks", 20_000)
        .check(random -> {
          Request request = request(random);
          byte[] datagram = new UdpDataSerializer().getByteArray(request);
          assertThat(plain.read(datagram, datagram.length, MAX_PAYLOAD_BYTES))
              .as(request.toString())
              .isEqualTo(isPlain(request));
          if (isPlain(request)) {
            sameAs(request, datagram);
          }
        });
  }

  @Test
  void randomBytesAreReadAsCaliforniumReadsThemOrLeftToIt() {
    Mutator mutator =
        new Mutator(
            List.of(RawPeer.post(1, "{\"a\":1}"), RawPeer.block(2, 23, 6, "1")),
            List.of(
                "command".getBytes(UTF_8),
                "d=".getBytes(UTF_8),
                new byte[] {(byte) 0xff},
                new byte[] {(byte) 0xdd, 1, 1},
                new byte[] {0x2d, 4},
                new byte[] {0x48, 2}),
            400);
    Fuzz.of("plain or not", 50_000)
        .check(random -> {
          byte[] datagram = mutator.next(random);
          if (plain.read(datagram, datagram.length, MAX_PAYLOAD_BYTES)) {
            Request request = (Request) parser.parseMessage(datagram);
            assertThat(isPlain(request)).as(request.toString()).isTrue();
            sameAs(request, datagram);
          }
        });
  }

  /** Options come again, and have lengths that are not theirs. */
  @Test
  void optionsThatAreWrongAreNeverPlain() {
    Fuzz.of("wrong options", 20_000)
        .check(random -> {
          byte[] datagram = wrongOptions(random);
          if (plain.read(datagram, datagram.length, MAX_PAYLOAD_BYTES)) {
            Request request = (Request) parser.parseMessage(datagram);
            assertThat(isPlain(request)).as(request.toString()).isTrue();
            sameAs(request, datagram);
          }
        });
  }

  private static byte[] wrongOptions(SplittableRandom random) {
    ByteArrayOutputStream out = RawPeer.header(2, 1);
    int last = 0;
    for (int number : new int[] {3, 7, 11, 12, 15}) {
      for (int i = random.nextInt(3); i > 0; i--) {
        byte[] value = new byte[random.nextInt(4)];
        random.nextBytes(value);
        if (number == 12) {
          value = random.nextBoolean() ? new byte[] {0, 50} : new byte[] {0, 0, 60};
        } else if (number != 7) {
          value = word(random).substring(0, 1).repeat(value.length).getBytes(UTF_8);
        }
        last = RawPeer.option(out, last, number, value);
      }
    }
    return out.toByteArray();
  }

  /** What lies behind the datagram in a buffer that is used again must not be looked at. */
  @Test
  void nothingBehindTheDatagramCounts() {
    byte[] whole = RawPeer.post(1, "{\"a\":1}");
    for (int cut = 0; cut < whole.length; cut++) {
      byte[] exact = Arrays.copyOf(whole, cut);
      boolean alone = plain.read(exact, cut, MAX_PAYLOAD_BYTES);
      assertThat(plain.read(whole, cut, MAX_PAYLOAD_BYTES)).as("of %d", cut).isEqualTo(alone);
    }
  }

  private void sameAs(Request request, byte[] datagram) {
    OptionSet options = request.getOptions();
    assertThat(plain.isConfirmable()).isEqualTo(request.getType() == CoAP.Type.CON);
    assertThat(plain.code()).isEqualTo((byte) request.getCode().value);
    assertThat(plain.messageId()).isEqualTo(request.getMID());
    assertThat(plain.tokenLength()).isEqualTo(request.getToken().length());
    long token = 0;
    for (byte each : request.getToken().getBytes()) {
      token = (token << 8) | (each & 0xFF);
    }
    assertThat(plain.requestToken()).isEqualTo(token);
    assertThat(plain.topic()).isEqualTo(String.join("/", options.getUriPath()));
    assertThat(plain.contentType())
        .isEqualTo(ContentFormats.contentType(options.getContentFormat()));
    assertThat(plain.device().text(datagram)).isEqualTo(last(options, "d="));
    assertThat(plain.token().text(datagram)).isEqualTo(last(options, "k="));
    assertThat(plain.payload()).isEqualTo(request.getPayload());
  }

  private static String last(OptionSet options, String name) {
    String value = null;
    for (String parameter : options.getUriQuery()) {
      if (parameter.startsWith(name)) {
        value = parameter.substring(2);
      }
    }
    return value;
  }

  /** The same, said in Californium's words. */
  private static boolean isPlain(Request request) {
    OptionSet options = request.getOptions();
    List<String> path = options.getUriPath();
    return (request.getCode() == CoAP.Code.POST || request.getCode() == CoAP.Code.PUT)
        && options.asSortedList().stream()
            .allMatch(option -> List.of(3, 7, 11, 12, 15).contains(option.getNumber()))
        && ContentFormats.contentType(options.getContentFormat()) != null
        && !path.isEmpty()
        && !path.getFirst().equals("command")
        && String.join("/", path).length() <= 512
        && path.stream().noneMatch(segment -> segment.isEmpty() || segment.matches(".*[/?].*"))
        && options.getUriQuery().stream().noneMatch(one -> one.matches("\\?.*|.*&[dk]=.*"))
        && (path.toString() + options.getUriQuery() + options.getUriHost())
            .chars()
            .allMatch(letter -> letter < 0x80)
        && request.getPayloadSize() <= MAX_PAYLOAD_BYTES;
  }

  private static Request request(SplittableRandom random) {
    CoAP.Code code = List.of(CoAP.Code.POST, CoAP.Code.PUT, CoAP.Code.GET).get(random.nextInt(3));
    Request request = new Request(code);
    request.setType(random.nextBoolean() ? CoAP.Type.CON : CoAP.Type.NON);
    request.setMID(random.nextInt(0x10000));
    byte[] token = new byte[random.nextInt(9)];
    random.nextBytes(token);
    request.setToken(new Token(token));
    request.setDestinationContext(new AddressEndpointContext("127.0.0.1", 5683));
    OptionSet options = request.getOptions();
    for (int i = random.nextInt(4); i > 0; i--) {
      options.addUriPath(oneOf(random, "telemetry", "command", "ü", "a/b", word(random)));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      options.addUriQuery(oneOf(random, "d=" + word(random), "k=" + word(random), word(random)));
    }
    if (random.nextBoolean()) {
      options.setContentFormat(List.of(0, 42, 50, 60, 110, 112, 47, 11542).get(random.nextInt(8)));
    }
    if (random.nextInt(4) == 0) {
      options.setUriHost(oneOf(random, "gateway", "größe", "g"));
    }
    if (random.nextInt(4) == 0) {
      options.setUriPort(random.nextInt(0x10000));
    }
    switch (random.nextInt(16)) {
      case 0 -> options.setBlock1(2, false, 0);
      case 1 -> options.setBlock2(2, false, 0);
      case 2 -> options.setNoResponse(2);
      case 3 -> options.setAccept(50);
      case 4 -> options.setIfNoneMatch(true);
      default -> {
        // nothing else
      }
    }
    if (code != CoAP.Code.GET) {
      byte[] payload = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(60)];
      random.nextBytes(payload);
      request.setPayload(payload);
    }
    return request;
  }

  private static String oneOf(SplittableRandom random, String... words) {
    return words[random.nextInt(words.length)];
  }

  private static String word(SplittableRandom random) {
    StringBuilder word = new StringBuilder();
    for (int i = random.nextInt(1, random.nextInt(20) == 0 ? 250 : 20); i > 0; i--) {
      word.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return word.toString();
  }
}
