package io.sluice.engine.forward;

import io.sluice.api.ByteSink;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.upstream.ForwardSettings;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.api.upstream.PayloadFormats;
import io.sluice.api.upstream.RecordEncoder;
import io.sluice.api.upstream.RecordEncoderFactory;
import io.sluice.engine.record.CorruptRecordException;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.spool.SpoolBatch;
import java.util.function.Function;

/** A batch read from the spool, its records read where they lie. */
public final class RecordBatch implements OutboundBatch {
  private final SpoolBatch spooled;
  private final Epochs epochs;
  private final RecordEncoder format;
  private final String contentType;
  private final EncodedRecord view = new EncodedRecord();
  private int viewed = -1;

  private RecordBatch(SpoolBatch spooled, Epochs epochs, RecordEncoder format, String contentType) {
    this.spooled = spooled;
    this.epochs = epochs;
    this.format = format;
    this.contentType = contentType;
  }

  /** The random part of a record's id: {@code Spool.epoch(lane, sequence)}. */
  @FunctionalInterface
  public interface Epochs {
    String of(Lane lane, long sequence);
  }

  /** What makes batches readable for an upstream. */
  public static Function<SpoolBatch, OutboundBatch> encoder(
      Epochs epochs, ForwardSettings settings) {
    RecordEncoderFactory format = PayloadFormats.find(settings.format());
    if (format == null) {
      throw new IllegalStateException("checked by the configuration: " + settings.format());
    }
    RecordEncoder writer = format.create(settings.badValues(), settings.attributes());
    String contentType = format.contentType();
    return spooled -> new RecordBatch(spooled, epochs, writer, contentType);
  }

  @Override
  public Lane lane() {
    return spooled.lane();
  }

  @Override
  public int count() {
    return spooled.count();
  }

  @Override
  public String device(int index) {
    return at(index).device();
  }

  @Override
  public MessageClass messageClass(int index) {
    return at(index).messageClass();
  }

  @Override
  public String sector(int index) {
    return at(index).sector();
  }

  @Override
  public String site(int index) {
    return at(index).site();
  }

  @Override
  public String model(int index) {
    return at(index).model();
  }

  @Override
  public long timeMicros(int index) {
    return at(index).timeMicros();
  }

  @Override
  public String id(int index) {
    return at(index).id();
  }

  @Override
  public String contentType() {
    return contentType;
  }

  @Override
  public void encode(int index, ByteSink out) {
    EncodedRecord record = at(index);
    try {
      format.encode(record, out);
    } catch (RuntimeException e) { // of another jar, maybe: whatever it is, the others go on
      throw new UnreadableRecordException(index, "cannot be written as " + contentType + ": " + e);
    }
  }

  private String epoch(int index) {
    String epoch = spooled.epoch();
    return epoch == null ? epochs.of(spooled.lane(), spooled.sequence(index)) : epoch;
  }

  private EncodedRecord at(int index) {
    if (index != viewed) {
      viewed = -1;
      try {
        view.wrap(
            spooled.bytes(),
            spooled.offset(index),
            spooled.length(index),
            spooled.lane(),
            spooled.sequence(index),
            epoch(index),
            spooled.terms());
      } catch (CorruptRecordException e) {
        throw new UnreadableRecordException(index, "unreadable record: " + e.getMessage());
      }
      viewed = index;
    }
    return view;
  }
}
