package io.sluice.api.operator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Registers devices in bulk. Thread-safe; blocks on the database. */
public interface DeviceImporter {
  /**
   * Adds or replaces many devices in one transaction. Lines at fault are reported and left out, the
   * others are taken. A parent stands before its children, or is registered already. A password
   * costs some milliseconds a device; tokens cost nothing.
   *
   * @param text at most 64 MiB. YAML: as a device file, without environment variables and secrets
   *     in files. CSV (RFC 4180): a first line with the keys of a device file as columns, {@code
   *     credentials.token} and so on with their dots
   */
  ImportReport importDevices(ImportFormat format, String text);

  /** What an import is written in. */
  enum ImportFormat {
    YAML,
    CSV
  }

  /**
   * @param line from 1
   * @param device its id, null where it has none
   * @param reason the field, what is wrong and what to do; names no secret
   */
  record RefusedLine(int line, @Nullable String device, String reason) {}

  /**
   * @param added devices that were unknown
   * @param replaced devices that were known
   * @param refused in the order of lines; a line may have several faults
   */
  record ImportReport(int added, int replaced, List<RefusedLine> refused) {
    public ImportReport {
      refused = List.copyOf(refused);
    }
  }
}
