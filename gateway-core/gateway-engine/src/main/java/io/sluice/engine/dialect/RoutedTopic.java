package io.sluice.engine.dialect;

import io.sluice.api.ContentType;
import io.sluice.api.MessageClass;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.talk.Following;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a topic means, and by which rule. Immutable.
 *
 * @param device the device that the topic names, or null: the session's
 * @param payload unspecified: the profile or the first bytes decide
 * @param dialect name of the dialect that took it
 * @param rule its rule for people, with file and line; a dialect in code has its class there
 * @param unpacker what takes its messages apart, or null: a message is one payload of one device
 * @param isKept whether its messages are stored
 * @param follow what follows them, or null
 */
public record RoutedTopic(
    MessageClass messageClass,
    @Nullable String device,
    ContentType payload,
    String dialect,
    String rule,
    @Nullable Unpacker unpacker,
    boolean isKept,
    @Nullable Following follow) {
  /** Of one that is stored, and that nothing follows. */
  public RoutedTopic(
      MessageClass messageClass,
      @Nullable String device,
      ContentType payload,
      String dialect,
      String rule,
      @Nullable Unpacker unpacker) {
    this(messageClass, device, payload, dialect, rule, unpacker, true, null);
  }

  private static final RoutedTopic[] OF_SESSION =
      Arrays.stream(MessageClass.values())
          .map(each -> new RoutedTopic(each, null, ContentType.UNSPECIFIED, "", "no rule", null))
          .toArray(RoutedTopic[]::new);

  /** Of the session's device, by no dialect: the message itself says its class. */
  public static RoutedTopic ofSession(MessageClass messageClass) {
    return OF_SESSION[messageClass.ordinal()];
  }

  /** The content type of a message: its own word, else that of the rule. */
  public ContentType contentType(ContentType declared) {
    return declared == ContentType.UNSPECIFIED ? payload : declared;
  }

  /** The same with payloads of that type; null: it says nothing. */
  RoutedTopic with(@Nullable ContentType type) {
    return type == null
        ? this
        : new RoutedTopic(messageClass, device, type, dialect, rule, unpacker, isKept, follow);
  }

  RoutedTopic of(String named) {
    return new RoutedTopic(messageClass, named, payload, dialect, rule, unpacker, isKept, follow);
  }
}
