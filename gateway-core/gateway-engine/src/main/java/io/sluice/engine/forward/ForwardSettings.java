package io.sluice.engine.forward;

import io.sluice.api.config.Option;

/** What every upstream has, whatever its type. */
public record ForwardSettings(
    @Option(doc = "Payload format of the records sent.", def = "json") Format format,
    @Option(
            doc =
                "Share of telemetry throughput that live records get while a backlog drains, in percent.",
            def = "50",
            min = 1,
            max = 99)
        int liveShare,
    @Option(doc = "Most records in one batch.", def = "2000", min = 1, max = 100_000)
        int batchRecords) {
  /** Payload formats offered upstream. */
  public enum Format {
    JSON("application/json"),
    THINGSBOARD("application/json"),
    SENML_JSON("application/senml+json"),
    SENML_CBOR("application/senml+cbor");

    private final String contentType;

    Format(String contentType) {
      this.contentType = contentType;
    }

    /** Media type. */
    public String contentType() {
      return contentType;
    }
  }
}
