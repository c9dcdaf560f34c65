package io.sluice.upstream.mqtt;

import java.io.IOException;

/**
 * A connection to a broker, whatever the MQTT version. Its outcomes go to the {@link PublishWindow}
 * that it was made with, on the client's own threads.
 */
interface MqttLink {
  /** Waits a bounded time. The exception's message is shown to the operator. */
  void connect() throws IOException, InterruptedException;

  void publish(Publication publication) throws IOException;

  /** Bounded; never throws. */
  void disconnect();
}
