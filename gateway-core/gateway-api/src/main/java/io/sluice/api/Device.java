package io.sluice.api;

import java.time.Duration;
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
    boolean retired) {}
