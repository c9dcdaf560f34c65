package io.sluice.engine.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.seeded.Fuzz;
import io.sluice.adapter.testkit.seeded.Mutator;
import io.sluice.api.DeviceId;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag(Fuzz.TAG)
class TopicTableFuzzTest {
  private static final Mutator TOPICS =
      Mutator.ofText(
          List.of(
              "telemetry",
              "alarm/child-1",
              "t//child-1",
              "t/tenant/child-1",
              "v1/devices/me/telemetry",
              "/sys/pk/dn/thing/event/property/post",
              "$oc/devices/dev-1/sys/properties/report"),
          List.of(
              "/", "//", "$oc/devices/", "/sys/", "sys/", "+", "#", "..", "\u0000", "é", "/post"),
          65_535);

  @Test
  void whateverTheTopicNoDeviceIsNamedThatCouldNotExist() {
    Topics topics = ShippedDialects.usual();
    Fuzz.of("topics", 100_000)
        .within(500, 16 << 20)
        .check(random -> {
          RoutedTopic route = topics.route("any", TOPICS.nextText(random));
          if (route != null && route.device() != null) {
            assertThat(DeviceId.isValid(route.device())).isTrue();
          }
        });
  }
}
