package io.sluice.sim.vendor.home;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Fields;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.Trees;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A weather station that says by Home Assistant's discovery what its one topic means
 * (home-assistant.io, "MQTT", "MQTT Discovery", "Multiple values in one message"): abbreviated
 * keys, a base topic, a template for each value.
 */
public final class HomeAssistant implements Firmware {
  /** Entities: our name and unit, the unit and the class that they are announced with. */
  private static final List<Entity> ENTITIES =
      List.of(
          new Entity("temperature", "Cel", "°C", "temperature"),
          new Entity("humidity", "%RH", "%", "humidity"),
          new Entity("pressure", "hPa", "hPa", "atmospheric_pressure"),
          new Entity("windSpeed", "m/s", "m/s", "wind_speed"));

  private record Entity(String metric, String unit, String announced, String kind) {}

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of("homeassistant/status");
  }

  @Override
  public List<Publication> greetings(DeviceSpec session, List<DeviceSpec> children) {
    List<Publication> configs = new ArrayList<>();
    for (Entity entity : ENTITIES) {
      Map<String, Object> config = new LinkedHashMap<>();
      config.put("~", base(session));
      config.put("name", entity.metric);
      config.put("uniq_id", session.id() + "_" + entity.metric);
      config.put("stat_t", "~/state");
      config.put("val_tpl", "{{ value_json." + entity.metric + " }}");
      config.put("unit_of_meas", entity.announced);
      config.put("dev_cla", entity.kind);
      config.put("dev", Trees.of("ids", List.of(session.id()), "name", "Weather"));
      configs.add(
          Publication.json(
                  "homeassistant/sensor/%s/%s/config".formatted(session.id(), entity.metric),
                  config)
              .retained());
    }
    return configs;
  }

  private static String base(DeviceSpec spec) {
    return "garden/" + spec.id();
  }

  @Override
  public boolean carriesTime() {
    return false;
  }

  @Override
  public Sample said(DeviceSpec spec, Sample sample, long index) {
    return new Sample(
        sample.n(),
        sample.micros(),
        sample.kind(),
        ENTITIES.stream()
            .map(each -> new Field(each.metric, each.unit, Fields.value(sample, each.metric)))
            .toList());
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    Map<String, Object> values = new LinkedHashMap<>();
    said.fields().forEach(field -> values.put(field.name(), field.value()));
    return Publication.json(base(spec) + "/state", values);
  }
}
