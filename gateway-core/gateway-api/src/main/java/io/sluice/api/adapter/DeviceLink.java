package io.sluice.api.adapter;

import io.sluice.api.Command;
import io.sluice.api.Downlink;

/** A live session of a device, seen from the engine. Called on any thread; must not block. */
public interface DeviceLink {
  /**
   * Sends a command, if the device can take it now (it is connected and has subscribed).
   *
   * @return false where it cannot; the command then stays queued until {@link Commands#ready}
   */
  boolean send(Command command);

  /**
   * Sends a message that is no command, and to which nothing is answered. It is sent where the far
   * end has a subscription to its topic, and else left out.
   *
   * @return false where the link sends no such messages, or has ended
   */
  default boolean tell(Downlink message) {
    return false;
  }

  /**
   * The far end has said more of itself, so that commands may be written for it now that could not
   * be before: they are tried again.
   */
  default void knownAnew() {}

  /**
   * Whether the link ends when the device is gone, as a connection does. One of a protocol without
   * sessions, such as an observation of CoAP, tells nothing of the device between its messages.
   */
  default boolean isSession() {
    return true;
  }

  /**
   * Whether commands for children of the device may be given to {@link #send}, too: a concentrator
   * takes them for those that have no link of their own.
   */
  default boolean takesForChildren() {
    return false;
  }

  /**
   * Ends the session, and tells the device why where its protocol can. May be called again, and
   * after the end. {@link Sessions#detach} tells when it has ended.
   */
  void close(LinkEnd reason);
}
