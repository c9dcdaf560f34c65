package io.sluice.engine.normalize.codec;

import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profile.Unknown;
import io.sluice.engine.normalize.sample.Samples;
import io.sluice.engine.record.RecordFormat.Kind;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Where a sample's time came from, so that it can be kept if a better one comes. */
final class SeenTime {
  private String path = "";
  private int at;
  private Kind kind = Kind.LONG;
  private long bits;
  private @Nullable String text;

  /** The path of the time that was noted last. */
  String path() {
    return path;
  }

  void note(JsonParser parser, JsonToken token, String path, int at) {
    this.path = path;
    this.at = at;
    text = null;
    switch (token) {
      case VALUE_NUMBER_INT -> {
        kind = Kind.LONG;
        bits = parser.getLongValue();
      }
      case VALUE_NUMBER_FLOAT -> {
        kind = Kind.DOUBLE;
        bits = Double.doubleToRawLongBits(parser.getDoubleValue());
      }
      default -> {
        kind = Kind.STRING;
        text = parser.getString();
      }
    }
  }

  /** Keeps what was noted as a field like any other. */
  void keep(Samples samples, Profile profile) throws PayloadException {
    if (profile.unknown() == Unknown.KEEP) {
      samples.addUnknown(
          samples.claimUnknown(path, profile.isMetric(path), at), at, kind, bits, text);
    }
  }
}
