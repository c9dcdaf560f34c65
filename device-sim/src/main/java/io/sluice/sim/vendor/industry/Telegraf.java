package io.sluice.sim.vendor.industry;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Fields;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.Trees;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Telegraf on a host that reads Modbus (github.com/influxdata/telegraf, plugins/outputs/mqtt and
 * plugins/serializers/json): one metric a message, its timestamp in seconds.
 */
public final class Telegraf implements Firmware {
  private static final long SECOND = 1_000_000;
  private static final String PLUGIN = "modbus";

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of("telegraf/" + session.id() + "/control");
  }

  @Override
  public boolean carriesTime() {
    return true;
  }

  @Override
  public Sample said(DeviceSpec spec, Sample sample, long index) {
    Sample cut = Fields.cut(sample, SECOND);
    return new Sample(
        cut.n(),
        cut.micros(),
        cut.kind(),
        sample.fields().stream()
            .map(field -> new Field(PLUGIN + "." + field.name(), null, field.value()))
            .toList());
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (Field field : said.fields()) {
      fields.put(field.name().substring(PLUGIN.length() + 1), field.value());
    }
    return Publication.json(
        "telegraf/" + spec.id() + "/" + PLUGIN,
        Trees.of(
            "fields",
            fields,
            "name",
            PLUGIN,
            "tags",
            Trees.of("host", spec.id()),
            "timestamp",
            said.micros() / SECOND));
  }
}
