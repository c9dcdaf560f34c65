package io.sluice.sim.vendor.cloud;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.SignIn;
import io.sluice.sim.vendor.Trees;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A device, or a gateway with devices, of Eclipse Hono (user guide, "MQTT Adapter"): {@code
 * id@tenant}, short topic names and long ones with a bag of properties in turn.
 */
public final class Hono implements Firmware {
  private static final String TENANT = "PLANT1";

  @Override
  public SignIn signIn(DeviceSpec session, Instant now) {
    return new SignIn("hono-" + session.id(), session.id() + "@" + TENANT, session.password());
  }

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of(session.isConcentrator() ? "command//+/req/#" : "command///req/#");
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
    Map<String, Object> content = Trees.of("ts", said.micros() / 1000);
    for (Field field : said.fields()) {
      content.put(field.name(), field.value());
    }
    boolean isShort = index % 2 == 0;
    String address = isShort ? "t" : "telemetry";
    if (spec.isChild()) {
      address += "/" + TENANT + "/" + spec.id();
    }
    return Publication.json(
        isShort ? address : address + "/?content-type=application%2Fjson", content);
  }
}
