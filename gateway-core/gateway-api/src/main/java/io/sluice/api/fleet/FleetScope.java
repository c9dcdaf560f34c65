package io.sluice.api.fleet;

import io.sluice.api.config.Option;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which devices of the fleet a gateway follows.
 *
 * @param sites names; empty: all
 */
public record FleetScope(
    @Option(
            doc =
                "Sites whose devices this gateway knows; empty: all. A device that is moved to"
                    + " another site leaves. Devices that have registered themselves and have no"
                    + " site yet (unregistered) are everywhere.")
        List<String> sites) {
  /** Site of the devices that have registered themselves and that nobody has placed yet. */
  public static final String UNREGISTERED = "unregistered";

  /** All of the fleet. */
  public static final FleetScope ALL = new FleetScope(List.of());

  public FleetScope {
    sites = List.copyOf(sites);
  }

  /** Whether a device of that site is followed. */
  public boolean has(String site) {
    return sites.isEmpty() || sites.contains(site) || site.equals(UNREGISTERED);
  }

  /** All sites whose devices are followed; empty: all. */
  public List<String> followed() {
    return sites.isEmpty()
        ? sites
        : Stream.concat(sites.stream(), Stream.of(UNREGISTERED)).distinct().sorted().toList();
  }
}
