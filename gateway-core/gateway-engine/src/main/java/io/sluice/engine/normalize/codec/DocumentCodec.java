package io.sluice.engine.normalize.codec;

import io.sluice.api.Device;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Frame;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.sample.PayloadText;
import io.sluice.engine.normalize.sample.Samples;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;

/** Documents of JSON or CBOR, read by one of the two readers. Confined to one thread. */
final class DocumentCodec implements PlannedCodec {
  private final DocumentFormat format;
  private final DocumentReader reader;
  private final Lookahead lookahead;
  private final @Nullable PlainObject plain;

  DocumentCodec(DocumentFormat format, DocumentReader reader) {
    this(format, reader, null);
  }

  /**
   * @param plain is asked before the reader of documents in JSON, and takes what that one would
   *     take alike; null: nobody is
   */
  DocumentCodec(DocumentFormat format, DocumentReader reader, @Nullable PlainObject plain) {
    this.format = format;
    this.reader = reader;
    this.plain = plain;
    this.lookahead = new Lookahead(format);
  }

  @Override
  public void decode(
      byte[] sent, Profile profile, Device device, long receivedMicros, Samples samples)
      throws PayloadException {
    if (format == DocumentFormat.CBOR) {
      read(sent, 0, sent.length, profile, device, receivedMicros, samples);
      return;
    }
    byte[] payload = PayloadText.inUtf8(sent, profile.forms().charset());
    int from = PayloadText.start(sent, payload);
    int to = PayloadText.end(payload);
    if (plain != null
        && samples.frame.isEmpty()
        && plain.read(payload, from, to, profile, samples, receivedMicros)) {
      return;
    }
    try {
      read(payload, from, to, profile, device, receivedMicros, samples);
    } catch (PayloadException e) {
      byte[] mended = profile.tolerant() ? NonNumbers.quoted(payload, from, to) : null;
      if (mended == null) {
        throw e;
      }
      Map<String, Frame> frame = samples.frame;
      samples.clear(profile, samples.forms);
      samples.frame = frame;
      read(mended, 0, mended.length, profile, device, receivedMicros, samples);
    }
  }

  private void read(
      byte[] payload,
      int from,
      int to,
      Profile profile,
      Device device,
      long receivedMicros,
      Samples samples)
      throws PayloadException {
    lookahead.begin(payload, from, to);
    try (JsonParser parser = format.parser(payload, from, to)) {
      reader.decode(parser, profile, device, samples, lookahead, receivedMicros);
    } catch (JacksonException e) {
      throw format.fault(e, reader.at());
    } finally {
      lookahead.end();
    }
  }
}
