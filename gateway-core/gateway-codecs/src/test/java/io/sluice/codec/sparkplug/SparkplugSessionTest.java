package io.sluice.codec.sparkplug;

import static io.sluice.codec.sparkplug.Proto.alias;
import static io.sluice.codec.sparkplug.Proto.named;
import static io.sluice.codec.sparkplug.Proto.payload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.adapter.testkit.RecordingSink;
import io.sluice.adapter.testkit.RecordingSink.Leaf;
import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.DeflaterOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a session of nodes knows; payloads are written by hand by the proto file's numbers. */
class SparkplugSessionTest {
  private static final int INT8 = 1;
  private static final int INT32 = 3;
  private static final int INT64 = 4;
  private static final int UINT32 = 7;
  private static final int DOUBLE = 10;
  private static final int BOOLEAN = 11;
  private static final long MILLIS = 1_795_802_400_000L;
  private static final long NOW = MILLIS * 1_000;

  private final MemoryBudget budget = new MemoryBudget(1L << 30);
  private long receivedMicros = NOW;
  private final SparkplugSession session = new SparkplugSession(budget);

  /** One part, read. */
  private record Read(Part part, List<Leaf> leaves, List<String> times) {
    String text() {
      return leaves.stream()
          .map(leaf -> leaf.path() + "=" + leaf.value())
          .collect(Collectors.joining(" "));
    }
  }

  private @Nullable List<Read> offered(String topic, byte[] payload, boolean mayWait)
      throws PayloadException {
    List<Part> parts = session.unpack("spBv1.0/G/" + topic, payload, receivedMicros, mayWait);
    return parts == null ? null : read(parts);
  }

  private static List<Read> read(List<Part> parts) throws PayloadException {
    List<Read> read = new ArrayList<>();
    for (Part part : parts) {
      RecordingSink sink = new RecordingSink();
      Part.Content content = part.content();
      if (content != null) {
        content.read(sink);
      }
      read.add(new Read(part, sink.leaves(), sink.times()));
    }
    return read;
  }

  private List<Read> again(String topic, byte[] payload) throws PayloadException {
    return read(session.again("spBv1.0/G/" + topic, payload, NOW));
  }

  private List<Read> say(String topic, byte[] payload) throws PayloadException {
    List<Read> read = offered(topic, payload, false);
    assertThat(read).isNotNull();
    return read;
  }

  private static Proto bdSeq(int number) {
    return named("bdSeq", INT64).number(11, number);
  }

  private void born() throws PayloadException {
    say("NBIRTH/N", payload(MILLIS, 0, bdSeq(3), named("load", 1, DOUBLE).float64(13, 0.5)));
    say(
        "DBIRTH/N/D",
        payload(
            MILLIS,
            1,
            named("level", 2, INT32).number(10, 812),
            named("lamp", 3, BOOLEAN).number(14, 1)));
  }

  private List<String> asked(long nowMicros) {
    return session.requests(nowMicros).stream().map(Downlink::topic).toList();
  }

  @Test
  void birthTellsThatTheNodeIsThereAndWhatItsValuesAre() throws PayloadException {
    List<Read> birth =
        say(
            "NBIRTH/N",
            payload(
                MILLIS,
                0,
                bdSeq(3),
                named("Node Control/Rebirth", BOOLEAN).number(14, 0),
                named("load", 1, DOUBLE).float64(13, 0.5)));
    assertThat(birth).hasSize(2);
    assertThat(birth.getFirst().part().life()).isEqualTo(Part.Life.BIRTH);
    assertThat(birth.getFirst().part().messageClass()).isEqualTo(MessageClass.STATE);
    assertThat(birth.getFirst().part().devices()).containsExactly("G:N", "N");
    assertThat(birth.getFirst().text()).isEqualTo("online=truth true");
    assertThat(birth.getLast().part().messageClass()).isEqualTo(MessageClass.TELEMETRY);
    assertThat(birth.getLast().text()).isEqualTo("load=number 0.5");
  }

  @Test
  void dataByAliasHaveTheNamesAndTypesOfTheBirth() throws PayloadException {
    born();
    List<Read> data =
        say("DDATA/N/D", payload(MILLIS, 2, alias(3).number(14, 0), alias(2).number(10, 900)));
    assertThat(data).hasSize(1);
    assertThat(data.getFirst().part().devices()).containsExactly("G:N:D", "N:D", "D");
    assertThat(data.getFirst().text()).isEqualTo("lamp=truth false level=integer 900");
    assertThat(asked(NOW)).isEmpty();
  }

  @Test
  void nodeAsksNothingOfAnotherNodeOfTheSameSession() throws PayloadException {
    born();
    say("NBIRTH/N2", payload(MILLIS, 9, bdSeq(1), named("load", 1, INT32).number(10, 4)));
    assertThat(say("NDATA/N2", payload(MILLIS, 10, alias(1).number(10, 5))).getFirst().text())
        .isEqualTo("load=integer 5");
    assertThat(say("NDATA/N", payload(MILLIS, 2, alias(1).float64(13, 0.75))).getFirst().text())
        .isEqualTo("load=number 0.75");
  }

  @Test
  void integersHaveTheWidthAndSignOfTheirTypes() throws PayloadException {
    String values =
        say(
                "NBIRTH/N",
                payload(
                    MILLIS,
                    0,
                    named("i8", INT8).number(10, 0xFFFF_FFFFL), // two's complement of 32 bits
                    named("i8b", INT8).number(10, 0xFF),
                    named("i16", 2).number(10, 0x8000),
                    named("i32", INT32).number(10, 0xFFFF_FFFEL),
                    named("i64", INT64).number(11, -5),
                    named("u8", 5).number(10, 255),
                    named("u16", 6).number(10, 65_535),
                    named("u32", UINT32).number(10, 0xFFFF_FFFFL),
                    named("u32 in long", UINT32).number(11, 4_000_000_000L),
                    named("u64", 8).number(11, 7),
                    named("u64 big", 8).number(11, -1),
                    named("float", 9).float32(12, 21.3f),
                    named("when", 13).number(11, MILLIS),
                    named("uuid", 15).text(15, "c0ffee"),
                    named("bytes", 17).bytes(16, new byte[] {1, 2})))
            .getLast()
            .text();
    assertThat(values)
        .isEqualTo(
            "i8=integer -1 i8b=integer -1 i16=integer -32768 i32=integer -2 i64=integer -5 u8=integer 255"
                + " u16=integer 65535 u32=integer 4294967295 u32 in long=integer 4000000000 u64=integer 7"
                + " u64 big=text 18446744073709551615 float=number 21.3 when=integer 1795802400000"
                + " uuid=text c0ffee bytes=bytes 0102");
  }

  @Test
  void arraysTablesAndTemplatesBecomeSingleValues() throws PayloadException {
    Proto table =
        Proto.of()
            .number(1, 2)
            .text(2, "name")
            .text(2, "n")
            .number(3, 12)
            .number(3, INT32)
            .message(4, row("a", 1))
            .message(4, row("b", 0xFFFF_FFFFL));
    Proto motor =
        Proto.of()
            .message(2, named("rpm", INT32).number(10, 1_450))
            .message(
                2,
                named("axis", 19)
                    .message(
                        18,
                        Proto.of().message(2, named("x", DOUBLE).float64(13, 1.5)).text(4, "axis")))
            .text(4, "motor");
    Proto definition = Proto.of().message(2, named("rpm", INT32).number(10, 0)).number(5, 1);
    String values =
        say(
                "NBIRTH/N",
                payload(
                    MILLIS,
                    0,
                    named("i16s", 23).bytes(16, HexFormat.of().parseHex("d08afb7b")),
                    named("floats", 30).bytes(16, HexFormat.of().parseHex("0000803f")),
                    named("bits", 32).bytes(16, HexFormat.of().parseHex("0c00000034d0")),
                    named("words", 33).bytes(16, "ABC\0hello\0".getBytes(StandardCharsets.UTF_8)),
                    named("table", 16).message(17, table),
                    named("motor", 19).message(18, motor),
                    named("def", 19).message(18, definition)))
            .getLast()
            .text();
    assertThat(values)
        .isEqualTo(
            "i16s.0=integer -30000 i16s.1=integer 31739 floats.0=number 1.0"
                // 00110100 1101: the example of section 6.4.16
                + " bits.0=truth false bits.1=truth false bits.2=truth true bits.3=truth true"
                + " bits.4=truth false bits.5=truth true bits.6=truth false bits.7=truth false"
                + " bits.8=truth true bits.9=truth true bits.10=truth false bits.11=truth true"
                + " words.0=text ABC words.1=text hello"
                + " table.0.name=text a table.0.n=integer 1 table.1.name=text b table.1.n=integer -1"
                + " motor.rpm=integer 1450 motor.axis.x=number 1.5");
  }

  private static Proto row(String name, long number) {
    return Proto.of().message(1, Proto.of().text(6, name)).message(1, Proto.of().number(1, number));
  }

  @Test
  void membersOfATemplateHaveTheTypesOfTheBirth() throws PayloadException {
    Proto member = named("rpm", INT32).number(10, 1);
    say(
        "NBIRTH/N",
        payload(MILLIS, 0, named("m", 7, 19).message(18, Proto.of().message(2, member))));
    Proto changed = Proto.of().text(1, "rpm").number(10, 0xFFFF_FFFFL);
    assertThat(
            say("NDATA/N", payload(MILLIS, 1, alias(7).message(18, Proto.of().message(2, changed))))
                .getFirst()
                .text())
        .isEqualTo("m.rpm=integer -1");
  }

  @Test
  void qualityAndUnitAreOfThePropertiesAndTheUnitStays() throws PayloadException {
    Proto properties =
        Proto.of()
            .text(1, "engUnit")
            .text(1, "Quality")
            .message(2, Proto.of().number(1, 12).text(8, "degC"))
            .message(2, Proto.of().number(1, 3).number(3, 500));
    Read birth =
        say(
                "NBIRTH/N",
                payload(MILLIS, 0, named("t", 1, DOUBLE).message(9, properties).float64(13, 4)))
            .getLast();
    assertThat(birth.times()).contains("0: unit degC", "0: bad STALE");
    Proto good = Proto.of().text(1, "Quality").message(2, Proto.of().number(1, 3).number(3, 192));
    Read data =
        say("NDATA/N", payload(MILLIS, 1, alias(1).message(9, good).float64(13, 5))).getFirst();
    assertThat(data.times()).contains("0: unit degC").noneMatch(each -> each.contains("bad"));
    Proto bad = Proto.of().text(1, "Quality").message(2, Proto.of().number(1, 3).number(3, 0));
    assertThat(
            say("NDATA/N", payload(MILLIS, 2, alias(1).message(9, bad).float64(13, 5)))
                .getFirst()
                .times())
        .contains("0: bad SENSOR");
  }

  @Test
  void historyStandsInAPartOfItsOwnAndDoesNotTouchTheLastValue() throws PayloadException {
    born();
    List<Read> data =
        say(
            "DDATA/N/D",
            payload(
                MILLIS,
                2,
                alias(2).number(3, MILLIS - 9_000).number(5, 1).number(10, 1),
                alias(2).number(3, MILLIS).number(10, 900),
                alias(2).number(3, MILLIS - 8_000).number(5, 1).number(10, 2)));
    assertThat(data).hasSize(2);
    assertThat(data.getFirst().text()).isEqualTo("level=integer 900");
    assertThat(data.getLast().text()).isEqualTo("level=integer 1 level=integer 2");
    assertThat(data.getLast().times()).anyMatch(each -> each.contains("historical"));
    assertThat(data.getLast().leaves().getFirst().sample()).isZero();
    assertThat(data.getLast().leaves().getLast().sample()).isEqualTo(1);
    assertThat(say("DDEATH/N/D", payload(MILLIS, 3)).getFirst().text())
        .contains("level=integer 900");
  }

  @Test
  void metricThatIsNullHasNoValue() throws PayloadException {
    born();
    assertThat(say("DDATA/N/D", payload(MILLIS, 2, alias(2).number(7, 1)))).isEmpty();
  }

  @Test
  void deathOfTheNodeIsThatOfItsDevicesAndAllThatTheySaidIsStale() throws PayloadException {
    born();
    List<Read> death = say("NDEATH/N", Proto.of().number(1, MILLIS).message(2, bdSeq(3)).done());
    assertThat(death).hasSize(2);
    assertThat(death).allMatch(each -> each.part().life() == Part.Life.DEATH);
    assertThat(death).allMatch(each -> each.part().messageClass() == MessageClass.STATE);
    assertThat(death.getFirst().text()).isEqualTo("online=truth false load=number 0.5");
    assertThat(death.getLast().text())
        .isEqualTo("online=truth false level=integer 812 lamp=truth true");
    assertThat(death.getLast().times()).filteredOn(each -> each.contains("bad STALE")).hasSize(2);
    assertThatThrownBy(() -> say("DDATA/N/D", payload(MILLIS, 2, alias(2).number(10, 1))))
        .hasMessageContaining("no birth");
    assertThat(asked(NOW)).containsExactly("spBv1.0/G/NCMD/N");
  }

  /** By MQTT 5 a node may publish its death, and have its will published too. */
  @Test
  void whoIsGoneIsToldSoOnceUntilItsNextBirth() throws PayloadException {
    born();
    byte[] ofNode = Proto.of().number(1, MILLIS).message(2, bdSeq(3)).done();
    assertThat(say("DDEATH/N/D", payload(MILLIS, 2))).hasSize(1);
    assertThat(say("DDEATH/N/D", payload(MILLIS, 2))).as("offered again").hasSize(1);
    receivedMicros++;
    assertThat(say("DDEATH/N/D", payload(MILLIS, 3))).isEmpty();
    assertThat(say("NDEATH/N", ofNode)).as("its device is gone already").hasSize(1);
    assertThat(say("NDEATH/N", ofNode)).as("offered again").hasSize(1);
    receivedMicros++;
    assertThat(say("NDEATH/N", ofNode)).isEmpty();
    born();
    receivedMicros++;
    assertThat(say("NDEATH/N", ofNode)).hasSize(2);
  }

  @Test
  void deathOfAnEarlierConnectionIsNone() throws PayloadException {
    born();
    assertThat(say("NDEATH/N", Proto.of().message(2, bdSeq(2)).done())).isEmpty();
    assertThat(say("NDATA/N", payload(MILLIS, 2, alias(1).float64(13, 1)))).hasSize(1);
  }

  @Test
  void aliasThatNoBirthNamedCostsTheMessageAndTheBirthsAreAskedFor() throws PayloadException {
    born();
    assertThatThrownBy(() -> say("NDATA/N", payload(MILLIS, 2, alias(77).float64(13, 1))))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("alias 77");
    assertThat(asked(NOW)).containsExactly("spBv1.0/G/NCMD/N");
    assertThat(say("NDATA/N", payload(MILLIS, 3, alias(1).float64(13, 1)))).hasSize(1);
    assertThatThrownBy(() -> say("NDATA/N", payload(MILLIS, 4, alias(2).number(10, 1))))
        .as("an alias of its device")
        .hasMessageContaining("alias 2 is of G/N/D");
  }

  @Test
  void birthsAreAskedForSeldomWhileThatDoesNotHelp() {
    List<Long> times = new ArrayList<>();
    for (long second = 0; second <= 1_000; second++) {
      assertThatThrownBy(() -> say("NDATA/N", payload(MILLIS, 4, alias(2).number(10, 1))));
      if (!asked(NOW + second * 1_000_000).isEmpty()) {
        times.add(second);
      }
    }
    assertThat(times).containsExactly(0L, 10L, 30L, 70L, 150L, 310L, 610L, 910L);
  }

  @Test
  void requestForBirthsIsWhatTheSpecificationSays() throws PayloadException {
    assertThatThrownBy(() -> say("NDATA/N", payload(MILLIS, 4, alias(2).number(10, 1))));
    Downlink asked = session.requests(NOW).getFirst();
    assertThat(asked.maxQos()).isZero();
    assertThat(asked.retained()).isFalse();
    assertThat(HexFormat.of().formatHex(asked.payload()))
        .isEqualTo(
            HexFormat.of()
                .formatHex(
                    Proto.of()
                        .number(1, MILLIS)
                        .message(
                            2,
                            Proto.of()
                                .text(1, "Node Control/Rebirth")
                                .number(3, MILLIS)
                                .number(4, BOOLEAN)
                                .number(14, 1))
                        .done()));
  }

  @Test
  void messageThatRunsAheadWaitsAndComesInOrder() throws PayloadException {
    born();
    byte[] third = payload(MILLIS, 3, alias(1).float64(13, 3));
    byte[] second = payload(MILLIS, 2, alias(1).float64(13, 2));
    assertThat(offered("NDATA/N", third, true)).isNull();
    assertThat(offered("NDATA/N", second, true)).hasSize(1);
    assertThat(offered("NDATA/N", third, true)).hasSize(1);
    assertThat(asked(NOW)).isEmpty();
  }

  /** As two bridges bring it, or a broker that was killed. */
  @Test
  void messageThatComesByTwoWaysCountsOnce() throws PayloadException {
    byte[] nodeBirth = payload(MILLIS, 0, bdSeq(3), named("load", 1, DOUBLE).float64(13, 0.5));
    byte[] deviceBirth = payload(MILLIS, 1, named("level", 2, INT32).number(10, 812));
    byte[] data = payload(MILLIS + 5, 2, alias(2).number(10, 813));
    assertThat(say("NBIRTH/N", nodeBirth)).hasSize(2);
    assertThat(say("DBIRTH/N/D", deviceBirth)).hasSize(2);
    assertThat(say("DDATA/N/D", data)).hasSize(1);
    assertThat(say("DDATA/N/D", data)).as("the very same is offered again").hasSize(1);
    receivedMicros += 1_000;
    for (int i = 0; i < 2; i++) {
      assertThat(say("NBIRTH/N", nodeBirth)).isEmpty();
      assertThat(say("DBIRTH/N/D", deviceBirth)).isEmpty();
      assertThat(say("DDATA/N/D", data)).isEmpty();
    }
    assertThat(say("DDATA/N/D", payload(MILLIS + 6, 2, alias(2).number(10, 813))))
        .as("late, and another one")
        .hasSize(1);
    byte[] next = payload(MILLIS + 9, 3, alias(2).number(10, 814));
    assertThat(say("DDATA/N/D", next)).hasSize(1);
    assertThat(asked(NOW)).isEmpty();
    say("NDEATH/N", payload(MILLIS, 0, bdSeq(3)));
    receivedMicros += 1_000;
    assertThat(say("NBIRTH/N", nodeBirth)).as("it is born once more").hasSize(2);
  }

  @Test
  void jumpThatNobodyFillsIsToldAndTheBirthsAreAskedFor() throws PayloadException {
    born();
    List<Read> data = say("NDATA/N", payload(MILLIS, 5, alias(1).float64(13, 3)));
    assertThat(data.getFirst().text()).isEqualTo("load=number 3.0");
    assertThat(asked(NOW)).containsExactly("spBv1.0/G/NCMD/N");
    assertThat(offered("NDATA/N", payload(MILLIS, 6, alias(1).float64(13, 3)), true)).hasSize(1);
    assertThat(offered("NDATA/N", payload(MILLIS, 3, alias(1).float64(13, 3)), true))
        .as("one that comes late after all")
        .hasSize(1);
    assertThat(offered("NDATA/N", payload(MILLIS, 7, alias(1).float64(13, 3)), true)).hasSize(1);
  }

  @Test
  void whatIsOfferedAgainSaysTheSameAndChangesNothing() throws PayloadException {
    born();
    byte[] late = payload(MILLIS, 4, alias(2).number(10, 900));
    List<Read> first = say("DDATA/N/D", late);
    assertThat(first.getFirst().times().toString()).contains("jumps from 1 to 4");
    assertThat(again("DDATA/N/D", late).getFirst().times()).isEqualTo(first.getFirst().times());
    byte[] birth = payload(MILLIS, 5, named("level", 7, INT32).number(10, 1));
    assertThat(say("DBIRTH/N/E", birth).getLast().text()).isEqualTo("level=integer 1");
    say("DDATA/N/E", payload(MILLIS, 6, alias(7).number(10, 2)));
    assertThat(again("DBIRTH/N/E", birth).getLast().text()).isEqualTo("level=integer 1");
    assertThat(say("DDATA/N/E", payload(MILLIS, 7, alias(7).number(10, 3))).getFirst().text())
        .isEqualTo("level=integer 3");
    byte[] death = payload(MILLIS, 8);
    String dead = say("DDEATH/N/E", death).getFirst().text();
    assertThat(dead).contains("level").isEqualTo(again("DDEATH/N/E", death).getFirst().text());
    byte[] will = payload(MILLIS, 0, bdSeq(3));
    assertThat(say("NDEATH/N", will)).hasSize(3);
    assertThat(again("NDEATH/N", will)).hasSize(3);
  }

  @Test
  void endOfASessionIsTheDeathOfWhoWasThereStill() throws PayloadException {
    born();
    say("DBIRTH/N/E", payload(MILLIS, 2, named("level", 7, INT32).number(10, 1)));
    say("DDEATH/N/E", payload(MILLIS, 3));
    List<Read> dead = read(session.ended());
    assertThat(dead).hasSize(2).allMatch(each -> each.part().life() == Part.Life.DEATH);
    assertThat(dead.getFirst().text()).contains("load");
    assertThat(dead.getLast().text()).contains("level", "lamp");
    assertThat(session.ended()).isEmpty();
  }

  @Test
  void seqWrapsBehind255() throws PayloadException {
    say("NBIRTH/N", payload(MILLIS, 255, bdSeq(3), named("load", 1, DOUBLE).float64(13, 0.5)));
    assertThat(offered("NDATA/N", payload(MILLIS, 0, alias(1).float64(13, 1)), true)).hasSize(1);
    assertThat(offered("NDATA/N", payload(MILLIS, 1, alias(1).float64(13, 1)), true)).hasSize(1);
    assertThat(asked(NOW)).isEmpty();
  }

  @Test
  void rebirthMayNumberItsAliasesAnew() throws PayloadException {
    born();
    say("NBIRTH/N", payload(MILLIS + 1, 0, bdSeq(3), named("other", 2, INT32).number(10, 1)));
    assertThat(say("NDATA/N", payload(MILLIS, 1, alias(2).number(10, 5))).getFirst().text())
        .isEqualTo("other=integer 5");
    assertThatThrownBy(() -> say("DDATA/N/D", payload(MILLIS, 2, alias(2).number(10, 5))))
        .as("its device has to be born again")
        .hasMessageContaining("no birth");
  }

  @Test
  void dataThatNameThemselvesNeedNoBirth() throws PayloadException {
    assertThat(
            say("NDATA/N", payload(MILLIS, 4, named("load", DOUBLE).float64(13, 2)))
                .getFirst()
                .text())
        .isEqualTo("load=number 2.0");
    assertThat(asked(NOW)).containsExactly("spBv1.0/G/NCMD/N");
  }

  @Test
  void birthOfTenThousandMetricsBecomesSeveralParts() throws PayloadException {
    Proto[] metrics = new Proto[10_000];
    for (int i = 0; i < metrics.length; i++) {
      metrics[i] = named("metric/" + i, i, INT32).number(10, i);
    }
    List<Read> birth = say("NBIRTH/N", payload(MILLIS, 0, metrics));
    assertThat(birth).hasSize(4);
    assertThat(birth.stream().mapToInt(each -> each.leaves().size()).sum()).isEqualTo(10_001);
    assertThat(say("NDATA/N", payload(MILLIS, 1, alias(9_999).number(10, 5))).getFirst().text())
        .isEqualTo("metric/9999=integer 5");
    assertThat(
            say("NDEATH/N", Proto.of().done()).stream()
                .mapToInt(each -> each.leaves().size())
                .sum())
        .isEqualTo(10_001);
  }

  @Test
  void payloadThatSaysAMillionIsRefusedBeforeItTakesMemory() {
    Proto million = Proto.of();
    for (int i = 0; i < 300_000; i++) {
      million.bytes(2, new byte[0]);
    }
    assertThatThrownBy(() -> say("NBIRTH/N", million.done()))
        .hasMessageContaining("more than 20000 metrics");
    byte[] liar = HexFormat.of().parseHex("12ffffffff0701");
    assertThatThrownBy(() -> say("NBIRTH/N", liar)).hasMessageContaining("2147483647 bytes");
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void budgetOfAllBirthsHoldsAndIsGivenBack() throws PayloadException {
    MemoryBudget small = new MemoryBudget(4_000);
    SparkplugSession bounded = new SparkplugSession(small);
    byte[] birth = payload(MILLIS, 0, named("a", 1, INT32).number(10, 1));
    bounded.unpack("spBv1.0/G/NBIRTH/N", birth, NOW, false);
    long one = small.usedBytes();
    bounded.unpack("spBv1.0/G/NBIRTH/N", birth, NOW + 1, false);
    assertThat(small.usedBytes()).as("a rebirth takes the place of the birth").isEqualTo(one);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 10; i++) {
                bounded.unpack("spBv1.0/G/NBIRTH/N" + i, birth, NOW, false);
              }
            })
        .hasMessageContaining("memory");
    bounded.close();
    assertThat(small.usedBytes()).isZero();
  }

  @Test
  void brokenBirthLeavesTheOneBefore() throws PayloadException {
    born();
    byte[] nameless = payload(MILLIS, 0, alias(1).number(4, INT32).number(10, 1));
    assertThatThrownBy(() -> say("NBIRTH/N", nameless)).hasMessageContaining("without a name");
    byte[] twice =
        payload(MILLIS, 0, named("a", 1, INT32).number(10, 1), named("b", 1, INT32).number(10, 1));
    assertThatThrownBy(() -> say("NBIRTH/N", twice)).hasMessageContaining("alias 1 is that of");
    assertThatThrownBy(
            () -> say("DBIRTH/N/E", payload(MILLIS, 2, named("x", 2, INT32).number(10, 1))))
        .as("an alias of another device of the node")
        .hasMessageContaining("alias 2 is that of");
    assertThat(say("DDATA/N/D", payload(MILLIS, 2, alias(2).number(10, 5)))).hasSize(1);
  }

  @Test
  void commandHasTheTypesAndAliasesOfTheBirth() throws PayloadException {
    born();
    Downlink lamp = write("Plant:x", "G:N:D", "switch", "{\"lamp\":false,\"level\":-3}");
    assertThat(lamp).isNotNull();
    assertThat(lamp.topic()).isEqualTo("spBv1.0/G/DCMD/N/D");
    assertThat(lamp.maxQos()).isZero();
    assertThat(HexFormat.of().formatHex(lamp.payload()))
        .isEqualTo(
            HexFormat.of()
                .formatHex(
                    Proto.of()
                        .number(1, MILLIS)
                        .message(2, alias(3).number(3, MILLIS).number(4, BOOLEAN).number(14, 0))
                        .message(
                            2, alias(2).number(3, MILLIS).number(4, INT32).number(10, 0xFFFF_FFFDL))
                        .done()));
    assertThat(write("", "N", "load", "0.25")).isNotNull();
    assertThat(write("", "N", "rebirth", "{}")).isNotNull();
    assertThat(write("", "D", "x", "{\"level\":3000000000}")).as("beyond Int32").isNull();
    assertThat(write("", "D", "x", "{\"nobody\":1}")).isNull();
    assertThat(write("", "other", "x", "{\"level\":1}")).isNull();
  }

  private @Nullable Downlink write(String id, String device, String name, String json) {
    return session.write(
        new Command(
            id,
            new DeviceId(device),
            name,
            ContentType.JSON,
            json.getBytes(StandardCharsets.UTF_8),
            NOW,
            NOW + 1_000_000),
        NOW);
  }

  @Test
  void compressedPayloadsAreReadWithinBounds() throws Exception {
    byte[] birth = payload(MILLIS, 0, bdSeq(3), named("load", 1, DOUBLE).float64(13, 0.5));
    assertThat(say("NBIRTH/N", packed(zlib(birth))).getLast().text()).isEqualTo("load=number 0.5");
    assertThatThrownBy(() -> say("NDATA/N", packed(zlib(packed(zlib(birth))))))
        .hasMessageContaining("compress once");
    assertThatThrownBy(() -> say("NDATA/N", packed(zlib(new byte[30_000_000]))))
        .hasMessageContaining("more than 1048576 bytes");
    assertThatThrownBy(() -> say("NDATA/N", packed(new byte[] {1, 2, 3})))
        .hasMessageContaining("neither zlib's nor gzip's");
  }

  private static byte[] packed(byte[] body) {
    return Proto.of().text(4, "SPBV1.0_COMPRESSED").bytes(5, body).done();
  }

  private static byte[] zlib(byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(plain);
    }
    return out.toByteArray();
  }

  @Test
  void hostIsOnlineUnderTheNameThatTheNodeHasForIt() {
    Downlink of3 = session.retained("spBv1.0/STATE/scada").getFirst();
    assertThat(of3.topic()).isEqualTo("spBv1.0/STATE/scada");
    assertThat(new String(of3.payload(), StandardCharsets.UTF_8))
        .matches("\\{\"online\":true,\"timestamp\":[0-9]+}");
    assertThat(of3.retained()).isTrue();
    assertThat(of3.maxQos()).isEqualTo(1);
    Downlink of2 = session.retained("STATE/scada").getFirst();
    assertThat(new String(of2.payload(), StandardCharsets.UTF_8)).isEqualTo("ONLINE");
    assertThat(session.retained("spBv1.0/G/NCMD/N/#")).isEmpty();
  }
}
