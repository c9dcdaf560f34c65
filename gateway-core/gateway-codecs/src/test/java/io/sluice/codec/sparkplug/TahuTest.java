package io.sluice.codec.sparkplug;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.RecordingSink;
import io.sluice.adapter.testkit.seeded.Fuzz;
import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload;
import org.junit.jupiter.api.Test;

/**
 * Eclipse Tahu's generated code at the far end: it writes what is read here, and reads what is
 * written here.
 */
class TahuTest {
  private static final long MILLIS = 1_795_802_400_000L;
  private static final long NOW = MILLIS * 1_000;

  private static List<String> read(SparkplugSession session, String topic, Payload payload)
      throws PayloadException {
    List<Part> parts = session.unpack(topic, payload.toByteArray(), NOW, false);
    assertThat(parts).isNotNull();
    List<String> all = new ArrayList<>();
    for (Part part : parts) {
      RecordingSink sink = new RecordingSink();
      Part.Content content = part.content();
      if (content != null) {
        content.read(sink);
      }
      sink.leaves().forEach(leaf -> all.add(leaf.path() + '=' + leaf.value()));
    }
    return all;
  }

  private static Payload.Metric.Builder metric(
      SplittableRandom random, int number, List<String> expected) {
    Payload.Metric.Builder metric =
        Payload.Metric.newBuilder().setName("m" + number).setAlias(number);
    if (random.nextBoolean()) {
      metric.setTimestamp(MILLIS);
    }
    String name = "m" + number + '=';
    switch (random.nextInt(9)) {
      case 0 -> {
        int value = (byte) random.nextInt();
        metric.setDatatype(1).setIntValue(value);
        expected.add(name + "integer " + value);
      }
      case 1 -> {
        int value = random.nextInt();
        metric.setDatatype(3).setIntValue(value);
        expected.add(name + "integer " + value);
      }
      case 2 -> {
        int value = random.nextInt();
        metric.setDatatype(7).setIntValue(value);
        expected.add(name + "integer " + Integer.toUnsignedString(value));
      }
      case 3 -> {
        long value = random.nextLong();
        metric.setDatatype(4).setLongValue(value);
        expected.add(name + "integer " + value);
      }
      case 4 -> {
        long value = random.nextLong();
        metric.setDatatype(8).setLongValue(value);
        expected.add(name + (value < 0 ? "text " : "integer ") + Long.toUnsignedString(value));
      }
      case 5 -> {
        double value = random.nextDouble() * 1e6 - 5e5;
        metric.setDatatype(10).setDoubleValue(value);
        expected.add(name + "number " + value);
      }
      case 6 -> {
        float value = random.nextInt(1_000) / 8f + 0.1f;
        metric.setDatatype(9).setFloatValue(value);
        expected.add(name + "number " + Double.parseDouble(Float.toString(value)));
      }
      case 7 -> {
        boolean value = random.nextBoolean();
        metric.setDatatype(11).setBooleanValue(value);
        expected.add(name + "truth " + value);
      }
      default -> {
        metric.setDatatype(12).setStringValue("wörter " + number);
        expected.add(name + "text wörter " + number);
      }
    }
    return metric;
  }

  @Test
  void whatGeneratedCodeWritesIsReadWithItsValues() {
    Fuzz.of("sparkplug births by Tahu", 500)
        .check(random -> {
          SparkplugSession session = new SparkplugSession(new MemoryBudget());
          Payload.Builder birth = Payload.newBuilder().setTimestamp(MILLIS).setSeq(0);
          Payload.Builder data = Payload.newBuilder().setTimestamp(MILLIS).setSeq(1);
          List<String> expected = new ArrayList<>(List.of("online=truth true"));
          int count = 1 + random.nextInt(40);
          for (int i = 0; i < count; i++) {
            Payload.Metric.Builder metric = metric(random, i, expected);
            birth.addMetrics(metric.build());
            data.addMetrics(metric.clearName().clearDatatype().build());
          }
          assertThat(read(session, "spBv1.0/G/NBIRTH/N", birth.build())).isEqualTo(expected);
          assertThat(read(session, "spBv1.0/G/NDATA/N", data.build()))
              .isEqualTo(expected.subList(1, expected.size()));
        });
  }

  @Test
  void generatedCodeReadsRequestsAndCommands() throws Exception {
    SparkplugSession session = new SparkplugSession(new MemoryBudget());
    Payload birth =
        Payload.newBuilder()
            .setTimestamp(MILLIS)
            .setSeq(0)
            .addMetrics(
                Payload.Metric.newBuilder()
                    .setName("Outputs/Lamp")
                    .setAlias(4)
                    .setDatatype(11)
                    .setBooleanValue(false))
            .addMetrics(Payload.Metric.newBuilder().setName("Offset").setDatatype(2).setIntValue(1))
            .build();
    assertThat(read(session, "spBv1.0/G/NBIRTH/N", birth)).hasSize(3);
    Command command =
        new Command(
            "c1",
            new DeviceId("N"),
            "set",
            ContentType.JSON,
            "{\"Outputs/Lamp\":true,\"Offset\":-2}".getBytes(StandardCharsets.UTF_8),
            NOW,
            NOW + 1);
    Downlink written = session.write(command, NOW);
    assertThat(written).isNotNull();
    Payload seen = Payload.parseFrom(written.payload());
    assertThat(seen.hasSeq()).isFalse();
    assertThat(seen.getTimestamp()).isEqualTo(MILLIS);
    assertThat(seen.getMetrics(0).hasName()).isFalse();
    assertThat(seen.getMetrics(0).getAlias()).isEqualTo(4);
    assertThat(seen.getMetrics(0).getDatatype()).isEqualTo(11);
    assertThat(seen.getMetrics(0).getBooleanValue()).isTrue();
    assertThat(seen.getMetrics(1).getName()).isEqualTo("Offset");
    assertThat(seen.getMetrics(1).getIntValue()).isEqualTo(-2);
    assertThat(seen.getUnknownFields().asMap()).isEmpty();
  }
}
