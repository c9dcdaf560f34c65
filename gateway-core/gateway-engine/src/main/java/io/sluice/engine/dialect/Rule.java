package io.sluice.engine.dialect;

import io.sluice.api.ContentType;
import io.sluice.api.MessageClass;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.config.Location;
import io.sluice.engine.dialect.talk.Follow;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One rule of a dialect. Immutable.
 *
 * @param dialect name of the dialect
 * @param pattern the topics that it is about
 * @param at where it stands
 * @param path its place within the file: {@code up[3].topic}
 * @param messageClass null: its messages are answered and not stored
 * @param payload unspecified where it says nothing
 * @param unpacker what takes its messages apart, or null. Two rules of one meaning have equal ones
 * @param follow what follows its messages, or null
 */
record Rule(
    String dialect,
    TopicPattern pattern,
    Location at,
    String path,
    @Nullable MessageClass messageClass,
    ContentType payload,
    @Nullable Unpacker unpacker,
    @Nullable Follow follow) {
  /** Whether both mean the same by the same topics. */
  boolean meansAs(Rule other) {
    return messageClass == other.messageClass
        && payload == other.payload
        && (follow == null) == (other.follow == null)
        && pattern.deviceLevel() == other.pattern.deviceLevel()
        && Objects.equals(unpacker, other.unpacker);
  }
}
