package io.sluice.upstream.mqtt;

import io.sluice.api.ByteSink;
import io.sluice.api.Lane;
import io.sluice.engine.forward.Delivery;
import io.sluice.engine.forward.OutboundBatch;
import io.sluice.engine.forward.Upstream;
import io.sluice.upstream.CloudEvents;
import io.sluice.upstream.RecordTemplate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes records to a broker. A batch is delivered when the last of its acknowledgements is in.
 *
 * <p>The Forwarder's thread encodes; a thread of the connection's own publishes as the window
 * allows, so that an alarm passes what still waits of telemetry.
 */
final class MqttUpstream implements Upstream {
  private static final Logger LOG = LoggerFactory.getLogger(MqttUpstream.class);
  private static final long PUBLISHER_END_MILLIS = 1_000;

  private final String gateway;
  private final String name;
  private final MqttSettings settings;
  private final RecordTemplate topic;
  private final Function<PublishWindow, MqttLink> links;
  private final ByteSink sink = new ByteSink(1 << 12);
  private PublishWindow window;
  private @Nullable MqttLink link;
  private @Nullable Thread publisher;

  MqttUpstream(
      String gateway, String name, MqttSettings settings, Function<PublishWindow, MqttLink> links) {
    this.gateway = gateway;
    this.name = name;
    this.settings = settings;
    this.links = links;
    this.topic =
        RecordTemplate.of(
            settings.topic(), gateway, c -> c != '/' && c != '+' && c != '#' && c != 0);
    this.window = closedWindow();
  }

  private static PublishWindow closedWindow() {
    PublishWindow closed = new PublishWindow(1);
    closed.fail("not connected");
    return closed;
  }

  @Override
  public void open() throws IOException, InterruptedException {
    PublishWindow opened = new PublishWindow(settings.inFlight());
    MqttLink connection = links.apply(opened);
    link = connection;
    connection.connect();
    window = opened;
    publisher =
        Thread.ofPlatform()
            .daemon()
            .name("publish-" + name)
            .start(() -> publish(opened, connection));
  }

  private static void publish(PublishWindow window, MqttLink link) {
    try {
      for (Publication next = window.take(); next != null; next = window.take()) {
        link.publish(next);
      }
    } catch (IOException e) {
      window.fail(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      window.fail("interrupted");
    } catch (RuntimeException e) {
      // At the thread's top: the client's fault must not leave the batches without a verdict.
      LOG.error("MQTT client failed", e);
      window.fail("MQTT client failed: " + e);
    }
  }

  @Override
  public CompletableFuture<Delivery> send(OutboundBatch batch) {
    BatchUnderWay underWay = new BatchUnderWay(batch.count());
    List<Publication> publications = new ArrayList<>(batch.count());
    for (int i = 0; i < batch.count(); i++) {
      sink.clear();
      batch.encode(i, sink);
      CloudEvents event = settings.cloudEvents() ? CloudEvents.of(gateway, batch, i) : null;
      publications.add(
          new Publication(underWay, i, topic.expand(batch, i), sink.toByteArray(), event));
    }
    return window.add(underWay, publications, batch.lane() == Lane.ALARM);
  }

  @Override
  public long confirmations() {
    return window.confirmations();
  }

  @Override
  public void close() {
    window.fail("disconnected");
    if (link != null) {
      link.disconnect();
      link = null;
    }
    if (publisher != null) {
      try {
        if (!publisher.join(java.time.Duration.ofMillis(PUBLISHER_END_MILLIS))) {
          publisher.interrupt();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      publisher = null;
    }
  }
}
