package io.sluice.engine.alarm;

import io.sluice.api.Device;
import io.sluice.engine.alarm.AlarmBook.DeviceNow;
import io.sluice.engine.registry.Registry;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps open alarms with their devices: those of a device that moves to another site, sector or
 * profile go with it, those of one that is retired or removed are over. On the alarm thread, each
 * second; at the start it looks at every device that has an open alarm.
 */
public final class DeviceAlarmsDuty implements Runnable {
  private final AlarmBook book;
  private final Registry registry;

  /** Ids of devices that changed; once each, so never more than there are devices. */
  private final Set<String> changed = ConcurrentHashMap.newKeySet();

  public DeviceAlarmsDuty(AlarmBook book, Registry registry) {
    this.book = book;
    this.registry = registry;
    changed.addAll(book.devicesWithAlarms());
    registry.listen((before, after, credentialsChanged) -> {
      Device either = after == null ? before : after;
      if (either != null) {
        changed.add(either.id().value());
      }
    });
  }

  @Override
  public void run() {
    if (changed.isEmpty()) {
      return;
    }
    List<String> ids = List.copyOf(changed);
    ids.forEach(changed::remove); // before it looks: a change that comes meanwhile is another one
    try {
      Set<String> concerned = book.devicesWithAlarms();
      book.devicesChanged(
          ids.stream()
              .filter(concerned::contains)
              .map(id -> new DeviceNow(id, registry.find(id)))
              .toList());
    } catch (AlarmException e) {
      changed.addAll(ids);
      throw e;
    }
  }
}
