package io.sluice.engine.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.adapter.Receipt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages that a field of theirs tells apart, or of which one names the device. */
class OnceTest {
  @TempDir Path own;

  private VendorRig rig(String... rules) throws IOException {
    write(rules);
    return new VendorRig(own, "mine").child("m1", "any").child("m2", "any");
  }

  private void write(String... rules) throws IOException {
    Files.writeString(
        own.resolve("mine.yaml"), "title: mine\nup:\n  - " + String.join("\n  - ", rules) + "\n");
  }

  @Test
  void whatComesByTwoTopicsCountsOnceByItsId() throws IOException {
    VendorRig rig =
        rig(
            "{ topic: a, class: telemetry, once: head.id }",
            "{ topic: b, class: telemetry, once: head.id }");
    assertThat(rig.take("a", "{\"head\":{\"id\":\"x-1\"},\"kW\":4}")).hasSize(1);
    assertThat(rig.take("b", "{\"kW\":4,\"head\":{\"id\":\"x-1\"}}")).isEmpty();
    assertThat(rig.receipts).hasSize(2).hasOnlyElementsOfType(Receipt.Stored.class);
    assertThat(rig.take("b", "{\"kW\":4,\"head\":{\"id\":\"x-2\"}}")).hasSize(1);
  }

  @Test
  void anIdIsItsDevicesOwnAndANumberIsOne() throws IOException {
    VendorRig rig = rig("{ topic: 'n/{device}', class: telemetry, once: id }");
    assertThat(rig.take("n/m1", "{\"id\":7,\"v\":1}")).hasSize(1);
    assertThat(rig.take("n/m2", "{\"id\":7,\"v\":1}")).hasSize(1);
    assertThat(rig.take("n/m2", "{\"id\":7,\"v\":1}")).isEmpty();
  }

  @Test
  void whatHasNoIdCountsEachTime() throws IOException {
    VendorRig rig = rig("{ topic: a, class: telemetry, once: head.id }");
    for (String message :
        List.of("{\"kW\":4}", "{\"head\":{\"id\":null},\"kW\":4}", "{\"head\":3}", "4", "[4]")) {
      assertThat(rig.take("a", message)).as(message).hasSize(1);
      assertThat(rig.take("a", message)).as(message).hasSize(1);
    }
  }

  @Test
  void eachChildOfAMessageCountsOnceAlsoWhereItIsCompressed() throws IOException {
    VendorRig rig =
        rig(
            "{ topic: a, class: telemetry, children: keys, children-in: m, once: id, encoding: gzip }");
    String message = "{\"id\":\"x\",\"m\":{\"m1\":{\"v\":1},\"m2\":{\"v\":2}}}";
    assertThat(rig.take("bridge", "a", gzip(message))).hasSize(2);
    assertThat(rig.take("bridge", "a", gzip(message))).isEmpty();
  }

  @Test
  void longIdsAreToldApart() throws IOException {
    VendorRig rig = rig("{ topic: a, class: telemetry, once: id }");
    String id = "i".repeat(100_000);
    assertThat(rig.take("a", "{\"id\":\"" + id + "1\"}")).hasSize(1);
    assertThat(rig.take("a", "{\"id\":\"" + id + "2\"}")).hasSize(1);
    assertThat(rig.take("a", "{\"id\":\"" + id + "1\"}")).isEmpty();
  }

  @Test
  void aPathThatEndsBeforeItsFieldFindsNothing() throws IOException {
    VendorRig rig = rig("{ topic: a, class: telemetry, device-from: head.sn }");
    assertThat(rig.take("a", "{\"head\":\"m1\",\"v\":1}")).isEmpty();
    assertThat(rig.take("a", "{\"head\":{\"sn\":\"m1\"},\"v\":1}")).hasSize(1);
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }
}
