package io.sluice.upstream.file;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Name of an archive file: {@code {gateway}-{yyyyMMdd'T'HHmmss'Z'}-{n}.jsonl}, with {@code .open}
 * behind it while it is written, {@code .zst} when it is compressed, {@code .zst.tmp} meanwhile,
 * {@code .torn} for what was cut off it. Ordered as the files were begun.
 *
 * @param begun when the file was begun, in whole seconds; later where the clock was set back
 * @param number tells files apart that were begun in the same second, 0 to 9999
 */
record ArchiveName(String gateway, Instant begun, int number) implements Comparable<ArchiveName> {
  static final String OPEN = ".open";
  static final String COMPRESSED = ".zst";
  static final String TEMPORARY = ".tmp";

  /** Behind the name of what was cut off a damaged file. */
  static final String TORN = ".torn";

  private static final int NUMBER_MAX = 9_999;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final Pattern FORM =
      Pattern.compile(
          "(.+)-(\\d{8}T\\d{6}Z)-(\\d{4})\\.jsonl(\\.open|\\.zst|\\.zst\\.tmp|\\.torn(?:\\.\\d+)?)?");

  ArchiveName {
    begun = begun.truncatedTo(ChronoUnit.SECONDS);
  }

  /** Of a file of that gateway's; empty where it is something else. */
  static Optional<ArchiveName> of(String gateway, String fileName) {
    Matcher matcher = FORM.matcher(fileName);
    if (!matcher.matches() || !matcher.group(1).equals(gateway)) {
      return Optional.empty();
    }
    return Optional.of(
        new ArchiveName(
            gateway,
            TIME.parse(matcher.group(2), Instant::from),
            Integer.parseInt(matcher.group(3))));
  }

  /** The one right behind it. */
  ArchiveName next() {
    return number < NUMBER_MAX
        ? new ArchiveName(gateway, begun, number + 1)
        : new ArchiveName(gateway, begun.plusSeconds(1), 0);
  }

  /** The name of the finished, uncompressed file. */
  String finished() {
    return "%s-%s-%04d.jsonl".formatted(gateway, TIME.format(begun), number);
  }

  @Override
  public int compareTo(ArchiveName other) {
    int byTime = begun.compareTo(other.begun);
    return byTime != 0 ? byTime : Integer.compare(number, other.number);
  }
}
