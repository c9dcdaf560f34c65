package io.sluice.engine.deadletter;

import io.sluice.api.ContentType;
import io.sluice.api.Lane;
import io.sluice.api.MessageBounds;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.operator.DeadLetters.DeadLetter;
import io.sluice.engine.forward.SetAsideRecord;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.StoredJson;
import io.sluice.spool.Spool.StoredEntry;
import io.sluice.spool.Terms;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The body of a dead letter in the spool.
 *
 * <pre>
 * version u8 = 1 | reason | detail | device | protocol | topic | content type | payload: rest
 * version u8 = 2 | reason | detail | device | protocol | topic | content type
 *                | upstream | lane | sequence i64 | random part of the id | record: rest
 * </pre>
 *
 * Version 2 is what an upstream refused: the record as the spool kept it, so that it can be sent
 * again as it was. Its payload is the record's canonical JSON, made when it is read.
 *
 * <p>The texts are in {@link DataOutputStream#writeUTF modified UTF-8}, each cut at 4,096
 * characters.
 */
public final class DeadLetterFormat {
  private static final int VERSION = 1;
  private static final int VERSION_OF_RECORD = 2;

  /** Before the payload, or before what version 2 adds. */
  private static final int TEXTS = 6;

  private static final int TEXT_MAX_CHARS = MessageBounds.LETTER_TEXT_MAX_CHARS;

  private DeadLetterFormat() {}

  public static byte[] encode(RejectReason reason, String detail, String device, Uplink uplink) {
    return encode(
        reason,
        detail,
        device,
        uplink.protocol(),
        uplink.topic(),
        uplink.contentType(),
        uplink.payload());
  }

  public static byte[] encode(
      RejectReason reason,
      String detail,
      String device,
      String protocol,
      String topic,
      ContentType contentType,
      byte[] payload) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + payload.length);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      write(out, reason.name(), detail, device, protocol, topic, contentType.name());
      out.write(payload);
    } catch (IOException e) {
      throw new UncheckedIOException("an array took no bytes", e);
    }
    return bytes.toByteArray();
  }

  /** What an upstream refused, whose fields the view shows. */
  public static byte[] encode(String detail, SetAsideRecord record, EncodedRecord view) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + record.body().length);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION_OF_RECORD);
      String reason = RejectReason.UPSTREAM_REFUSED.name();
      String type = ContentType.JSON.name();
      write(out, reason, detail, view.device(), view.protocol(), view.source(), type);
      write(out, record.upstream(), record.lane().name());
      out.writeLong(record.sequence());
      write(out, record.epoch());
      out.write(record.body());
    } catch (IOException e) {
      throw new UncheckedIOException("an array took no bytes", e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, String... texts) throws IOException {
    for (String text : texts) {
      out.writeUTF(text.length() > TEXT_MAX_CHARS ? text.substring(0, TEXT_MAX_CHARS) : text);
    }
  }

  /** The record of a letter that keeps one; null for every other. */
  static @Nullable SetAsideRecord record(StoredEntry entry) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(entry.body()))) {
      if (in.readUnsignedByte() != VERSION_OF_RECORD) {
        return null;
      }
      for (int i = 0; i < TEXTS; i++) {
        in.readUTF();
      }
      return record(in, entry.receivedMicros());
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalStateException("dead letter " + entry.sequence() + " cannot be read", e);
    }
  }

  private static SetAsideRecord record(DataInputStream in, long receivedMicros) throws IOException {
    String upstream = in.readUTF();
    Lane lane = Lane.valueOf(in.readUTF());
    long sequence = in.readLong();
    String epoch = in.readUTF();
    return new SetAsideRecord(upstream, lane, sequence, epoch, receivedMicros, in.readAllBytes());
  }

  private static byte[] json(SetAsideRecord record) {
    return StoredJson.of(
            record.body(), record.lane(), record.sequence(), record.epoch(), Terms.NONE)
        .getBytes(StandardCharsets.UTF_8);
  }

  static DeadLetter decode(StoredEntry entry) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(entry.body()))) {
      int version = in.readUnsignedByte();
      if (version != VERSION && version != VERSION_OF_RECORD) {
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
          version == VERSION ? in.readAllBytes() : json(record(in, entry.receivedMicros())));
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalStateException("dead letter " + entry.sequence() + " cannot be read", e);
    }
  }
}
