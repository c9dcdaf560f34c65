package io.sluice.adapter.mqttclient;

import io.sluice.api.Command;
import io.sluice.api.Downlink;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.LinkEnd;
import java.util.function.Consumer;

/**
 * One connection to the broker as the session of all that comes by it, for vendors whose messages
 * hang together: what their rules ask for is published. Commands go another way ({@link
 * SourceCommands}). Told apart by identity. Thread-safe.
 */
final class SourceLink implements DeviceLink {
  private final Consumer<Downlink> publisher;
  private final Runnable retry;

  /**
   * @param publisher hands a message to the event loop, which drops it where the connection is gone
   * @param retry has commands written for which there was no form
   */
  SourceLink(Consumer<Downlink> publisher, Runnable retry) {
    this.publisher = publisher;
    this.retry = retry;
  }

  @Override
  public boolean send(Command command) {
    return false;
  }

  @Override
  public boolean tell(Downlink message) {
    publisher.accept(message);
    return true;
  }

  @Override
  public void knownAnew() {
    retry.run();
  }

  @Override
  public void close(LinkEnd reason) {
    // it ends with the connection alone
  }
}
