package io.sluice.api.upstream;

import io.sluice.api.upstream.ForwardSettings.Attributes;
import io.sluice.api.upstream.ForwardSettings.BadValues;

/** Makes the encoders of one payload format. Found by {@link java.util.ServiceLoader}. */
public interface RecordEncoderFactory {
  /** The value of {@code format} in an upstream's configuration, lower case with dashes. */
  String format();

  /** Media type of what the encoders write. */
  String contentType();

  /** Whether a record may have line ends in it: such a format is not for files of lines. */
  default boolean isBinary() {
    return false;
  }

  /** Whether the format has a place for qualities, so that {@code bad-values} has no use. */
  default boolean carriesQualities() {
    return false;
  }

  /**
   * @param badValues what becomes of values of bad quality where the format has no place for it
   * @param attributes of which records the class and severity are told as further values
   */
  RecordEncoder create(BadValues badValues, Attributes attributes);
}
