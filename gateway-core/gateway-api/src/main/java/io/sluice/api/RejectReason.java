package io.sluice.api;

import java.util.Locale;

/** Why something was refused; the {@code reason} label of the metrics and of dead letters. */
public enum RejectReason {
  /** Credentials are missing or wrong, or the device is unknown or retired. */
  NOT_AUTHENTICATED,
  /** The topic, path or child belongs to another device. */
  NOT_AUTHORIZED,
  /** No rule maps the topic. */
  UNMAPPED_TOPIC,
  /** The payload cannot be decoded. */
  PAYLOAD_INVALID,
  /** The content type is not one that the gateway knows. */
  UNSUPPORTED_CONTENT_TYPE,
  /** The payload is larger than the limit. */
  TOO_LARGE,
  /** A limit per device or in all is used up. */
  QUOTA,
  /** The peer broke the protocol. */
  PROTOCOL_ERROR,
  /** Accepted without acknowledgement (QoS 0, Non-confirmable) while the spool could take none. */
  OVERLOAD,
  /** The gateway itself failed at it. */
  INTERNAL,
  /** An upstream will never take the record, which had been accepted before. */
  UPSTREAM_REFUSED,
  /** The topic or path names a child that nobody registered. */
  UNKNOWN_CHILD;

  private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

  public String label() {
    return label;
  }
}
