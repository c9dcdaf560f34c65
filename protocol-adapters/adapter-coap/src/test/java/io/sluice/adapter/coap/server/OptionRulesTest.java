package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.api.ContentType;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Receipt;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Options that come too often or have another length than theirs (RFC 7252 5.4.3, 5.4.5), and which
 * methods the paths have. Each message goes as it is, and with an option more, which leaves it to
 * Californium in any case: both ways give the same answer.
 */
@Tag("slow")
class OptionRulesTest {
  private static final int CON = 0x40;
  private static final int NON = 0x50;
  private static final int POST = 2;
  private static final int SILENCE_MILLIS = 300;
  private static final Option SIZE1 = new Option(60, new byte[] {1});

  private final ScriptedGateway gateway = new ScriptedGateway();
  private final CoapAdapter adapter = new CoapAdapter(CoapSettings.onLoopback());
  private RawPeer peer;
  private int lastMessageId;

  private record Option(int number, byte[] value) {
    /** Of {@code number=hex}, separated by blanks. */
    static List<Option> of(String list) {
      List<Option> options = new ArrayList<>();
      for (String each : list.split(" ", -1)) {
        String[] parts = each.split("=", 2);
        options.add(new Option(Integer.parseInt(parts[0]), HexFormat.of().parseHex(parts[1])));
      }
      return options;
    }
  }

  @BeforeEach
  void start() throws Exception {
    adapter.start(gateway);
    peer = new RawPeer(adapter.address());
  }

  @AfterEach
  void stop() {
    peer.close();
    adapter.close();
    gateway.close();
  }

  private byte[] message(int type, int code, String path, List<Option> more) {
    List<Option> options = new ArrayList<>(more);
    for (String segment : path.split("/", -1)) {
      options.add(new Option(11, segment.getBytes(UTF_8)));
    }
    options.add(new Option(15, "d=raw-1".getBytes(UTF_8)));
    options.add(new Option(15, "k=secret".getBytes(UTF_8)));
    options.sort(Comparator.comparingInt(Option::number));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    lastMessageId++;
    out.writeBytes(new byte[] {(byte) type, (byte) code, 0, (byte) lastMessageId});
    int last = 0;
    for (Option option : options) {
      int delta = option.number - last;
      int length = option.value.length;
      last = option.number;
      out.write((Math.min(delta, delta < 269 ? 13 : 14) << 4) | Math.min(length, 13));
      if (delta >= 269) {
        out.write((delta - 269) >> 8);
        out.write(delta - 269);
      } else if (delta >= 13) {
        out.write(delta - 13);
      }
      if (length >= 13) {
        out.write(length - 13);
      }
      out.writeBytes(option.value);
    }
    if (code == POST) {
      out.writeBytes(new byte[] {(byte) 0xff, '1'});
    }
    return out.toByteArray();
  }

  private static List<Option> and(List<Option> options, Option more) {
    List<Option> all = new ArrayList<>(options);
    all.add(more);
    return all;
  }

  /** The code of both ways. */
  private String answer(int code, String path, List<Option> options) throws Exception {
    peer.send(message(CON, code, path, options));
    String first = RawPeer.code(peer.receive());
    peer.send(message(CON, code, path, and(options, SIZE1)));
    assertThat(RawPeer.code(peer.receive())).as("left to Californium").isEqualTo(first);
    return first;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3=61 3=61", // Uri-Host
        "3=61 3=62",
        "7=1633 7=1633", // Uri-Port
        "17=32 17=3c", // Accept
        "5= 5=", // If-None-Match
        "27=02 27=02", // Block1
        "23=02 23=02", // Block2
        "39=61 39=61", // Proxy-Scheme
        "3=", // shorter than an Uri-Host is
        "5=00",
        "7=001633", // three bytes, whatever their value
        "17=000032",
        "23=00000002",
        "27=00000002",
        "1=010203040506070809", // If-Match
      })
  void criticalOptionThatIsWrongIsAnsweredBadOption(String options) throws Exception {
    assertThat(answer(POST, "telemetry", Option.of(options))).isEqualTo("4.02");
    peer.send(message(NON, POST, "telemetry", Option.of(options)));
    assertThat(peer.receive(SILENCE_MILLIS)).isNull();
    assertThat(gateway.accepted).isEmpty();
    await().until(() -> gateway.refused.contains(RejectReason.PROTOCOL_ERROR));
  }

  @ParameterizedTest
  @CsvSource({
    "12=32 12=3c, JSON",
    "12=3c 12=32, CBOR",
    "12=32 12=ffff, JSON", // the second is not even looked at
    "12=000032, UNSPECIFIED",
    "12=000032 12=3c, UNSPECIFIED", // the second is one too many all the same
    "12=0032, JSON",
    "12=32 4=, JSON", // ETag
    "12=32 4=010203040506070809, JSON",
    "12=32 6=00000000, JSON", // Observe
    "12=32 28=0000000001, JSON", // Size2
    "12=32 14=3c 14=3d, JSON", // Max-Age
    "12=32 292=010203040506070809, JSON", // Request-Tag
    "12=32 258=001a, JSON", // No-Response of two bytes
    "12=32 258=00 258=1a, JSON", // the first wants an answer
    "12=32 7=1633 3=61, JSON",
  })
  void electiveOptionThatIsWrongIsAsIfItWereAbsent(String options, ContentType type)
      throws Exception {
    assertThat(answer(POST, "telemetry", Option.of(options))).isEqualTo("2.04");
    assertThat(gateway.accepted).extracting(uplink -> uplink.contentType()).containsOnly(type);
    peer.send(message(NON, POST, "telemetry", Option.of(options)));
    assertThat(RawPeer.code(peer.receive())).isEqualTo("2.04");
    assertThat(gateway.accepted).hasSize(3);
  }

  @Test
  void echoThatIsTooLongIsAsIfItWereAbsent() throws Exception {
    List<Option> options = List.of(new Option(252, new byte[41]));
    assertThat(answer(POST, "telemetry", options)).isEqualTo("2.04");
  }

  @ParameterizedTest
  @CsvSource({"C102, 2.05", "C20322, 4.02", "C2FA02, 4.02"}) // blocks 0, 50 and 4000
  void blockBehindTheEndOfTheLinksIsNone(String block2, String code) throws Exception {
    String links = "BB" + HexFormat.of().formatHex(".well-known".getBytes(UTF_8)) + "04636F7265";
    peer.send(HexFormat.of().parseHex("40010001" + links + block2));
    assertThat(RawPeer.code(peer.receive())).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({
    "4, .well-known/core, 4.05",
    "4, time, 4.05",
    "1, time/x, 4.04",
    "1, .well-known, 4.04",
    "1, .well-known/core/x, 4.04",
    "1, telemetry, 4.05",
    "1, nothing, 4.04",
    "1, command/a, 4.05",
    "1, command/a/b, 4.04",
    "2, time, 4.05",
    "3, time, 4.05",
    "2, .well-known/core, 4.05",
    "2, time/x, 4.04",
    "2, nothing, 4.04",
    "5, telemetry, 4.05", // FETCH
    "6, command, 4.05", // PATCH
    "5, nothing, 4.05",
    "8, telemetry, 4.05",
    "31, nothing, 4.05"
  })
  void methodOfAPath(int method, String path, String code) throws Exception {
    gateway.verdict =
        uplink -> new Receipt.Rejected(RejectReason.UNMAPPED_TOPIC, "nothing maps it", true);
    assertThat(answer(method, path, List.of())).isEqualTo(code);
    peer.send(message(NON, method, path, List.of()));
    byte[] answer = peer.receive();
    assertThat(RawPeer.code(answer)).isEqualTo(code);
    assertThat(RawPeer.type(answer)).isEqualTo("NON");
  }
}
