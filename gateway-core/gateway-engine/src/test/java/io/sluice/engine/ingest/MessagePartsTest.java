package io.sluice.engine.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A message of several devices, by the rules that docs/dialects.md shows for concentrators. */
class MessagePartsTest {
  private static final Pattern YAML =
      Pattern.compile("## Concentrators.*?```yaml\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path own;
  private VendorRig rig;

  @BeforeEach
  void rulesOfThePage() throws IOException {
    Matcher yaml = YAML.matcher(Files.readString(Path.of("../../docs/dialects.md")));
    assertThat(yaml.find()).isTrue();
    Files.writeString(own.resolve("site.yaml"), yaml.group(1));
    rig = new VendorRig(own, "site").child("m1", "any").child("m2", "any").child("m3", "any");
  }

  @Test
  void keysNameTheChildren() {
    assertThat(
            rig.take(
                "hub/4/meters",
                "{\"n\":[1],\"meters\":{\"m1\":{\"kW\":4.50},\"m2\":{\"text\":\"a}\\\"b\"},\"m3\":7},\"z\":0}"))
        .containsExactly(
            "telemetry m1; kW=4.5", "telemetry m2; text=a}\"b", "telemetry m3; value=7");
    assertThat(rig.receipt()).isEqualTo(new Receipt.Stored(Lane.TELEMETRY, 1, null));
  }

  @Test
  void elementsOfAListNameTheChildren() {
    assertThat(
            rig.take(
                "hub/4/list",
                "[{\"v\":{\"kW\":4},\"id\":\"m1\"},{\"id\":\"m2\",\"v\":[{\"ts\":1795806000000,\"values\":{\"kW\":5}}]}]"))
        .containsExactly("telemetry m1; kW=4", "telemetry m2; kW=5");
  }

  @Test
  void fieldNamesTheDeviceAndALevelTheMetric() {
    assertThat(
            rig.take("hub/4/one", "{\"a\":{\"sn\":1},\"head\":{\"x\":{},\"sn\":\"m2\"},\"kW\":4}"))
        .containsExactly("telemetry m2; a.sn=1; head.sn=m2; kW=4");
    assertThat(rig.take("site/m1/phase/1/volt", " 230.10\n"))
        .containsExactly("telemetry m1; phase.1.volt=230.1");
    assertThat(rig.take("site/m1/name", "07\"A\\")).containsExactly("telemetry m1; name=07\"A\\");
    assertThat(rig.take("site/m1/net", "{\"ip\":\"10.0.0.7\"}"))
        .containsExactly("telemetry m1; net.ip=10.0.0.7");
  }

  @Test
  void birthAndDeathAreOneClass() {
    assertThat(rig.take("site/m1/LWT", "Online")).containsExactly("state m1; online=Online");
    Uplink will =
        rig.uplink("bridge", "site/m1/LWT", "Offline".getBytes(UTF_8), MessageClass.EVENT);
    rig.offer(will);
    assertThat(rig.store()).containsExactly("state m1; online=Offline");
    Uplink stranger =
        rig.uplink("bridge", "site/m9/LWT", "Offline".getBytes(UTF_8), MessageClass.EVENT);
    rig.offer(stranger);
    assertThat(rig.store()).containsExactly("state bridge; online=Offline");
  }

  @Test
  void badChildCostsItselfAloneAndItsLetterHoldsItsPartAlone() {
    rig.device("stranger", null, "any", null);
    assertThat(
            rig.take(
                "hub/4/meters",
                "{\"meters\":{\"m1\":{\"kW\":4},\"m2\":{},\"new\":{\"kW\":6},\"stranger\":{\"kW\":7},\"m3\":{\"kW\":5}}}"))
        .containsExactly("telemetry m1; kW=4", "telemetry m3; kW=5");
    assertThat(rig.receipt())
        .isInstanceOfSatisfying(
            Receipt.Stored.class,
            stored ->
                assertThat(stored.notice())
                    .isEqualTo("the payload carries no value; send at least one (and 2 more)"));
    assertThat(rig.letters).hasSize(3);
    assertThat(new String(rig.letters.get(0).body(), UTF_8)).endsWith("{\"meters\":{\"m2\":{}}}");
    assertThat(new String(rig.letters.get(1).body(), UTF_8))
        .contains(RejectReason.UNKNOWN_CHILD.name())
        .contains("device new is not registered; add it with parent: bridge")
        .endsWith("{\"meters\":{\"new\":{\"kW\":6}}}");
    assertThat(new String(rig.letters.get(2).body(), UTF_8))
        .contains("device stranger is no child of bridge")
        .endsWith("{\"meters\":{\"stranger\":{\"kW\":7}}}");
  }

  @Test
  void messageOfUnknownChildrenAloneIsRefusedOnceAndClosesNothing() {
    assertThat(rig.take("hub/4/meters", "{\"meters\":{\"a\":{\"kW\":4},\"b\":{\"kW\":4}}}"))
        .isEmpty();
    assertThat(rig.receipt())
        .isInstanceOfSatisfying(
            Receipt.Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(RejectReason.UNKNOWN_CHILD);
              assertThat(rejected.deadLettered()).isTrue();
            });
    assertThat(rig.letters).hasSize(2);
  }

  @Test
  void receiptWaitsForAllAndWhatIsStoredIsNotStoredAgain() {
    Uplink uplink =
        rig.uplink(
            "bridge",
            "hub/4/meters",
            "{\"meters\":{\"m1\":{\"kW\":1},\"m2\":{\"kW\":2},\"m3\":{\"kW\":3}}}".getBytes(UTF_8),
            null);
    rig.room(2);
    rig.offer(uplink);
    assertThat(rig.receipt()).as("at once").isInstanceOf(Receipt.Busy.class);
    assertThat(rig.store()).containsExactly("telemetry m1; kW=1", "telemetry m2; kW=2");
    assertThat(rig.receipts).isEmpty();
    rig.room(9);
    rig.offer(uplink);
    assertThat(rig.store()).containsExactly("telemetry m3; kW=3");
    assertThat(rig.receipt()).isInstanceOf(Receipt.Stored.class);
  }

  @Test
  void whatIsNoSuchMessageIsALetter() {
    for (String text : List.of("{\"meters\":[1]}", "{}", "{\"meters\":{", "21.5", "\u0000")) {
      assertThat(rig.take("hub/4/meters", text)).isEmpty();
      assertThat(rig.receipt()).isInstanceOf(Receipt.Rejected.class);
    }
    assertThat(rig.letters).hasSize(5);
    assertThat(rig.take("hub/4/one", "{\"head\":{\"sn\":null}}")).isEmpty();
    assertThat(rig.receipt())
        .isInstanceOfSatisfying(
            Receipt.Rejected.class,
            rejected -> assertThat(rejected.detail()).contains("send its name as head.sn"));
  }

  @Test
  void childThatIsBeingRegisteredIsOfferedAgainAndOneThatMayNotComeIsALetter() {
    rig.pipeline()
        .bring((concentrator, child) ->
            child.equals("new")
                ? Newcomers.Verdict.UNDER_WAY
                : new Newcomers.Verdict(false, "raise children.limit"));
    Uplink uplink =
        rig.uplink(
            "bridge",
            "hub/4/meters",
            "{\"meters\":{\"m1\":{\"kW\":1},\"new\":{\"kW\":2},\"more\":{\"kW\":3}}}"
                .getBytes(UTF_8),
            null);
    rig.offer(uplink);
    assertThat(rig.store()).containsExactly("telemetry m1; kW=1");
    assertThat(rig.receipt()).isInstanceOf(Receipt.Busy.class);
    assertThat(rig.letters).hasSize(1);
    assertThat(new String(rig.letters.getFirst().body(), UTF_8)).contains("raise children.limit");
    rig.child("new", "any");
    rig.offer(uplink);
    assertThat(rig.store()).containsExactly("telemetry new; kW=2");
    assertThat(rig.receipt()).isInstanceOf(Receipt.Stored.class);
    assertThat(rig.letters).hasSize(1);
  }
}
