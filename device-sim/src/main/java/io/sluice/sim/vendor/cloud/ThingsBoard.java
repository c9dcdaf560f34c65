package io.sluice.sim.vendor.cloud;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.SignIn;
import io.sluice.sim.vendor.Trees;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A device of ThingsBoard, or its IoT Gateway with devices behind it (thingsboard.io/docs, "MQTT
 * Device API", "MQTT Gateway API"): the access token is the user name, there is no password.
 */
public final class ThingsBoard implements Firmware {
  private static final List<String> OF_DEVICE =
      List.of("v1/devices/me/rpc/request/+", "v1/devices/me/attributes");
  private static final List<String> OF_GATEWAY =
      List.of(
          "v1/gateway/attributes",
          "v1/gateway/attributes/response",
          "v1/gateway/rpc",
          "v1/devices/me/rpc/request/+",
          "v1/devices/me/attributes");

  @Override
  public SignIn signIn(DeviceSpec session, Instant now) {
    return new SignIn("tb-" + session.id(), session.token(), null);
  }

  @Override
  public List<String> filters(DeviceSpec session) {
    return session.isConcentrator() ? OF_GATEWAY : OF_DEVICE;
  }

  @Override
  public List<Publication> greetings(DeviceSpec session, List<DeviceSpec> children) {
    return children.stream()
        .map(child ->
            Publication.json(
                "v1/gateway/connect", Trees.of("device", child.id(), "type", "default")))
        .toList();
  }

  @Override
  public boolean carriesTime() {
    return true;
  }

  @Override
  public Sample said(DeviceSpec spec, Sample sample, long index) {
    return sample;
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (Field field : said.fields()) {
      values.put(field.name(), field.value());
    }
    Map<String, Object> item = Trees.of("ts", said.micros() / 1000, "values", values);
    return spec.group().concentrator() == null
        ? Publication.json("v1/devices/me/telemetry", item)
        : Publication.json("v1/gateway/telemetry", Trees.of(spec.id(), List.of(item)));
  }
}
