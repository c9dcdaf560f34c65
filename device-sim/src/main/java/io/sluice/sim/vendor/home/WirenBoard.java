package io.sluice.sim.vendor.home;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Fields;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.Trees;
import java.util.ArrayList;
import java.util.List;

/**
 * A weather sensor as Wiren Board's controllers publish it (github.com/wirenboard/conventions): a
 * topic for each control, retained, with a leading slash; {@code meta} beside it tells type and
 * unit.
 */
public final class WirenBoard implements Firmware {
  /** Controls: name, type, unit, our name and unit of what they say. */
  private static final List<Control> CONTROLS =
      List.of(
          new Control("Temperature", "temperature", "deg C", "temperature", "Cel"),
          new Control("Humidity", "rel_humidity", "%, RH", "humidity", "%RH"),
          new Control("Wind Speed", "wind_speed", "m/s", "windSpeed", "m/s"));

  private record Control(String name, String type, String units, String metric, String unit) {}

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of("/devices/" + session.id() + "/controls/+/on");
  }

  @Override
  public List<Publication> greetings(DeviceSpec session, List<DeviceSpec> children) {
    List<Publication> metas = new ArrayList<>();
    metas.add(
        Publication.json(
                "/devices/" + session.id() + "/meta",
                Trees.of("driver", "wb-modbus", "title", Trees.of("en", "Weather")))
            .retained());
    for (Control control : CONTROLS) {
      metas.add(
          Publication.json(
                  topic(session, control) + "/meta",
                  Trees.of("type", control.type, "units", control.units, "readonly", true))
              .retained());
    }
    return metas;
  }

  private static String topic(DeviceSpec spec, Control control) {
    return "/devices/" + spec.id() + "/controls/" + control.name;
  }

  private static Control control(long index) {
    return CONTROLS.get((int) (index % CONTROLS.size()));
  }

  @Override
  public boolean carriesTime() {
    return false;
  }

  /** Its controls in turn. */
  @Override
  public Sample said(DeviceSpec spec, Sample sample, long index) {
    Control control = control(index);
    return Fields.only(
        sample, new Field(control.name, control.unit, Fields.value(sample, control.metric)));
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    return Publication.text(
            topic(spec, control(index)), said.fields().getFirst().value().toString())
        .retained();
  }
}
