package io.sluice.engine.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.engine.config.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The topics that devices of the field publish to, by the vendors' documentation. */
class ShippedTopicsTest {
  private final Topics topics = ShippedDialects.usual();

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          telemetry, telemetry,
          event, event,
          alarm, alarm,
          state, state,
          t, telemetry,
          e, event,
          a, alarm,
          s, state,
          telemetry/child-1, telemetry, child-1
          event/child-1, event, child-1
          alarm/child-1, alarm, child-1
          state/child-1, state, child-1
          t/child-1, telemetry, child-1
          s/a.b_c:d@e, state, a.b_c:d@e
          telemetry//child-1, telemetry, child-1
          alarm//child-1, alarm, child-1
          t//child-1, telemetry, child-1
          e//child-1, event, child-1
          v1/devices/me/telemetry, telemetry,
          v1/devices/me/attributes, state,
          /sys/a1Pk/pump-07/thing/event/property/post, telemetry, pump-07
          sys/a1Pk/pump-07/thing/event/property/post, telemetry, pump-07
          /sys//pump-07/thing/event/property/post, telemetry, pump-07
          /sys/a1Pk/pump-07/thing/event/overheat/post, event, pump-07
          /sys/a1Pk/pump-07/thing/event//post, event, pump-07
          $oc/devices/5f1e2d3c4b5a_meter01/sys/properties/report, telemetry, 5f1e2d3c4b5a_meter01
          """)
  void whatWasAlwaysTaken(String topic, String messageClass, @Nullable String device) {
    RoutedTopic route = topics.route("any", topic);
    assertThat(route).isNotNull();
    assertThat(route.messageClass().jsonName()).isEqualTo(messageClass);
    assertThat(route.device()).isEqualTo(device);
    assertThat(route.contentType(ContentType.CBOR)).isEqualTo(ContentType.CBOR);
    assertThat(route.payload()).isEqualTo(ContentType.UNSPECIFIED);
    assertThat(topics.maps(topic)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          t/PLANT1/pump-07, telemetry, pump-07, unspecified
          telemetry/PLANT1/pump-07, telemetry, pump-07, unspecified
          e/PLANT1/pump-07, event, pump-07, unspecified
          v2/t, telemetry, , unspecified
          v2/t/j, telemetry, , json
          v2/a/j, state, , json
          /sys/a1Pk/pump-07/thing/model/up_raw, telemetry, pump-07, bytes
          $oc/devices/meter01/sys/messages/up, event, meter01, unspecified
          """)
  void whatTheVendorsDialectsAdd(
      String topic, String messageClass, @Nullable String device, String payload) {
    RoutedTopic route = topics.route("any", topic);
    assertThat(route).isNotNull();
    assertThat(route.messageClass().jsonName()).isEqualTo(messageClass);
    assertThat(route.device()).isEqualTo(device);
    assertThat(route.payload().name().toLowerCase(java.util.Locale.ROOT)).isEqualTo(payload);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''
          /
          /telemetry
          telemetry/
          telemetry//
          telemetry/a b
          telemetry/.
          t/..
          t///child
          alarm/a/b
          Telemetry
          telemetryx
          command
          v1/devices/me
          v1/devices/me/telemetry/x
          v1/devices/you/telemetry
          /sys/pk/dn/thing/event/property/post/x
          /sys/pk/d n/thing/event/property/post
          //sys/pk/dn/thing/event/property/post
          /sys/pk/dn/thing/event/property
          /sys/pk/dn/thing/service/property/post
          $oc/devices//sys/properties/report
          $oc/devices/a/b/sys/properties/report
          oc/devices/a/sys/properties/report
          $SYS/broker/uptime
          tele/x/LWT
          """)
  void whatNothingMaps(String topic) {
    assertThat(topics.route("any", topic)).isNull();
    assertThat(topics.maps(topic)).isFalse();
  }

  @Test
  void allThatAreShippedHoldTogetherWithoutCollision() {
    Faults faults = new Faults();
    Dialects all = Dialects.load(new DialectPlaces(ShippedDialects.FOLDER, List.of()), faults);
    List<String> names = new ArrayList<>(all.names());
    names.remove("sparkplug"); // what takes its messages apart is of another module
    Topics together = all.topics(names, Map.of());
    assertThat(faults.list()).isEmpty();
    assertThat(together.table("any").names()).containsExactlyInAnyOrderElementsOf(names);
    assertThat(together.route("any", "telemetry").dialect()).isEqualTo("sluice");
    assertThat(together.route("any", "telemetry/child-1").dialect()).isEqualTo("sluice");
  }

  @Test
  void whoIsRefusedIsToldTheTopics() {
    assertThat(topics.table("any").hint())
        .isEqualTo(
            "telemetry, event, alarm or state (for a concentrator's child telemetry/{child} and so"
                + " on), t, e, a or s, v1/devices/me/telemetry,"
                + " /sys/{pk}/{dn}/thing/event/property/post,"
                + " $oc/devices/{id}/sys/properties/report");
  }

  /** Against the rules in words: any topic of a few levels that devices might write. */
  @Test
  void theSessionsTopicsAndItsChildrenFollowTheRulesInWords() {
    Map<String, MessageClass> names =
        Map.of(
            "telemetry", MessageClass.TELEMETRY,
            "t", MessageClass.TELEMETRY,
            "event", MessageClass.EVENT,
            "e", MessageClass.EVENT,
            "alarm", MessageClass.ALARM,
            "a", MessageClass.ALARM,
            "state", MessageClass.STATE,
            "s", MessageClass.STATE);
    List<String> levels = new ArrayList<>(names.keySet());
    levels.addAll(List.of("", "x", "child-1", "..", "a b", "$x", "ü"));
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      List<String> parts = new ArrayList<>();
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        parts.add(levels.get(random.nextInt(levels.size())));
      }
      MessageClass first = names.get(parts.getFirst());
      boolean isHono = first == MessageClass.TELEMETRY || first == MessageClass.EVENT;
      boolean isChild =
          parts.size() == 2 || (parts.size() == 3 && (isHono || parts.get(1).isEmpty()));
      boolean isMapped =
          first != null && (parts.size() == 1 || (isChild && DeviceId.isValid(parts.getLast())));
      String topic = String.join("/", parts);
      RoutedTopic route = topics.route("any", topic);
      assertThat(route != null).as(topic).isEqualTo(isMapped);
      if (route != null) {
        assertThat(route.messageClass()).as(topic).isEqualTo(first);
        assertThat(route.device()).as(topic).isEqualTo(parts.size() == 1 ? null : parts.getLast());
      }
    }
  }

  @Test
  void theSessionsOwnTopicsCostNoObject() {
    assertThat(topics.route("any", "telemetry")).isSameAs(topics.route("any", "telemetry"));
    assertThat(topics.route("any", "v2/t/j")).isSameAs(topics.route("any", "v2/t/j"));
  }
}
