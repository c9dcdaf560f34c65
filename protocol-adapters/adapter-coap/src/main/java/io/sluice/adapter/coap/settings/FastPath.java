package io.sluice.adapter.coap.settings;

/** Which way uplinks go that are whole in one datagram and have only common options. */
public enum FastPath {
  /** They are read and answered on the event loop of their socket. */
  ON,
  /** They go through Californium, as every other request. */
  OFF
}
