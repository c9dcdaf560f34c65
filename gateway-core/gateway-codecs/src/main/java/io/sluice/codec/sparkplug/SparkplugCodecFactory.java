package io.sluice.codec.sparkplug;

import io.sluice.api.Device;
import io.sluice.api.codec.MeasurementSink;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.codec.SessionCodec;
import io.sluice.api.codec.SessionCodecFactory;
import io.sluice.api.dialect.Part;
import java.util.List;

/**
 * Offers {@code codec: sparkplug}: payloads of Sparkplug B on topics of which a profile knows the
 * device. The dialect of the same name does more: it knows nodes and their devices. Thread-safe.
 */
public final class SparkplugCodecFactory implements SessionCodecFactory {
  @Override
  public String name() {
    return "sparkplug";
  }

  @Override
  public SessionCodec open(Device device) {
    return new SparkplugCodec();
  }

  /**
   * Reads Sparkplug's payloads for one device: each into one record. On a topic that is none of
   * Sparkplug's a payload is read as data. Used by one thread at a time.
   */
  private static final class SparkplugCodec implements SessionCodec {
    /** What one session may keep: a hundred thousand metrics, about. */
    private static final long MAX_BYTES = 32L << 20;

    private static final String DATA = SparkplugTopic.NAMESPACE + "/-/NDATA/-";

    private final SparkplugSession session = new SparkplugSession(new MemoryBudget(MAX_BYTES));

    @Override
    public void decode(
        byte[] payload, Device device, String topic, long receivedMicros, MeasurementSink out)
        throws PayloadException {
      String known = SparkplugTopic.parse(topic) == null ? DATA : topic;
      List<Part> parts = session.unpack(known, payload, receivedMicros, false);
      if (parts == null || parts.isEmpty()) {
        return;
      }
      List<String> own = parts.getFirst().devices();
      boolean isFirst = true;
      for (Part part : parts) {
        Part.Content content = part.content();
        if (content != null && part.devices().equals(own)) {
          if (!isFirst) {
            out.sample();
          }
          content.read(out);
          isFirst = false;
        }
      }
    }
  }
}
