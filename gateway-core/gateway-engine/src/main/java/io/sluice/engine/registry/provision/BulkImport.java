package io.sluice.engine.registry.provision;

import io.sluice.api.Device;
import io.sluice.api.operator.DeviceImporter.ImportReport;
import io.sluice.api.operator.DeviceImporter.RefusedLine;
import io.sluice.engine.registry.device.DeviceEntry;
import io.sluice.engine.registry.device.DeviceIndex;
import io.sluice.engine.registry.device.DeviceMerge;
import io.sluice.engine.registry.device.DeviceRules;
import io.sluice.engine.registry.device.DeviceWrite;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Decides which lines of an import are taken. Used by one thread, once. */
final class BulkImport {
  private final DeviceIndex index;
  private final Map<String, Taken> taken = new LinkedHashMap<>();
  private final TakenCredentials claims = new TakenCredentials();
  private final List<RefusedLine> refused = new ArrayList<>();

  private record Taken(int line, @Nullable DeviceEntry before, DeviceEntry after) {}

  BulkImport(DeviceIndex index) {
    this.index = index;
  }

  /**
   * @param passwordHash of the line's password, null where it has none
   */
  void offer(ImportLine line, @Nullable String passwordHash) {
    String id = line.spec().id().value();
    Taken first = taken.get(id);
    if (first != null) {
      refuse(line, "id: is given twice, first on line " + first.line() + "; remove one");
      return;
    }
    DeviceEntry before = index.find(id);
    DeviceEntry after = DeviceMerge.merged(before, line.spec(), passwordHash, false);
    List<DeviceRules.Fault> clashes = DeviceMerge.clashes(after, index, this::device);
    if (!clashes.isEmpty()) {
      refuse(line, String.join("; ", clashes.stream().map(Object::toString).toList()));
    } else if (!claims.take(after)) {
      refuse(line, TakenCredentials.TAKEN.toString());
    } else {
      taken.put(id, new Taken(line.line(), before, after));
    }
  }

  private void refuse(ImportLine line, String reason) {
    refused.add(new RefusedLine(line.line(), line.spec().id().value(), reason));
  }

  private @Nullable Device device(String id) {
    Taken coming = taken.get(id);
    DeviceEntry found = coming == null ? index.find(id) : coming.after();
    return found == null ? null : found.device();
  }

  List<DeviceEntry> toStore() {
    return taken.values().stream().map(Taken::after).toList();
  }

  List<DeviceWrite.Replaced> replaced() {
    return taken.values().stream()
        .map(one -> new DeviceWrite.Replaced(one.before(), one.after()))
        .toList();
  }

  /**
   * @param unreadable lines that were refused before
   */
  ImportReport report(List<RefusedLine> unreadable) {
    int replaced = (int) taken.values().stream().filter(one -> one.before() != null).count();
    List<RefusedLine> all =
        Stream.concat(unreadable.stream(), refused.stream())
            .sorted(Comparator.comparingInt(RefusedLine::line))
            .toList();
    return new ImportReport(taken.size() - replaced, replaced, all);
  }
}
