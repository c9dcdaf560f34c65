package io.sluice.api.upstream;

import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import java.util.List;

/** What every upstream has, whatever its type. */
public record ForwardSettings(
    @Option(doc = "Payload format of the records sent.", def = "json", among = PayloadFormats.class)
        String format,
    @Option(
            doc =
                "Share of telemetry throughput that live records get while a backlog drains, in percent.",
            def = "50",
            min = 1,
            max = 99)
        int liveShare,
    @Option(doc = "Most records in one batch.", def = "2000", min = 1, max = 100_000)
        int batchRecords,
    @Option(
            doc =
                "What becomes of values of bad quality in formats that carry none (all but json):"
                    + " kept as they are, left out, or marked by a further value NAME.q, as uncertain"
                    + " ones are then.",
            def = "keep")
        BadValues badValues,
    @Option(
            doc =
                "Of which records class and severity are told as further values in formats that"
                    + " carry none (all but json). With all: sector, site and model too.",
            def = "alarms")
        Attributes attributes)
    implements Checked {
  /** With the defaults of what only some formats go by. */
  public ForwardSettings(String format, int liveShare, int batchRecords) {
    this(format, liveShare, batchRecords, BadValues.KEEP, Attributes.ALARMS);
  }

  /** What becomes of values that are known to be wrong. */
  public enum BadValues {
    KEEP,
    LEAVE_OUT,
    MARK
  }

  /** Which records have attributes. */
  public enum Attributes {
    NONE,
    ALARMS,
    ALL
  }

  @Override
  public List<Problem> problems() {
    RecordEncoderFactory encoders = PayloadFormats.find(format);
    return encoders != null && encoders.carriesQualities() && badValues != BadValues.KEEP
        ? List.of(
            new Problem(
                "bad-values",
                "has no effect on " + format + ", which carries qualities; leave it out"))
        : List.of();
  }
}
