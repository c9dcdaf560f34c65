package io.sluice.adapter.mqtt;

import static io.sluice.adapter.mqtt.RawMqtt.packet;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.mqtt.RawMqtt.Bytes;
import io.sluice.adapter.mqtt.RawMqtt.Packet;
import io.sluice.adapter.mqtt.server.MqttAdapter;
import io.sluice.adapter.testkit.RecordingGateway;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** MQTT by the letter: bytes that a client sends, and what it hears. Names carry the clause. */
class ConformanceTest {
  private static final byte[] PINGREQ = {(byte) 0xC0, 0};
  private static RecordingGateway gateway;
  private static MqttAdapter adapter;

  @BeforeAll
  static void start() throws IOException {
    gateway = new RecordingGateway().device("d1", "pw");
    adapter = new MqttAdapterFactory().create("mqtt", MqttSettings.onLoopback(0));
    adapter.start(gateway);
  }

  @AfterAll
  static void stop() {
    adapter.close();
    gateway.close();
  }

  /** What a client hears until the answer to its PINGREQ or the end, in short. */
  private static String heard(RawMqtt client) throws IOException {
    StringBuilder heard = new StringBuilder();
    try {
      while (true) {
        Packet packet = client.next();
        switch (packet.type()) {
          case 13 -> {
            return heard.append("goes on").toString();
          }
          case 2 -> heard.append("CONNACK %02X ".formatted(packet.body()[1]));
          case 14 -> heard.append("DISCONNECT %02X ".formatted(packet.body()[0]));
          default -> heard.append(inShort(packet));
        }
      }
    } catch (EOFException | SocketException _) {
      return heard.append("closed").toString();
    }
  }

  private static String inShort(Packet packet) {
    String body = HexFormat.of().withUpperCase().formatHex(packet.body());
    return "%02X %s ".formatted(packet.first(), body);
  }

  /** The answer to bytes behind a CONNECT of that level. */
  private static String behindConnect(int level, byte[] bytes) throws IOException {
    try (RawMqtt client = RawMqtt.connected(adapter, level)) {
      return heard(client.send(RawMqtt.joined(bytes, PINGREQ)));
    }
  }

  /** The same where an acknowledgement comes, which waits for the disk and not for PINGREQ. */
  private static String acknowledged(int level, byte[] bytes) throws IOException {
    try (RawMqtt client = RawMqtt.connected(adapter, level)) {
      return inShort(client.send(bytes).next()) + heard(client.send(PINGREQ));
    }
  }

  private static Arguments v5(String clause, String hex, String heard) {
    return Arguments.of(5, clause, hex, heard);
  }

  private static Arguments v311(String clause, String hex, String heard) {
    return Arguments.of(4, clause, hex, heard);
  }

  private static Arguments v31(String clause, String hex, String heard) {
    return Arguments.of(3, clause, hex, heard);
  }

  /** Hex, with texts in quotes that get their length before them. */
  private static byte[] bytes(String notation) {
    Bytes all = new Bytes();
    String[] parts = notation.split("'", -1);
    for (int i = 0; i < parts.length; i++) {
      if (i % 2 == 1) {
        all.text(parts[i]);
      } else {
        all.writeBytes(HexFormat.of().parseHex(parts[i].replace(" ", "")));
      }
    }
    return all.toByteArray();
  }

  /** First byte, then the body: the remaining length is put between them. */
  private static byte[] one(String notation) {
    byte[] all = bytes(notation);
    Bytes body = new Bytes();
    body.write(all, 1, all.length - 1);
    return packet(all[0], body);
  }

  private static final String MALFORMED = "DISCONNECT 81 closed";
  private static final String PROTOCOL_ERROR = "DISCONNECT 82 closed";
  private static final String CLOSED = "closed";
  private static final String GOES_ON = "goes on";

  static Stream<Arguments> packets() {
    return Stream.of(
        // PUBLISH
        v5("MQTT-3.3.4-6 Subscription Identifier", "30 'event' 02 0B01 31", PROTOCOL_ERROR),
        v5("MQTT-3.3.2-14 wildcard in Response Topic", "30 'event' 05 08 'a#' 31", PROTOCOL_ERROR),
        v5("MQTT-4.7.3-1 empty Response Topic", "30 'event' 03 08 '' 31", PROTOCOL_ERROR),
        v5("3.3.2.3.2 Payload Format 2", "30 'event' 02 0102 31", PROTOCOL_ERROR),
        v5("MQTT-3.3.2-8 Topic Alias 0", "30 'event' 03 230000 31", "DISCONNECT 94 closed"),
        v5("MQTT-3.3.2-9 Topic Alias 17", "30 'event' 03 230011 31", "DISCONNECT 94 closed"),
        v5("2.2.2.1 properties longer than the packet", "30 'event' 7F 0101", MALFORMED),
        v5("2.2.2.1 property longer than the properties", "30 'event' 02 1100 31323334", MALFORMED),
        v5("4.13 topic longer than the packet", "30 00FF 6162", MALFORMED),
        v5("4.13 no room for the topic's length", "30 00", MALFORMED),
        v5("4.13 no room for the packet identifier", "32 'event' 01", MALFORMED),
        v5("1.5.5 integer of five bytes", "30 'event' 8080808001", MALFORMED),
        v5("MQTT-2.2.1-3 packet identifier 0", "32 'event' 0000 00 31", MALFORMED),
        v5("MQTT-3.3.2-2 wildcard in topic", "30 'a/+' 00 31", MALFORMED),
        v5("MQTT-3.3.1-4 QoS 3", "36 'event' 0001 00 31", MALFORMED),
        v5("MQTT-3.3.1-2 DUP with QoS 0", "38 'event' 00 31", MALFORMED),
        v5("3.3.1.3 retained", "33 'event' 0001 00 31", "40 0001 goes on"),
        v5("3.3.1.3 empty retained", "33 'event' 0001 00", "40 0001 goes on"),
        v5("1.5.4 U+0000", "30 0003 610062 00 31", MALFORMED),
        v5("1.5.4 U+0001", "30 0003 610162 00 31", MALFORMED),
        v5("1.5.4 U+007F", "30 0003 617F62 00 31", MALFORMED),
        v5("1.5.4 U+009F", "30 0004 61C29F62 00 31", MALFORMED),
        v5("1.5.4 U+FFFF", "30 0003 EFBFBF 00 31", MALFORMED),
        v5("MQTT-1.5.4-1 surrogate", "30 0003 EDA080 00 31", MALFORMED),
        v5("MQTT-1.5.4-1 overlong", "30 0002 C0AF 00 31", MALFORMED),
        v5("MQTT-1.5.4-3 U+FEFF stays", "32 0008 EFBBBF 6576656E74 0001 00 31", "40 0001 goes on"),
        v5("1.5.4 U+FFFD is a character", "32 0003 EFBFBD 0001 00 31", "40 0001 goes on"),
        v5("1.5.4 user property with U+0001", "30 'event' 07 26 0001 01 0001 61 31", MALFORMED),
        v311("1.5.3 U+0001", "30 0003 610162 31", CLOSED),
        v311("1.5.3 U+0085", "30 0002 C285 31", CLOSED),
        v311(
            "MQTT-3.3.1-1 of the next version's properties",
            "32 'event' 0001 00",
            "40 0001 goes on"),
        v311("MQTT-4.7.3-1 empty topic", "30 '' 31", CLOSED),
        v311("3.3.1.3 retained", "33 'event' 0001 31", "40 0001 goes on"),
        v311("3.3.1.3 empty retained", "33 'event' 0001", "40 0001 goes on"),
        v311("4.3.1 topic longer than the packet", "30 00FF 6162", CLOSED),
        v311("4.3.3 QoS 2", "34 'event' 0001 31", "50 0001 goes on"),
        // acknowledgements
        v5("3.4.2.1 reason code in PUBACK", "40 0001 42 00", PROTOCOL_ERROR),
        v5("3.5.2.1 reason code in PUBREC", "50 0001 42 00", PROTOCOL_ERROR),
        v5("3.6.2.1 reason code in PUBREL", "62 0001 10 00", PROTOCOL_ERROR),
        v5("3.7.2.1 reason code in PUBCOMP", "70 0001 10 00", PROTOCOL_ERROR),
        v5("3.4.2.1 reason code without properties", "40 0001 10", GOES_ON),
        v5("3.4.2.2 more than its properties", "40 0001 00 00 00", MALFORMED),
        v5("MQTT-2.2.1-3 PUBACK of packet 0", "40 0000", MALFORMED),
        v5("2.1.4 PUBACK of one byte", "40 00", MALFORMED),
        v5("2.1.3 PUBREL with flags 0", "60 0001", MALFORMED),
        v5("4.3.3 PUBREC that answers nothing", "50 0001", "62 00019200 goes on"),
        v5("4.3.3 PUBREC that refuses", "50 0001 80", GOES_ON),
        v5("4.3.3 PUBCOMP that answers nothing", "70 0001", GOES_ON),
        v5("4.3.3 PUBREL that answers nothing", "62 0001", "70 00019200 goes on"),
        v311("4.3.3 PUBREC that answers nothing", "50 0001", "62 0001 goes on"),
        v311("4.3.3 PUBCOMP that answers nothing", "70 0001", GOES_ON),
        v311("4.3.3 PUBREL that answers nothing", "62 0001", "70 0001 goes on"),
        v311("3.4.1 PUBACK of three bytes", "40 0001 00", CLOSED),
        v311("3.5.1 PUBREC of three bytes", "50 0001 00", CLOSED),
        v311("3.6.1 PUBREL of three bytes", "62 0001 00", CLOSED),
        v311("3.7.1 PUBCOMP of three bytes", "70 0001 00", CLOSED),
        v311("MQTT-2.2.2-2 PUBREL with flags 0", "60 0001", CLOSED),
        v31("flags of PUBREL with DUP", "6A 0001", "70 0001 goes on"),
        // SUBSCRIBE, UNSUBSCRIBE
        v5("3.8.2.1.2 Subscription Identifier 0", "82 0001 02 0B00 'command/#' 00", PROTOCOL_ERROR),
        v5(
            "3.2.2.3.12 Subscription Identifier",
            "82 0001 02 0B01 'command/#' 00",
            "DISCONNECT A1 closed"),
        v5("MQTT-3.8.3-5 reserved bits", "82 0001 00 'command/#' 40", MALFORMED),
        v5("3.8.3.1 QoS 3", "82 0001 00 'command/#' 03", MALFORMED),
        v5("3.8.3.1 retain handling 3", "82 0001 00 'command/#' 30", PROTOCOL_ERROR),
        v5("3.8.3.1 all that is allowed", "82 0001 00 'command/#' 2D", "90 00010001 goes on"),
        v5("MQTT-3.8.3-4 No Local, shared", "82 0001 00 '$share/g/a' 04", PROTOCOL_ERROR),
        v5("MQTT-4.8.2-1 share without name", "82 0001 00 '$share//a' 00", MALFORMED),
        v5("MQTT-4.8.2-2 wildcard in share", "82 0001 00 '$share/g+/a' 00", MALFORMED),
        v5("MQTT-4.8.2-2 share without filter", "82 0001 00 '$share/g' 00", MALFORMED),
        v5("MQTT-4.7.1-1 in a share", "82 0001 00 '$share/g/a#' 00", MALFORMED),
        v5("MQTT-4.7.3-1 empty filter", "82 0001 00 '' 00", MALFORMED),
        v5("MQTT-4.7.1-2 + beside text", "82 0001 00 'ab/+e' 00", MALFORMED),
        v5("MQTT-4.7.1-1 # before the end", "82 0001 00 '#/x' 00", MALFORMED),
        v5("MQTT-3.8.3-2 no filter", "82 0001 00", PROTOCOL_ERROR),
        v5("4.13 filter without options", "82 0001 00 'command/#'", MALFORMED),
        v5("4.13 filter longer than the packet", "82 0001 00 00FF 61", MALFORMED),
        v5("MQTT-2.2.1-3 SUBSCRIBE 0", "82 0000 00 'command/#' 00", MALFORMED),
        v5("MQTT-4.7.3-1 UNSUBSCRIBE, empty filter", "A2 0001 00 ''", MALFORMED),
        v5("MQTT-4.7.1-2 UNSUBSCRIBE, + beside text", "A2 0001 00 'ab/+e'", MALFORMED),
        v5("MQTT-4.7.1-1 UNSUBSCRIBE, # before the end", "A2 0001 00 '#/x'", MALFORMED),
        v5("MQTT-4.8.2-1 UNSUBSCRIBE, share", "A2 0001 00 '$share//x'", MALFORMED),
        v5("MQTT-3.10.3-2 UNSUBSCRIBE, no filter", "A2 0001 00", PROTOCOL_ERROR),
        v5("MQTT-3.11.3-1 UNSUBSCRIBE", "A2 0001 00 'x'", "B0 00010011 goes on"),
        v311("MQTT-3.8.3-4 reserved bits", "82 0001 'command/#' 04", CLOSED),
        v311("MQTT-3.8.3-4 QoS 3", "82 0001 'command/#' 03", CLOSED),
        v311("MQTT-4.7.3-1 empty filter", "82 0001 '' 00", CLOSED),
        v311("MQTT-4.7.1-3 + beside text", "82 0001 'ab/+e' 00", CLOSED),
        v311("MQTT-4.7.1-2 # before the end", "82 0001 '#/x' 00", CLOSED),
        v311("MQTT-3.8.3-3 no filter", "82 0001", CLOSED),
        v311("4.8 shares are not of this version", "82 0001 '$share/' 00", "90 000180 goes on"),
        v311("MQTT-4.7.1-3 UNSUBSCRIBE", "A2 0001 'ab/+e'", CLOSED),
        v311("MQTT-4.7.3-1 UNSUBSCRIBE, empty filter", "A2 0001 ''", CLOSED),
        v311("MQTT-3.8.1-1 SUBSCRIBE with DUP", "8A 0001 'command/#' 01", CLOSED),
        v31("flags of SUBSCRIBE with DUP", "8A 0001 'command/#' 01", "90 000101 goes on"),
        // PINGREQ, DISCONNECT, AUTH
        v5("3.12.1 PINGREQ of a byte", "C0 00", MALFORMED),
        v311("3.12.1 PINGREQ of a byte", "C0 00", CLOSED),
        v5("3.14.2.1 reason code", "E0 42", PROTOCOL_ERROR),
        v5("3.14.2.1 a server's reason code", "E0 8B", PROTOCOL_ERROR),
        v5("3.14.2.1 own reason code", "E0 04 00", CLOSED),
        v5("3.14.2.2.5 Server Reference", "E0 00 04 1C 'x'", PROTOCOL_ERROR),
        v5("MQTT-3.14.1-1 reserved flags", "E1 00", MALFORMED),
        v5("3.14.2.2 bytes behind the properties", "E0 00 00 00", MALFORMED),
        v311("3.14 DISCONNECT of a byte", "E0 00", CLOSED),
        v5("3.15.2.1 AUTH, reason code", "F0 42", PROTOCOL_ERROR),
        v5("4.12 AUTH without a method in CONNECT", "F0 18 00", "DISCONNECT 8C closed"));
  }

  @ParameterizedTest(name = "{0}: {1}: {2}")
  @MethodSource("packets")
  void behindConnect(int level, String clause, String packet, String heard) throws IOException {
    boolean isAcknowledged = heard.matches("[45]0.*");
    assertThat(
            isAcknowledged ? acknowledged(level, one(packet)) : behindConnect(level, one(packet)))
        .isEqualTo(heard);
  }

  static Stream<Arguments> connects() {
    String start = "10 'MQTT' 05 C2 003C ";
    String end = " 'c1' 'd1' 'pw'";
    String malformed = "CONNACK 81 closed";
    String protocolError = "CONNACK 82 closed";
    String goesOn = "CONNACK 00 goes on";
    String will = "10 'MQTT' 05 C6 003C 00 'c1' ";
    return Stream.of(
        Arguments.of("3.1 by the letter", start + "00" + end, goesOn),
        Arguments.of("2.2.2.2 Topic Alias", start + "03 230001" + end, malformed),
        Arguments.of("2.2.2.2 unknown property", start + "02 7F01" + end, malformed),
        Arguments.of("3.1.2.11.3 Receive Maximum 0", start + "03 210000" + end, protocolError),
        Arguments.of("3.1.2.11.4 Maximum Packet Size 0", start + "05 2700000000" + end, CLOSED_82),
        Arguments.of("3.1.2.11.6 Request Response 2", start + "02 1902" + end, protocolError),
        Arguments.of("3.1.2.11.7 Request Problem 2", start + "02 1702" + end, protocolError),
        Arguments.of("3.1.2.11.10 data without method", start + "04 16 'x'" + end, protocolError),
        Arguments.of("4.12 Authentication Method", start + "04 15 'x'" + end, "CONNACK 8C closed"),
        Arguments.of(
            "3.1.2.11.9 Authentication Method twice",
            start + "08 15 'x' 15 'x'" + end,
            protocolError),
        Arguments.of(
            "MQTT-3.1.2-24 Maximum Packet Size 2", start + "05 2700000002" + end, "closed"),
        Arguments.of(
            "MQTT-3.1.2-24 Maximum Packet Size 12", start + "05 270000000C" + end, "closed"),
        Arguments.of("MQTT-3.1.2-24 Maximum Packet Size 64", start + "05 2700000040" + end, goesOn),
        Arguments.of(
            "MQTT-3.1.2-24 Maximum Packet Size 5, refused",
            start + "05 2700000005 'c1' 'd1' 'no'",
            "CONNACK 86 closed"),
        Arguments.of(
            "MQTT-3.1.2-24 Maximum Packet Size 4, refused",
            start + "05 2700000004 'c1' 'd1' 'no'",
            "closed"),
        Arguments.of("MQTT-3.1.2-3 reserved flag", "10 'MQTT' 05 C3 003C 00" + end, malformed),
        Arguments.of("MQTT-3.1.2-12 will QoS 3", "10 'MQTT' 05 DE 003C 00" + end, malformed),
        Arguments.of("MQTT-3.1.2-13 will retain alone", "10 'MQTT' 05 E2 003C 00" + end, malformed),
        Arguments.of(
            "2.2.2.2 Maximum QoS in the will", will + "02 2401 'e' 'x' 'd1' 'pw'", malformed),
        Arguments.of(
            "2.2.2.2 Session Expiry in the will",
            will + "05 1100000001 'e' 'x' 'd1' 'pw'",
            malformed),
        Arguments.of(
            "3.1.3.2.2 Will Delay twice",
            will + "0A 1800000001 1800000001 'e' 'x' 'd1' 'pw'",
            protocolError),
        Arguments.of(
            "3.1.3.2.3 Payload Format 2 of the will",
            will + "02 0102 'e' 'x' 'd1' 'pw'",
            protocolError),
        Arguments.of(
            "3.1.2.7 will to be retained",
            "10 'MQTT' 05 E6 003C 00 'c1' 00 'e' 'x' 'd1' 'pw'",
            goesOn),
        Arguments.of("4.13 truncated", start + "00 'c1' 'd1'", malformed),
        Arguments.of("3.1.3 bytes behind the password", start + "00" + end + "00", malformed),
        Arguments.of("1.5.4 U+0007 in the client id", start + "00 0001 07 'd1' 'pw'", malformed),
        Arguments.of(
            "3.1.3.6 a password is bytes", start + "00 'c1' 'd1' 0001 00", "CONNACK 86 closed"),
        Arguments.of("MQTT-3.1.3-9 empty client id", start + "00 '' 'd1' 'pw'", goesOn),
        Arguments.of(
            "MQTT-3.1.2-2 protocol level 6", "10 'MQTT' 06 C2 003C" + end, "CONNACK 01 closed"),
        Arguments.of("MQTT 3.1", "10 'MQIsdp' 03 C2 003C" + end, goesOn),
        Arguments.of("MQTT 3.1 by another name", "10 'MQTT' 03 C2 003C" + end, "CONNACK 01 closed"),
        Arguments.of("3.1.1 by the letter", "10 'MQTT' 04 C2 003C" + end, goesOn),
        Arguments.of("MQTT-3.1.2-3 of 3.1.1", "10 'MQTT' 04 C3 003C" + end, "closed"),
        Arguments.of("MQTT-3.1.2-22 of 3.1.1", "10 'MQTT' 04 42 003C 'c1' 'pw'", "closed"),
        Arguments.of("4.8 of 3.1.1, truncated", "10 'MQTT' 04 C2 003C 'c1' 'd1'", "closed"),
        Arguments.of("3.1.3 of 3.1.1, too long", "10 'MQTT' 04 C2 003C" + end + "00", "closed"),
        Arguments.of(
            "MQTT-3.1.3-8 of 3.1.1", "10 'MQTT' 04 C0 003C '' 'd1' 'pw'", "CONNACK 02 closed"));
  }

  private static final String CLOSED_82 = "CONNACK 82 closed";

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("connects")
  void connect(String clause, String packet, String heard) throws IOException {
    try (RawMqtt client = new RawMqtt(adapter)) {
      assertThat(heard(client.send(RawMqtt.joined(one(packet), PINGREQ)))).isEqualTo(heard);
    }
  }

  /** Where table 2-4 of section 2.2.2.2 has the property: a letter for each packet of a client. */
  private enum Row {
    PAYLOAD_FORMAT("01 01", "PW"),
    MESSAGE_EXPIRY("02 00000001", "PW"),
    CONTENT_TYPE("03 'text/plain'", "PW"),
    RESPONSE_TOPIC("08 'x'", "PW"),
    CORRELATION_DATA("09 'x'", "PW"),
    SESSION_EXPIRY("11 00000000", "CD"),
    ASSIGNED_CLIENT_ID("12 'x'", ""),
    SERVER_KEEP_ALIVE("13 0001", ""),
    AUTHENTICATION_METHOD("15 'x'", "CA"),
    AUTHENTICATION_DATA("15 'm' 16 'x'", "CA"),
    REQUEST_PROBLEM_INFORMATION("17 01", "C"),
    WILL_DELAY("18 00000001", "W"),
    REQUEST_RESPONSE_INFORMATION("19 01", "C"),
    RESPONSE_INFORMATION("1A 'x'", ""),
    REASON_STRING("1F 'x'", "4567DA"),
    RECEIVE_MAXIMUM("21 0001", "C"),
    TOPIC_ALIAS_MAXIMUM("22 0001", "C"),
    TOPIC_ALIAS("23 0001", "P"),
    MAXIMUM_QOS("24 01", ""),
    RETAIN_AVAILABLE("25 01", ""),
    USER_PROPERTY("26 'a' 'b'", "CWP4567SUDA"),
    MAXIMUM_PACKET_SIZE("27 00000100", "C"),
    WILDCARD_AVAILABLE("28 01", ""),
    IDENTIFIER_AVAILABLE("29 01", ""),
    SHARED_AVAILABLE("2A 01", "");

    private final String bytes;
    private final String places;

    Row(String bytes, String places) {
      this.bytes = bytes;
      this.places = places;
    }
  }

  static Stream<Arguments> places() {
    return Stream.of(
        Arguments.of("C", "CONNECT", "10 'MQTT' 05 C2 003C % 'c1' 'd1' 'pw'"),
        Arguments.of("W", "will", "10 'MQTT' 05 C6 003C 00 'c1' % 'event' '1' 'd1' 'pw'"),
        Arguments.of("P", "PUBLISH", "30 'event' % 31"),
        Arguments.of("4", "PUBACK", "40 0001 00 %"),
        Arguments.of("5", "PUBREC", "50 0001 00 %"),
        Arguments.of("6", "PUBREL", "62 0001 00 %"),
        Arguments.of("7", "PUBCOMP", "70 0001 00 %"),
        Arguments.of("S", "SUBSCRIBE", "82 0001 % 'command/#' 00"),
        Arguments.of("U", "UNSUBSCRIBE", "A2 0001 % 'command/#'"),
        Arguments.of("D", "DISCONNECT", "E0 00 %"),
        Arguments.of("A", "AUTH", "F0 18 %"));
  }

  /** Alone: 0x81 where it does not belong. Twice: 0x82, but for user properties. */
  @ParameterizedTest(name = "2.2.2.2 properties of {1}: each alone, each twice")
  @MethodSource("places")
  void propertiesOf(String letter, String name, String frame) throws IOException {
    for (Row row : Row.values()) {
      boolean belongs = row.places.contains(letter);
      assertThat(reasonOf(frame, row.bytes))
          .as("%s in %s", row, name)
          .satisfies(reason -> {
            if (belongs) {
              assertThat(reason).doesNotContain("81").doesNotContain("82");
            } else {
              assertThat(reason).contains("81 closed");
            }
          });
      if (belongs && row != Row.USER_PROPERTY) {
        assertThat(reasonOf(frame, row.bytes + row.bytes))
            .as("%s twice in %s", row, name)
            .contains("82 closed");
      } else if (belongs) {
        assertThat(reasonOf(frame, row.bytes + row.bytes)).doesNotContain("81", "82");
      }
    }
  }

  private static String reasonOf(String frame, String properties) throws IOException {
    String withLength = "%02X %s".formatted(bytes(properties).length, properties);
    byte[] packet = one(frame.replace("%", withLength));
    if (frame.startsWith("10")) {
      try (RawMqtt client = new RawMqtt(adapter)) {
        return heard(client.send(RawMqtt.joined(packet, PINGREQ)));
      }
    }
    return behindConnect(5, packet);
  }

  @ParameterizedTest(name = "4.13: level {0}: whatever is cut off a packet is wrong at once")
  @MethodSource("levels")
  void cutPackets(int level) throws IOException {
    String properties = level == 5 ? "00" : "";
    for (String whole :
        new String[] {
          "32 'event' 0001 " + properties,
          "62 0001",
          "82 0001 " + properties + " 'command/#' 00",
          "A2 0001 " + properties + " 'command/#'"
        }) {
      byte[] all = bytes(whole);
      for (int length = 1; length < all.length; length++) {
        Bytes cut = new Bytes();
        cut.write(all, 1, length - 1);
        assertThat(behindConnect(level, packet(all[0], cut)))
            .as("%d bytes of %s", length, whole)
            .isEqualTo(level == 5 ? endOf(all[0], length) : CLOSED);
      }
    }
  }

  /** A packet that ends behind its properties lacks its filters; else a field is cut. */
  private static String endOf(int first, int length) {
    boolean isWithoutFilter = (first == (byte) 0x82 || first == (byte) 0xA2) && length == 4;
    return isWithoutFilter ? PROTOCOL_ERROR : MALFORMED;
  }

  static Stream<Integer> levels() {
    return Stream.of(4, 5);
  }
}
