package io.sluice.engine.alarm;

import io.sluice.api.Lane;
import io.sluice.api.Measurement;
import io.sluice.engine.record.CorruptRecordException;
import io.sluice.engine.record.EncodedRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the book has to say upstream, in order: name, event, and by whom. */
public final class OutboxRecords {
  private OutboxRecords() {}

  public static List<String> of(AlarmBook book) {
    List<byte[]> bodies =
        book.database()
            .transact(connection -> {
              List<byte[]> found = new ArrayList<>();
              try (var rows =
                  connection
                      .createStatement()
                      .executeQuery("SELECT body FROM outbox ORDER BY id")) {
                while (rows.next()) {
                  found.add(rows.getBytes(1));
                }
              }
              return found;
            });
    return bodies.stream().map(OutboxRecords::text).toList();
  }

  private static String text(byte[] body) {
    EncodedRecord view = new EncodedRecord();
    Map<String, Object> values = new HashMap<>();
    try {
      view.wrap(body, 0, body.length, Lane.ALARM, 0, "epoch");
    } catch (CorruptRecordException e) {
      throw new AssertionError(e);
    }
    while (view.next()) {
      Measurement each = view.toMeasurement();
      values.put(each.name(), each.value());
    }
    Object by =
        values.get(values.get("event").equals("acknowledged") ? "acknowledgedBy" : "clearedBy");
    return values.get("alarm") + " " + values.get("event") + (by == null ? "" : " by " + by);
  }
}
