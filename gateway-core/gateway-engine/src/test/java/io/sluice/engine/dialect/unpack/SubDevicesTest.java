package io.sluice.engine.dialect.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reports for sub-devices, in the shapes of the vendors' pages. */
class SubDevicesTest {
  private static List<String> parts(String message) throws PayloadException {
    return new SubDevices()
        .unpack("any", message.getBytes(StandardCharsets.UTF_8), 0).stream()
            .map(SubDevicesTest::text)
            .toList();
  }

  private static String text(Part part) {
    return part.devices()
        + (part.messageClass() == null ? " " : " " + part.messageClass().jsonName() + " ")
        + new String(part.payload(), StandardCharsets.UTF_8);
  }

  @Test
  void alinkPackIsOfTheGatewayAndItsSubDevices() throws Exception {
    assertThat(
            parts(
                """
                {"id":"1","version":"1.0","params":{
                  "properties":{"Power":{"value":"on","time":1524448722000}},
                  "events":{"alarm":{"value":{"code":4},"time":1524448722000}},
                  "subDevices":[{"identity":{"productKey":"p","deviceName":"d1"},
                    "properties":{"T":21.50},"events":{}}]},
                 "method":"thing.event.property.pack.post"}
                """))
        .containsExactly(
            "[] {\"params\":{\"Power\":{\"value\":\"on\",\"time\":1524448722000}}}",
            "[] event {\"params\":{\"value\":{\"code\":4},\"time\":1524448722000}}",
            "[d1] {\"params\":{\"T\":21.50}}");
  }

  @Test
  void alinkHistoryHasAReportForEachMoment() throws Exception {
    assertThat(
            parts(
                """
                {"id":123,"params":[{"identity":{"productKey":"p","deviceName":"d1"},
                  "properties":[{"T":{"value":1,"time":1524448722000}},
                                {"T":{"value":2,"time":1524448782000}}],"events":[]}]}
                """))
        .containsExactly(
            "[d1] {\"params\":{\"T\":{\"value\":1,\"time\":1524448722000}}}",
            "[d1] {\"params\":{\"T\":{\"value\":2,\"time\":1524448782000}}}");
  }

  @Test
  void onenetHistoryHasAnArrayForEachName() throws Exception {
    assertThat(
            parts(
                """
                {"id":"1","version":"1.0","params":[{"identity":{"productID":"p","deviceName":"d1"},
                  "properties":{"T":[{"value":1,"time":10},{"value":2,"time":20}],
                                "P":[{"value":3,"time":10}]}}]}
                """))
        .containsExactly(
            "[d1] {\"params\":{\"T\":{\"value\":1,\"time\":10},\"P\":{\"value\":3,\"time\":10}}}",
            "[d1] {\"params\":{\"T\":{\"value\":2,\"time\":20}}}");
  }

  @Test
  void iotdaSubDevicesKeepTheirServices() throws Exception {
    assertThat(
            parts(
                """
                {"devices":[{"device_id":"c1","services":[{"service_id":"temperature",
                  "properties":{"value":57},"event_time":"20151212T121212Z"}]}]}
                """))
        .containsExactly(
            "[c1] {\"services\":[{\"service_id\":\"temperature\","
                + "\"properties\":{\"value\":57},\"event_time\":\"20151212T121212Z\"}]}");
  }

  @Test
  void whatHasNeitherIsNoReport() {
    assertThatThrownBy(() -> parts("{\"a\":1}"))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("neither params nor devices");
    assertThatThrownBy(() ->
            parts(
                "{\"params\":{\"properties\":{\"T\":["
                    + "{\"value\":1},".repeat(5_000)
                    + "{\"value\":1}]}}}"))
        .hasMessageContaining("more than 4096");
  }
}
