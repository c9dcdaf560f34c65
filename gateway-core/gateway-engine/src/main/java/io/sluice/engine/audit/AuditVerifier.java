package io.sluice.engine.audit;

import io.sluice.api.config.Secret;
import io.sluice.engine.audit.AuditBreak.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks an audit log from its first line to its last. Reads files only; the gateway may run. */
public final class AuditVerifier {
  /** The action of the event that says where the log begins after its oldest files were deleted. */
  static final String PRUNED = "audit.pruned";

  private static final Pattern PRUNED_HASH =
      Pattern.compile("\"action\":\"audit\\.pruned\".*now follows ([0-9a-f]{64})");

  /** The verdict on a log. */
  public sealed interface Verdict {}

  /**
   * The chain holds.
   *
   * @param firstTime of its first event; empty where it has none
   * @param lastHash what to note elsewhere: a log that was cut short later does not have it
   * @param withoutKey events that are not protected by a key
   */
  public record Holds(
      int files,
      long events,
      long firstSeq,
      long lastSeq,
      String firstTime,
      String lastTime,
      String lastHash,
      long withoutKey)
      implements Verdict {}

  /** The chain is broken. */
  public record Broken(AuditBreak at) implements Verdict {}

  private final List<Secret> keys;
  private final @Nullable String notedHash;
  private final Set<String> pruned = new HashSet<>();
  private boolean isNotedMet;

  /**
   * @param keys the key, and former ones where it was changed; empty for a log without one
   * @param notedHash a hash noted earlier that the log must still have, or null
   */
  public AuditVerifier(List<Secret> keys, @Nullable String notedHash) {
    this.keys = List.copyOf(keys);
    this.notedHash = notedHash;
  }

  /** A whole log: it must begin with event 1, or where an event of its own says that it was cut. */
  public Verdict directory(Path directory) throws IOException {
    return verify(AuditFiles.list(directory), true);
  }

  /** Some files of a log that follow each other; what came before the first is not asked. */
  public Verdict files(List<Path> files) throws IOException {
    return verify(files, false);
  }

  private Verdict verify(List<Path> files, boolean isWhole) throws IOException {
    AuditChain chain = new AuditChain(keys.stream().map(AuditHash::of).toList(), false);
    for (Path file : files) {
      byte[] bytes = Files.readAllBytes(file);
      gather(new String(bytes, StandardCharsets.ISO_8859_1));
      if (!chain.walk(file, bytes, 0, 1)) {
        return new Broken(Objects.requireNonNull(chain.broken()));
      }
    }
    AuditBreak fault = ends(files, chain, isWhole);
    return fault != null ? new Broken(fault) : holds(files.size(), chain);
  }

  private void gather(String text) {
    Matcher matcher = PRUNED_HASH.matcher(text);
    while (matcher.find()) {
      pruned.add(matcher.group(1));
    }
    isNotedMet |= notedHash != null && text.contains("\"hash\":\"" + notedHash + "\"}\n");
  }

  /** What the walk from line to line cannot see: whether both ends are where they should be. */
  private @Nullable AuditBreak ends(List<Path> files, AuditChain chain, boolean isWhole) {
    AuditLine first = chain.first();
    AuditLine last = chain.last();
    if (first == null || last == null) {
      return notedHash == null
          ? null
          : new AuditBreak(Path.of("."), 1, Kind.TRUNCATED, "truncated: the log is empty");
    }
    boolean isBeginning = first.seq() == 1 && first.prev().equals(AuditHash.NONE);
    if (isWhole && !isBeginning && !pruned.contains(first.prev())) {
      return new AuditBreak(
          files.getFirst(),
          1,
          Kind.MISSING,
          "missing: the log begins with event " + first.seq() + " and no event says why");
    }
    if (!keys.isEmpty() && last.keyName() == null) {
      return new AuditBreak(
          files.getLast(), 1, Kind.KEY, "changed: the log is not chained with the key given");
    }
    if (notedHash != null && !isNotedMet) {
      return new AuditBreak(
          files.getLast(),
          1,
          Kind.TRUNCATED,
          "truncated: no line has the noted hash " + notedHash + "; the log was cut or replaced");
    }
    return null;
  }

  private static Holds holds(int files, AuditChain chain) {
    AuditLine first = chain.first();
    AuditLine last = chain.last();
    return first == null || last == null
        ? new Holds(files, 0, 0, 0, "", "", AuditHash.NONE, 0)
        : new Holds(
            files,
            chain.lines(),
            first.seq(),
            last.seq(),
            first.time(),
            last.time(),
            last.hash(),
            chain.unkeyed());
  }
}
