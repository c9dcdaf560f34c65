package io.sluice.api;

import java.time.Duration;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * One registered device as the registry knows it at one moment. Immutable.
 *
 * @param id its id
 * @param profile id of its device profile; the record's {@code model}
 * @param sector {@code factory}, {@code farm}, {@code public-service}, {@code emergency} or one's
 *     own
 * @param site where it stands
 * @param interval report interval that replaces the profile's, or null
 * @param parent the concentrator that may publish for it, or null
 * @param planned whether it belongs to the plan of the site
 * @param commissioned whether it is expected to report
 * @param retired whether it was taken out of service: it is admitted no more
 * @param timezone zone of the times that it writes without one, or null: its site's or profile's
 */
public record Device(
    DeviceId id,
    String profile,
    String sector,
    String site,
    @Nullable Duration interval,
    @Nullable DeviceId parent,
    boolean planned,
    boolean commissioned,
    boolean retired,
    @Nullable ZoneId timezone) {

  /** What many devices have in common is one string: less to keep, and to compare. */
  public Device {
    profile = profile.intern();
    sector = sector.intern();
    site = site.intern();
  }

  /** One whose times without zone are in the zone of its site or profile. */
  public Device(
      DeviceId id,
      String profile,
      String sector,
      String site,
      @Nullable Duration interval,
      @Nullable DeviceId parent,
      boolean planned,
      boolean commissioned,
      boolean retired) {
    this(id, profile, sector, site, interval, parent, planned, commissioned, retired, null);
  }
}
