package io.sluice.api;

import java.util.Locale;

/** What the gateway bounds; the {@code limit} label of {@code sluice_limited_total}. */
public enum Limit {
  /** Connections at once, in all. */
  CONNECTIONS,
  /** Connections at once from one address. */
  CONNECTIONS_PER_ADDRESS,
  /** New connections a second, in all. */
  CONNECTION_RATE,
  /** New connections a second from one address. */
  CONNECTION_RATE_PER_ADDRESS,
  /** Messages a second, in all. */
  MESSAGE_RATE,
  /** Messages a second of one device. */
  MESSAGE_RATE_PER_DEVICE,
  /** Payload bytes a second, in all. */
  BYTE_RATE,
  /** Payload bytes a second of one device. */
  BYTE_RATE_PER_DEVICE,
  /** Bytes of one payload. */
  PAYLOAD_SIZE,
  /** Subscriptions of one session. */
  SUBSCRIPTIONS,
  /** Wrong credentials: further ones have to wait. */
  FAILED_LOGINS,
  /** TLS handshakes under way at once. */
  HANDSHAKES,
  /** What connections that are not admitted hold together. */
  UNADMITTED_BYTES,
  /** Size of an answer to an address that has not been verified. */
  AMPLIFICATION,
  /** Datagrams that the system dropped since the socket's receive buffer was full. */
  RECEIVE_BUFFER,
  /** Bytes of alarms a second of one device. */
  ALARM_BYTE_RATE_PER_DEVICE,
  /** What one device may have of a lane while upstreams are away. */
  LANE_SHARE_PER_DEVICE,
  /** Dead letters of one device: refused all the same, but not kept. */
  DEAD_LETTER_SHARE_PER_DEVICE;

  private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

  public String label() {
    return label;
  }
}
