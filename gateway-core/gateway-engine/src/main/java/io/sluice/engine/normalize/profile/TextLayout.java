package io.sluice.engine.normalize.profile;

import java.util.List;

/**
 * How a payload of plain text is read where it is not {@code k=v} or {@code k: v}.
 *
 * @param value name of a lone number or word
 * @param columns names of separated values, empty where there are none
 * @param separator between columns
 */
public record TextLayout(String value, List<String> columns, char separator) {}
