package io.sluice.engine.record;

import io.sluice.api.ByteSink;
import io.sluice.api.Lane;
import io.sluice.spool.Terms;
import java.nio.charset.StandardCharsets;

/** A record as the spool keeps it, as canonical JSON text. Pure. */
public final class StoredJson {
  private StoredJson() {}

  /**
   * @param epoch the random part of the record's id
   * @param terms what it names by number
   */
  public static String of(byte[] body, Lane lane, long sequence, String epoch, Terms terms) {
    return text(view(body, lane, sequence, epoch, terms));
  }

  public static EncodedRecord view(
      byte[] body, Lane lane, long sequence, String epoch, Terms terms) {
    try {
      EncodedRecord view = new EncodedRecord();
      view.wrap(body, 0, body.length, lane, sequence, epoch, terms);
      return view;
    } catch (CorruptRecordException e) {
      throw new IllegalStateException(
          "record " + sequence + " of the " + lane.jsonName() + " lane cannot be read", e);
    }
  }

  public static String text(EncodedRecord view) {
    ByteSink json = new ByteSink(512);
    RecordJson.write(view, json);
    return new String(json.bytes(), 0, json.length(), StandardCharsets.UTF_8);
  }
}
