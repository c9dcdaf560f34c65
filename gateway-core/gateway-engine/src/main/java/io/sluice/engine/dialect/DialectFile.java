package io.sluice.engine.dialect;

import io.sluice.api.ContentType;
import io.sluice.api.MessageClass;
import io.sluice.api.config.Option;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a dialect's file may say today. Immutable. */
record DialectFile(
    @Option(doc = "What the dialect is, for people.") String title,
    @Option(doc = "Its topics in a few words, for a device whose topic is not mapped.") String hint,
    @Option(doc = "What the topics mean that devices publish to; the order does not matter.")
        List<Up> up) {
  /** Keys that the format has room for, and that this version does not do. */
  static final List<String> RESERVED = List.of("sign-in", "reply", "down");

  /** Keys of one rule that the format has room for, and that this version does not do. */
  static final List<String> RESERVED_OF_RULE = List.of("children", "reply");

  /** One rule. */
  record Up(
      @Option(
              doc =
                  "Topic or path. A level is text, {device} or {child} (the device that it names),"
                      + " {any-other-name} or + (any one level), or # at the end (the rest).",
              required = true)
          String topic,
      @Option(doc = "Class of its messages.", key = "class", required = true)
          MessageClass messageClass,
      @Option(
              doc =
                  "What its payloads are where the message says nothing; without it the profile or"
                      + " the first bytes decide.")
          @Nullable ContentType payload) {}
}
