package io.sluice.api.codec;

import org.jspecify.annotations.Nullable;

/**
 * Makes the codecs of one name. Found by {@link java.util.ServiceLoader}, by a line in {@code
 * META-INF/services/io.sluice.api.codec.PayloadCodecFactory}.
 *
 * <p>Factories of all installed codecs are made when the gateway starts. A factory should be small,
 * and refer to its codec in {@link #create} alone: then the class of a codec that no profile names
 * is never loaded.
 */
public interface PayloadCodecFactory {
  /** The value of {@code codec} or {@code payload} in a profile, lower case with dashes. */
  String name();

  /**
   * A codec for one thread. Called by each thread that normalizes, when it meets the first message
   * for this codec. Thread-safe.
   */
  PayloadCodec create();

  /**
   * What writes commands to the devices whose payloads its codecs read, for one thread; null where
   * it writes none. Thread-safe.
   */
  default @Nullable DownlinkCodec downlink() {
    return null;
  }
}
