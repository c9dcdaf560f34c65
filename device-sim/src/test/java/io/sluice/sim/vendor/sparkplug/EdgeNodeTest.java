package io.sluice.sim.vendor.sparkplug;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.sim.device.Kind;
import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.scenario.Scenario;
import io.sluice.sim.vendor.Publication;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node sends, byte by byte: written by hand by the numbers of sparkplug_b.proto. */
class EdgeNodeTest {
  /** In seven bits each, lowest first: 80 01. */
  private static final long MILLIS = 128;

  private static final String REBIRTH =
      "0a14" + HexFormat.of().formatHex("Node Control/Rebirth".getBytes(UTF_8)) + "200b" + "7001";

  @TempDir private Path folder;
  private DeviceSpec line;
  private DeviceSpec press;
  private EdgeNode node;

  @BeforeEach
  void devices() throws Exception {
    Path file = folder.resolve("s.yaml");
    Files.writeString(
        file,
        """
        name: s
        groups:
          - { profile: cnc, id: "press-{n}", site: hall, dialect: sparkplug, concentrator: line-7 }
        """);
    line = Scenario.load(file).devices().getFirst();
    press = Scenario.load(file).devices().getLast();
    node = new EdgeNode(line);
  }

  private static String hex(Publication publication) {
    return HexFormat.of().formatHex(publication.payload());
  }

  private static Sample sample(Object value) {
    return new Sample(1, MILLIS * 1000, Kind.TELEMETRY, List.of(new Field("a", "V", value)));
  }

  @Test
  void willAndBirthHaveTheNumberOfTheConnection() {
    assertThat(node.will(MILLIS).topic()).isEqualTo("spBv1.0/hall/NDEATH/line-7");
    assertThat(hex(node.will(MILLIS)))
        .as("timestamp 128, bdSeq 1 of its second connection, no seq")
        .isEqualTo("088001" + "120e" + "0a056264536571" + "188001" + "2004" + "5801");
    Publication birth = node.birth(List.of(), MILLIS);
    assertThat(birth.topic()).isEqualTo("spBv1.0/hall/NBIRTH/line-7");
    assertThat(hex(birth))
        .isEqualTo(
            "0880011800" // seq 0
                + "120e0a056264536571188001200458"
                + "01"
                + "121d0a14"
                + HexFormat.of().formatHex("Node Control/Rebirth".getBytes(UTF_8))
                + "188001200b7000");
    assertThat(node.birth(List.of(), MILLIS).payload()).isEqualTo(birth.payload());
  }

  @Test
  void deviceIsBornWithAliasesAndThenSpeaksByThem() {
    node.will(MILLIS);
    node.birth(List.of(), MILLIS);
    Publication birth = node.birth(press, sample(1.0).fields(), MILLIS);
    assertThat(birth.topic()).isEqualTo("spBv1.0/hall/DBIRTH/line-7/press-1");
    assertThat(hex(birth))
        .startsWith(
            "0880011801" // seq 1
                + "1225" // name a, alias 1, timestamp, Double, engUnit V, 1.0
                + "0a0161"
                + "1001"
                + "188001"
                + "200a"
                + "4a100a07656e67556e69741205080c420156"
                + "69000000000000f03f")
        .contains("0a10" + HexFormat.of().formatHex("Outputs/Setpoint".getBytes(UTF_8)) + "1002");
    assertThat(hex(node.data(press, sample(2.0), false, 999)))
        .isEqualTo("0880011802" + "120e1001188001" + "690000000000000040");
    assertThat(hex(node.data(press, sample(-1L), true, MILLIS)))
        .as("history says so; a negative one has ten bytes")
        .isEqualTo("0880011803" + "12121001188001" + "2801" + "58ffffffffffffffffff01");
    assertThat(hex(node.death(press, MILLIS))).isEqualTo("0880011804");
  }

  @Test
  void aliasesOfABirthBeforeHoldNoMore() {
    node.will(MILLIS);
    node.birth(List.of(), MILLIS);
    node.birth(press, sample(1.0).fields(), MILLIS);
    node.birth(List.of(), MILLIS);
    node.birth(press, sample(1.0).fields(), MILLIS);
    assertThat(hex(node.data(press, sample(true), false, MILLIS)))
        .isEqualTo("0880011802" + "12071003188001" + "7001");
    node.birth(List.of(), MILLIS);
    assertThatThrownBy(() -> node.data(press, sample(1.0), false, MILLIS))
        .hasMessageContaining("press-1 was not born");
  }

  @Test
  void sequenceGoesOnFrom255At0() {
    node.birth(sample("x").fields(), MILLIS);
    for (int seq = 1; seq < 256; seq++) {
      node.data(line, sample("x"), false, MILLIS);
    }
    assertThat(hex(node.data(line, sample("y"), false, MILLIS)))
        .isEqualTo("0880011800" + "12081001188001" + "7a0179");
  }

  @Test
  void commandsAreUnderstood() {
    node.birth(List.of(), MILLIS);
    node.birth(press, sample(1.0).fields(), MILLIS);
    List<Order> rebirth = Order.of(HexFormat.of().parseHex("088001" + "121a" + REBIRTH));
    assertThat(node.wantsRebirth("spBv1.0/hall/NCMD/line-7", rebirth)).isTrue();
    assertThat(node.wantsRebirth("spBv1.0/hall/DCMD/line-7/press-1", rebirth)).isFalse();
    assertThat(node.write(press, rebirth)).isFalse();
    List<Order> set = Order.of(HexFormat.of().parseHex("120b" + "1002" + "690000000000003540"));
    assertThat(set).containsExactly(new Order(null, 2, 21.0));
    assertThat(node.write(press, set)).isTrue();
    assertThat(hex(node.written(press, MILLIS)))
        .isEqualTo("0880011802" + "120e1002188001" + "690000000000003540");
    assertThatThrownBy(() -> Order.of(new byte[] {0x12, 0x05, 0x0a}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
