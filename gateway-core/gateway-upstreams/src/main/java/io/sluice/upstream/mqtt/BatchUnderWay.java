package io.sluice.upstream.mqtt;

import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.RecordVerdicts;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A batch on its way: what is to be published yet, and what was said of it. Its loop's alone. */
final class BatchUnderWay {
  final CompletableFuture<Delivery> verdict = new CompletableFuture<>();
  final PublishFrames frames;
  final boolean isAlarm;

  /** Index of the next one to publish. */
  int next;

  private final RecordVerdicts records;
  private final TreeMap<Integer, String> denied = new TreeMap<>();
  private int unanswered;
  private boolean isAllTaken = true;

  BatchUnderWay(PublishFrames frames, boolean isAlarm) {
    this.frames = frames;
    this.isAlarm = isAlarm;
    this.records = new RecordVerdicts(frames.count());
    this.unanswered = frames.count() - frames.unfit().size();
    this.isAllTaken = frames.unfit().isEmpty();
    frames.unfit().forEach(records::refuse);
    skipUnfit();
  }

  /** Goes past what cannot be published. */
  void skipUnfit() {
    while (next < frames.count() && frames.length(next) == 0) {
      next++;
    }
  }

  boolean isPublished() {
    return next == frames.count();
  }

  boolean isAnswered() {
    return unanswered == 0;
  }

  void acknowledged(int index) {
    unanswered--;
    records.confirm(index);
  }

  void refused(int index, String cause) {
    unanswered--;
    isAllTaken = false;
    records.refuse(index, cause);
  }

  /** The broker did not take it this time. */
  void failed(int index, String cause) {
    unanswered--;
    isAllTaken = false;
    records.fail(index, cause);
  }

  /** The broker lets this client not publish it: it may be this topic, or all of them. */
  void denied(int index, String cause) {
    unanswered--;
    isAllTaken = false;
    denied.put(index, cause);
  }

  /**
   * Once all is answered. What was denied is refused where the broker takes other topics of this
   * connection; where it takes none, the connection has no rights yet, and nothing is given up.
   */
  Delivery verdict(boolean takesOthers) {
    if (isAllTaken) {
      return new Delivery.Delivered();
    }
    if (!denied.isEmpty() && !takesOthers) {
      return new Delivery.Parted(records, denied.firstEntry().getValue());
    }
    denied.forEach(records::refuse);
    return new Delivery.Parted(records, null);
  }

  /**
   * The connection is over.
   *
   * @param suspect index of the record that it may have ended with, or null
   */
  Delivery lost(String cause, @Nullable Integer suspect, boolean takesOthers) {
    if (takesOthers) {
      denied.forEach(records::refuse);
    }
    if (suspect != null) {
      records.suspect(suspect);
    }
    return new Delivery.Parted(records, cause);
  }
}
