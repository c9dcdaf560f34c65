package io.sluice.engine.normalize.codec;

import io.sluice.api.Device;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.ByteLayout;
import io.sluice.engine.normalize.profile.ByteLayout.Place;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Target.Field;
import io.sluice.engine.normalize.sample.PayloadFaults;
import io.sluice.engine.normalize.sample.PayloadText;
import io.sluice.engine.normalize.sample.Samples;
import io.sluice.engine.normalize.sample.Values;
import java.math.BigInteger;

/** Raw bytes, by the layout that the profile declares. */
final class BytesCodec implements PlannedCodec {
  @Override
  public void decode(
      byte[] sent, Profile profile, Device device, long receivedMicros, Samples samples)
      throws PayloadException {
    byte[] payload = samples.unpacked ? sent : PayloadText.raw(sent, profile);
    ByteLayout layout = profile.bytes();
    if (layout == null) {
      throw new PayloadException(
          "the payload is raw bytes, but the profile "
              + profile.id()
              + " has no layout; declare one there, or send another format");
    }
    if (layout.exactLength() >= 0 && payload.length != layout.exactLength()) {
      throw new PayloadException(
          "the payload has "
              + payload.length
              + " bytes, the layout "
              + layout.exactLength()
              + "; check that device and profile belong together");
    }
    for (Place place : layout.places()) {
      if (place.end() <= payload.length) {
        read(payload, place, place.offset(), samples);
      } else if (!place.optional()) {
        throw PayloadFaults.at(
            place.field().path(),
            place.offset(),
            "the payload ends at byte "
                + payload.length
                + ", this field at "
                + place.end()
                + "; send it whole, or call the field optional in the layout");
      }
    }
  }

  /**
   * Reads one field.
   *
   * @param at the byte that is told where its value is no good
   */
  static void read(byte[] payload, Place place, int at, Samples samples) throws PayloadException {
    Field field = place.field();
    switch (place.type()) {
      case F32 ->
          Values.addDouble(
              samples,
              field,
              at,
              shortest(Float.intBitsToFloat((int) unsigned(payload, place, 4))));
      case F64 ->
          Values.addDouble(
              samples, field, at, Double.longBitsToDouble(unsigned(payload, place, 8)));
      case U64 -> addUnsigned(samples, field, at, unsigned(payload, place, 8));
      case I8, I16, I32 -> {
        int shift = 64 - 8 * place.type().bytes;
        long raw = unsigned(payload, place, place.type().bytes);
        Values.addLong(samples, field, at, raw << shift >> shift);
      }
      case BITS -> {
        int bytes = place.end() - place.offset();
        long raw = unsigned(payload, place, bytes);
        Values.addLong(samples, field, at, (raw >>> place.bit()) & ((1L << place.width()) - 1));
      }
      case U8, U16, U24, U32 ->
          Values.addLong(samples, field, at, unsigned(payload, place, place.type().bytes));
    }
  }

  private static void addUnsigned(Samples samples, Field field, int at, long raw)
      throws PayloadException {
    if (raw >= 0) {
      Values.addLong(samples, field, at, raw);
    } else {
      Values.addBig(samples, field, at, new BigInteger(Long.toUnsignedString(raw)));
    }
  }

  private static long unsigned(byte[] payload, Place place, int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      int from = place.littleEndian() ? bytes - 1 - i : i;
      value = (value << 8) | (payload[place.offset() + from] & 0xFF);
    }
    return value;
  }

  /** The double of the float's own shortest numeral: 21.3, not 21.299999237060547. */
  static double shortest(float value) {
    return Float.isFinite(value) ? Double.parseDouble(Float.toString(value)) : value;
  }
}
