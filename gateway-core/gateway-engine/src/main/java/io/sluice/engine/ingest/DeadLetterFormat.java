package io.sluice.engine.ingest;

import io.sluice.api.ContentType;
import io.sluice.api.MessageBounds;
import io.sluice.api.RejectReason;
import io.sluice.api.Uplink;
import io.sluice.api.admin.DeadLetters.DeadLetter;
import io.sluice.engine.spool.Spool.StoredEntry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The body of a dead letter in the spool.
 *
 * <pre>
 * version u8 = 1 | reason | detail | device | protocol | topic | content type | payload: rest
 * </pre>
 *
 * The texts are in {@link DataOutputStream#writeUTF modified UTF-8}, each cut at 4,096 characters.
 */
final class DeadLetterFormat {
  private static final int VERSION = 1;
  private static final int TEXT_MAX_CHARS = MessageBounds.LETTER_TEXT_MAX_CHARS;

  private DeadLetterFormat() {}

  static byte[] encode(RejectReason reason, String detail, String device, Uplink uplink) {
    return encode(
        reason,
        detail,
        device,
        uplink.protocol(),
        uplink.topic(),
        uplink.contentType(),
        uplink.payload());
  }

  static byte[] encode(
      RejectReason reason,
      String detail,
      String device,
      String protocol,
      String topic,
      ContentType contentType,
      byte[] payload) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + payload.length);
    List<String> texts =
        List.of(reason.name(), detail, device, protocol, topic, contentType.name());
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      for (String text : texts) {
        out.writeUTF(text.length() > TEXT_MAX_CHARS ? text.substring(0, TEXT_MAX_CHARS) : text);
      }
      out.write(payload);
    } catch (IOException e) {
      throw new UncheckedIOException("an array took no bytes", e);
    }
    return bytes.toByteArray();
  }

  static DeadLetter decode(StoredEntry entry) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(entry.body()))) {
      int version = in.readUnsignedByte();
      if (version != VERSION) {
        throw new IOException("format version " + version);
      }
      return new DeadLetter(
          entry.sequence(),
          entry.receivedMicros(),
          RejectReason.valueOf(in.readUTF()),
          in.readUTF(),
          in.readUTF(),
          in.readUTF(),
          in.readUTF(),
          ContentType.valueOf(in.readUTF()),
          in.readAllBytes());
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalStateException("dead letter " + entry.sequence() + " cannot be read", e);
    }
  }
}
