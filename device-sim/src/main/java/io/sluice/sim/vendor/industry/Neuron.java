package io.sluice.sim.vendor.industry;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.Trees;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * EMQX Neuron with nodes behind it (github.com/emqx/neuron-docs, "MQTT: Data Upstream", values
 * format): the message names the node.
 */
public final class Neuron implements Firmware {
  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of(
        "/neuron/" + session.id() + "/read/req", "/neuron/" + session.id() + "/write/req");
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
    return Publication.json(
        "/neuron/" + spec.group().concentrator() + "/upload",
        Trees.of(
            "timestamp",
            said.micros() / 1000,
            "node",
            spec.id(),
            "group",
            "all",
            "values",
            values,
            "errors",
            Map.of(),
            "metas",
            Map.of()));
  }
}
