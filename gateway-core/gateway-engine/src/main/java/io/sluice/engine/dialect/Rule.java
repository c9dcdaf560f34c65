package io.sluice.engine.dialect;

import io.sluice.api.ContentType;
import io.sluice.api.MessageClass;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.config.Location;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One rule of a dialect. Immutable.
 *
 * @param dialect name of the dialect
 * @param pattern the topics that it is about
 * @param at where it stands
 * @param path its place within the file: {@code up[3].topic}
 * @param payload unspecified where it says nothing
 * @param unpacker what takes its messages apart, or null. Two rules of one meaning have equal ones
 */
record Rule(
    String dialect,
    TopicPattern pattern,
    Location at,
    String path,
    MessageClass messageClass,
    ContentType payload,
    @Nullable Unpacker unpacker) {
  /** Whether both mean the same by the same topics. */
  boolean meansAs(Rule other) {
    return messageClass == other.messageClass
        && payload == other.payload
        && pattern.deviceLevel() == other.pattern.deviceLevel()
        && Objects.equals(unpacker, other.unpacker);
  }
}
