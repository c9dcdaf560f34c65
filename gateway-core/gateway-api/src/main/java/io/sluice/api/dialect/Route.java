package io.sluice.api.dialect;

import io.sluice.api.ContentType;
import io.sluice.api.MessageClass;
import org.jspecify.annotations.Nullable;

/**
 * What a topic means. Immutable.
 *
 * @param messageClass the class of its messages; a device profile's rules may make an alarm of one
 * @param device the device that the topic names, or null: the device of the session. A message that
 *     names another device is taken where that is a registered child of the session's device
 * @param payload what its payloads are where the message itself says nothing; {@link
 *     ContentType#UNSPECIFIED}: the profile or the first bytes decide
 */
public record Route(MessageClass messageClass, @Nullable String device, ContentType payload) {
  /** Of the session's device, and with payloads that tell by themselves what they are. */
  public Route(MessageClass messageClass) {
    this(messageClass, null, ContentType.UNSPECIFIED);
  }
}
