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
  /** Size of an answer to an address that has not been verified. */
  AMPLIFICATION,
  /** Datagrams that the system dropped since the socket's receive buffer was full. */
  RECEIVE_BUFFER;

  private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

  public String label() {
    return label;
  }
}
