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
  static final List<String> RESERVED_OF_RULE = List.of("reply");

  /** One rule. */
  record Up(
      @Option(
              doc =
                  "Topic or path. A level is text, {device} or {child} (the device that it names),"
                      + " {metric} (the name of the only value), {any-other-name} or + (any one"
                      + " level); at the end # (the rest), {device...} or {metric...} (the rest is"
                      + " that name).",
              required = true)
          String topic,
      @Option(doc = "Class of its messages.", key = "class", required = true)
          MessageClass messageClass,
      @Option(
              doc =
                  "What its payloads are where the message says nothing; without it the profile or"
                      + " the first bytes decide.")
          @Nullable ContentType payload,
      @Option(doc = "Name of the only value of its messages, where no level is {metric}.")
          @Nullable String metric,
      @Option(
              doc = "Path in its JSON messages to the field that names the device.",
              key = "device-from")
          @Nullable String deviceFrom,
      @Option(
              doc =
                  "Its messages are of several devices: the keys of an object name them, or a field"
                      + " of each element of a list does.")
          @Nullable Children children,
      @Option(
              doc = "Path to that object or list; without it, it is the message.",
              key = "children-in")
          @Nullable String childrenIn,
      @Option(doc = "Field of a list's element that names the device.", key = "child-from")
          @Nullable String childFrom,
      @Option(
              doc = "Field that holds what a child says; without it all that stands there does.",
              key = "child-payload")
          @Nullable String childPayload,
      @Option(doc = "What takes its messages apart, of those that the program has.")
          @Nullable String unpack) {}

  /** How the devices of one message are told apart. */
  enum Children {
    KEYS,
    LIST
  }
}
