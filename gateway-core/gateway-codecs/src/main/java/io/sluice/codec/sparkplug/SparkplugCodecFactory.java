package io.sluice.codec.sparkplug;

import io.sluice.api.Device;
import io.sluice.api.codec.SessionCodec;
import io.sluice.api.codec.SessionCodecFactory;

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
}
