package io.sluice.engine.dialect.unpack.wrap;

import io.sluice.api.DeviceId;
import io.sluice.api.MessageBounds;
import io.sluice.api.RejectReason;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Messages that are compressed by gzip (RFC 1952). What comes out is at most as long as a payload
 * may be, however small what came in. Thread-safe.
 *
 * @param inner what takes apart what comes out, or null: it is one payload
 */
public record Gunzip(@Nullable Unpacker inner) implements Unpacker {
  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    byte[] plain = plain(payload);
    return inner == null ? List.of(Part.of(plain)) : inner.unpack(topic, plain, receivedMicros);
  }

  @Override
  public List<Part> unpack(DeviceId session, String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    byte[] plain = plain(payload);
    return inner == null
        ? List.of(Part.of(plain))
        : inner.unpack(session, topic, plain, receivedMicros);
  }

  private static byte[] plain(byte[] payload) throws PayloadException {
    int most = MessageBounds.PAYLOAD_MAX_BYTES;
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(payload))) {
      byte[] plain = in.readNBytes(most + 1);
      if (plain.length > most) {
        throw new PayloadException(
            RejectReason.TOO_LARGE,
            "the payload has more than %d bytes once it is unpacked; split it into several messages"
                .formatted(most));
      }
      return plain;
    } catch (IOException e) {
      throw new PayloadException(
          "the payload is no gzip (" + e.getMessage() + "); compress it, or publish it without");
    }
  }
}
