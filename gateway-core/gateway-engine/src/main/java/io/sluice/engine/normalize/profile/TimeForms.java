package io.sluice.engine.normalize.profile;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * How a profile writes its times.
 *
 * @param zone of times without one
 * @param formats the profile's own patterns, tried before the usual forms
 */
public record TimeForms(ZoneId zone, List<DateTimeFormatter> formats) {}
