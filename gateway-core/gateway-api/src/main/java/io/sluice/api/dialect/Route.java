package io.sluice.api.dialect;

import io.sluice.api.ContentType;
import io.sluice.api.MessageClass;
import io.sluice.api.adapter.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What a topic means. Immutable.
 *
 * @param messageClass the class of its messages; a device profile's rules may make an alarm of one
 * @param device the device that the topic names, or null: the device of the session. A message that
 *     names another device is taken where that is a registered child of the session's device
 * @param payload what its payloads are where the message itself says nothing; {@link
 *     ContentType#UNSPECIFIED}: the profile or the first bytes decide
 * @param unpacker what takes its messages apart, or null: a message is one payload of one device
 * @param exchange what is replied to its messages, and which command one of them answers; or null
 * @param isKept whether its messages are stored; else they are acknowledged and answered
 */
public record Route(
    MessageClass messageClass,
    @Nullable String device,
    ContentType payload,
    @Nullable Unpacker unpacker,
    @Nullable Exchange exchange,
    boolean isKept) {
  /** Of messages that are stored, and that nothing follows. */
  public Route(
      MessageClass messageClass,
      @Nullable String device,
      ContentType payload,
      @Nullable Unpacker unpacker) {
    this(messageClass, device, payload, unpacker, null, true);
  }

  /** Of messages that are one payload of one device. */
  public Route(MessageClass messageClass, @Nullable String device, ContentType payload) {
    this(messageClass, device, payload, null);
  }

  /** Of the session's device, and with payloads that tell by themselves what they are. */
  public Route(MessageClass messageClass) {
    this(messageClass, null, ContentType.UNSPECIFIED);
  }

  /** Of messages that are taken apart, and tell by themselves of which device they are. */
  public Route(MessageClass messageClass, Unpacker unpacker) {
    this(messageClass, null, ContentType.UNSPECIFIED, unpacker);
  }

  /** The same, followed by that. */
  public Route with(Exchange following) {
    return new Route(messageClass, device, payload, unpacker, following, isKept);
  }

  /** Of messages that are answered and not stored. */
  public static Route answered(@Nullable String device, Exchange following) {
    return new Route(MessageClass.EVENT, device, ContentType.UNSPECIFIED, null, following, false);
  }
}
