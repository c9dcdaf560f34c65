package io.sluice.adapter.coap.udp;

/** A connector whose sockets follow the addresses of the machine. Thread-safe. */
public interface AddressFollower {
  /** Called every few seconds; blocks for some milliseconds. */
  void follow();

  /** Rises when sockets have been opened or closed. */
  int changes();
}
