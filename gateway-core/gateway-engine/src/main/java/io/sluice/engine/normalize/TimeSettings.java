package io.sluice.engine.normalize;

import io.sluice.api.Device;
import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How the times of devices are read: the section {@code times} of the configuration. A time without
 * zone is in the device's, else in its site's, else in its profile's, else in UTC.
 */
public record TimeSettings(
    @Option(
            doc =
                "Sites whose devices write times without zone in the site's own, each as { site:"
                    + " plant-pune, timezone: Asia/Kolkata }; +05:30 is a zone too. A device's own"
                    + " timezone goes before it, a profile's behind.")
        List<Site> sites)
    implements Checked {
  public static final TimeSettings DEFAULTS = new TimeSettings(List.of());

  /** The zone of one site. */
  public record Site(
      @Option(doc = "The site, as devices name it.", required = true) String site,
      @Option(doc = "Its zone, such as Asia/Kolkata or +05:30.", required = true)
          String timezone) {}

  public TimeSettings {
    sites = List.copyOf(sites);
  }

  @Override
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Site site : sites) {
      if (!isZone(site.timezone)) {
        problems.add(new Problem("sites", unknown(site.timezone)));
      }
      if (!seen.add(site.site)) {
        problems.add(new Problem("sites", "\"" + site.site + "\" comes twice; keep one"));
      }
    }
    return problems;
  }

  /** Whether a name is that of a zone, or an offset. */
  public static boolean isZone(String name) {
    try {
      return !ZoneId.of(name).getId().isEmpty();
    } catch (DateTimeException e) {
      return false;
    }
  }

  /** What to say of one that is none. */
  public static String unknown(String name) {
    return "\"" + name + "\" is no time zone; write one such as Asia/Kolkata or +05:30";
  }

  /** The zone of a device's times, or null where neither it nor its site has one. */
  public Function<Device, @Nullable ZoneId> zones() {
    if (sites.isEmpty()) {
      return Device::timezone;
    }
    Map<String, ZoneId> bySite = new HashMap<>();
    sites.forEach(site -> bySite.put(site.site, ZoneId.of(site.timezone)));
    return device -> {
      ZoneId own = device.timezone();
      return own == null ? bySite.get(device.site()) : own;
    };
  }
}
