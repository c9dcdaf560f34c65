package io.sluice.sim.vendor.home;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Fields;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.Trees;
import java.util.List;

/**
 * A GX device of Victron with a meter at the grid (github.com/victronenergy/dbus-flashmq, "Topic
 * Structure"): the topic ends with the value's path, the payload is an object with {@code value}.
 * The device's id is its portal id. It is kept alive by somebody else here.
 */
public final class Victron implements Firmware {
  private static final List<Path> PATHS =
      List.of(
          new Path("Ac/L1/Voltage", "voltage", "V"),
          new Path("Ac/L1/Current", "current", "A"),
          new Path("Ac/L1/Power", "power", "W"));
  private static final String GRID = "grid/30/";

  private record Path(String path, String metric, String unit) {}

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of("R/" + session.id() + "/#", "W/" + session.id() + "/#");
  }

  private static Path path(long index) {
    return PATHS.get((int) (index % PATHS.size()));
  }

  @Override
  public boolean carriesTime() {
    return false;
  }

  /** Its values in turn. */
  @Override
  public Sample said(DeviceSpec spec, Sample sample, long index) {
    Path path = path(index);
    return Fields.only(
        sample,
        new Field(
            (GRID + path.path).replace('/', '.'), path.unit, Fields.value(sample, path.metric)));
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    return Publication.json(
        "N/" + spec.id() + "/" + GRID + path(index).path,
        Trees.of("value", said.fields().getFirst().value()));
  }
}
