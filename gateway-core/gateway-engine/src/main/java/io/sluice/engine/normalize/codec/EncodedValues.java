package io.sluice.engine.normalize.codec;

import io.sluice.api.QualityReason;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.ByteLayout;
import io.sluice.engine.normalize.profile.ByteLayout.Place;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profile.Unknown;
import io.sluice.engine.normalize.profile.Shape.Encoded;
import io.sluice.engine.normalize.profile.Shape.Encoding;
import io.sluice.engine.normalize.sample.PayloadFaults;
import io.sluice.engine.normalize.sample.PayloadText;
import io.sluice.engine.normalize.sample.Samples;
import io.sluice.engine.normalize.sample.Values;
import io.sluice.engine.normalize.unit.Numerals;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Takes what a single value holds, bytes or bits, into columns. Pure. */
public final class EncodedValues {
  private static final int HEX = 16;

  private EncodedValues() {}

  /**
   * Takes the bytes that a text stands for. One that is no such text is kept as it came, as bad.
   *
   * @param at byte of the payload at which the value stands
   */
  static void ofText(
      Encoded shape, String path, String text, int at, Profile profile, Samples samples)
      throws PayloadException {
    String stripped = text.strip();
    byte[] bytes =
        shape.encoding() == Encoding.HEX
            ? PayloadText.ofHex(stripped)
            : PayloadText.ofBase64(stripped);
    if (bytes == null) {
      refuse(
          path,
          text,
          at,
          " is no text of "
              + (shape.encoding() == Encoding.HEX ? "hex digits" : "base64")
              + "; send that, or change encoded in the profile",
          profile,
          samples);
      return;
    }
    ByteLayout layout = shape.layout();
    if (layout != null && layout.exactLength() >= 0 && layout.exactLength() != bytes.length) {
      refuse(
          path,
          text,
          at,
          " holds " + bytes.length + " bytes, its layout " + layout.exactLength(),
          profile,
          samples);
      return;
    }
    ofBytes(shape, path, bytes, at, profile, samples);
  }

  /**
   * Takes what a text holds that a codec found.
   *
   * @return whether nothing of the value is left to be taken
   */
  public static boolean ofWord(
      Encoded shape, String path, String text, int at, Profile profile, Samples samples)
      throws PayloadException {
    switch (shape.encoding()) {
      case HEX, BASE64 -> {
        if (text.isBlank()) {
          return false;
        }
        ofText(shape, path, text, at, profile, samples);
        return true;
      }
      case BITS -> {
        Long value = integer(text);
        if (value != null) {
          ofBits(shape, path, value, at, profile, samples);
        }
        return value != null && shape.inner() == null && profile.unknown() == Unknown.REJECT;
      }
      case JSON -> {}
    }
    return false;
  }

  /** Takes bytes by their layout. */
  static void ofBytes(
      Encoded shape, String path, byte[] bytes, int at, Profile profile, Samples samples)
      throws PayloadException {
    ByteLayout layout = shape.layout();
    if (layout == null) {
      return; // the profile has a fault then
    }
    for (Place place : layout.places()) {
      if (place.end() > bytes.length) {
        if (!place.optional()) {
          samples.fault(
              PayloadFaults.at(
                  path,
                  at,
                  "the value ends at byte "
                      + bytes.length
                      + ", "
                      + place.field().metric().name()
                      + " at "
                      + place.end()
                      + "; send it whole, or call the field optional in the layout"));
        }
        continue;
      }
      boolean first = samples.claim(place.field(), at);
      if (first || profile.unknown() == Unknown.KEEP) {
        BytesCodec.read(bytes, place, at, samples);
        if (!first) {
          samples.disown(path + '.' + place.field().metric().name());
        }
      }
    }
  }

  /** Takes the bits of an integer that have names. */
  static void ofBits(
      Encoded shape, String path, long value, int at, Profile profile, Samples samples)
      throws PayloadException {
    ByteLayout layout = shape.layout();
    if (layout == null) {
      return; // as above
    }
    for (Place place : layout.places()) {
      boolean first = samples.claim(place.field(), at);
      if (first || profile.unknown() == Unknown.KEEP) {
        long mask = place.width() == Long.SIZE ? -1 : (1L << place.width()) - 1;
        Values.addLong(samples, place.field(), at, (value >>> place.bit()) & mask);
        if (!first) {
          samples.disown(path + '.' + place.field().metric().name());
        }
      }
    }
  }

  /** The integer that a text is, decimal or {@code 0x1F}; null where it is none. */
  static @Nullable Long integer(String text) {
    String stripped = text.strip();
    if (stripped.startsWith("0x") || stripped.startsWith("0X")) {
      try {
        return Long.parseUnsignedLong(stripped, 2, stripped.length(), HEX);
      } catch (NumberFormatException e) {
        return null;
      }
    }
    return switch (Numerals.parse(stripped)) {
      case Long whole -> whole;
      case Double number -> integer(number);
      case null, default -> null;
    };
  }

  /** The integer that a number is; null where it has a fraction, or 64 bits do not hold it. */
  static @Nullable Long integer(double number) {
    boolean isWhole = number == Math.rint(number) && Math.abs(number) < 0x1p53;
    return isWhole ? (Long) new BigDecimal(number).longValueExact() : null;
  }

  /** Keeps a text as it came, as bad. */
  static void refuse(
      String path, String text, int at, String what, Profile profile, Samples samples)
      throws PayloadException {
    String fault = PayloadFaults.quoted(text) + what;
    if (profile.unknown() == Unknown.DROP) {
      samples.fault(PayloadFaults.at(path, at, fault));
    } else {
      String name = samples.claimUnknown(path, profile.isMetric(path), at);
      samples.refuseUnknown(name, at, QualityReason.TYPE, text, fault);
    }
  }
}
