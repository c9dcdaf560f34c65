package com.example.sluice;

import io.sluice.api.Device;
import io.sluice.api.codec.MeasurementSink;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadException;

/** Fields one after another: a tag of one byte, then a signed integer of two, big endian. */
final class TagCodec implements PayloadCodec {
  private static final int FIELD_BYTES = 3;

  @Override
  public void decode(byte[] payload, Device device, long receivedMicros, MeasurementSink out)
      throws PayloadException {
    if (payload.length == 0 || payload.length % FIELD_BYTES != 0) {
      throw new PayloadException(
          "the payload has " + payload.length + " bytes; send fields of 3, tag and value");
    }
    for (int at = 0; at < payload.length; at += FIELD_BYTES) {
      int tag = payload[at] & 0xFF;
      int value = (payload[at + 1] << 8) | (payload[at + 2] & 0xFF);
      out.at(at);
      switch (tag) {
        case 1 -> out.put("temperature", value / 10.0);
        case 2 -> out.put("humidity", value / 10.0);
        case 3 -> out.put("door", value != 0);
        default -> out.put("tag-" + tag, value);
      }
    }
  }
}
