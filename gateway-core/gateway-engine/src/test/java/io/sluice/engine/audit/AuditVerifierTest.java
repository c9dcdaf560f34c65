package io.sluice.engine.audit;

import static io.sluice.engine.audit.AuditFixture.KEY;
import static io.sluice.engine.audit.AuditFixture.breaks;
import static io.sluice.engine.audit.AuditFixture.holds;
import static io.sluice.engine.audit.AuditFixture.settings;
import static io.sluice.engine.audit.AuditFixture.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.config.Secret;
import io.sluice.engine.audit.AuditBreak.Kind;
import io.sluice.engine.audit.AuditVerifier.Broken;
import io.sluice.engine.audit.AuditVerifier.Holds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is done to the files between the ends of the log is found. */
class AuditVerifierTest {
  private static final int ROUNDS = 300;
  private static final AuditSettings SETTINGS = settings(4096, 100, null);

  @TempDir Path directory;

  private Path file(int index) throws IOException {
    return AuditFiles.list(directory).get(index);
  }

  private static void writeLines(Path file, List<String> lines) throws IOException {
    Files.writeString(file, String.join("\n", lines) + "\n");
  }

  @Test
  void untouchedLogHoldsAcrossItsFiles() throws IOException {
    write(directory, SETTINGS, 0, 60);
    Holds holds = holds(directory);
    assertThat(holds.files()).isGreaterThan(3);
    assertThat(holds.events()).isEqualTo(60);
    assertThat(holds.firstSeq()).isEqualTo(1);
    assertThat(holds.lastSeq()).isEqualTo(60);
  }

  @Test
  void anySingleChangedByteIsFoundInItsLine() throws IOException {
    write(directory, SETTINGS, 0, 40);
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < ROUNDS; round++) {
      Path file = file(random.nextInt(AuditFiles.list(directory).size()));
      byte[] whole = Files.readAllBytes(file);
      byte[] changed = whole.clone();
      int at = random.nextInt(changed.length);
      changed[at] = (byte) (changed[at] ^ (1 << random.nextInt(8)));
      Files.write(file, changed);
      AuditBreak found = breaks(directory);
      assertThat(found.file()).as("seed %d round %d byte %d", seed, round, at).isEqualTo(file);
      assertThat(found.line()).isEqualTo(1 + newlines(whole, at));
      Files.write(file, whole);
    }
  }

  private static int newlines(byte[] bytes, int end) {
    int count = 0;
    for (int i = 0; i < end; i++) {
      count += bytes[i] == '\n' ? 1 : 0;
    }
    return count;
  }

  @Test
  void anyRemovedLineIsFound() throws IOException {
    write(directory, SETTINGS, 0, 40);
    int files = AuditFiles.list(directory).size();
    for (int i = 0; i < files; i++) {
      List<String> whole = Files.readAllLines(file(i));
      int removable = i == files - 1 ? whole.size() - 1 : whole.size(); // but the very last
      for (int line = 0; line < removable; line++) {
        List<String> fewer = new ArrayList<>(whole);
        fewer.remove(line);
        writeLines(file(i), fewer);
        assertThat(breaks(directory).kind()).isEqualTo(Kind.MISSING);
      }
      writeLines(file(i), whole);
    }
    holds(directory);
  }

  @Test
  void anyTwoSwappedLinesAreFound() throws IOException {
    write(directory, SETTINGS, 0, 40);
    List<String> whole = Files.readAllLines(file(1));
    for (int a = 0; a < whole.size(); a++) {
      for (int b = a + 1; b < whole.size(); b++) {
        List<String> swapped = new ArrayList<>(whole);
        Collections.swap(swapped, a, b);
        writeLines(file(1), swapped);
        AuditBreak found = breaks(directory);
        assertThat(found.kind()).isEqualTo(Kind.REORDERED);
        assertThat(found.line()).isEqualTo(a + 1);
      }
    }
  }

  @Test
  void fileCutShortBeforeTheLastIsFound() throws IOException {
    write(directory, SETTINGS, 0, 40);
    byte[] whole = Files.readAllBytes(file(1));
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(file(1), Arrays.copyOf(whole, length));
      assertThat(breaks(directory).kind()).isIn(Kind.MISSING, Kind.TRUNCATED);
    }
  }

  @Test
  void anyMissingFileButTheLastIsFound() throws IOException {
    write(directory, SETTINGS, 0, 60);
    int files = AuditFiles.list(directory).size();
    for (int i = 0; i < files - 1; i++) {
      Path file = file(i);
      byte[] whole = Files.readAllBytes(file);
      Files.delete(file);
      assertThat(breaks(directory).kind()).isEqualTo(Kind.MISSING);
      Files.write(file, whole);
    }
  }

  @Test
  void lastLineCutOffIsToldFromAChangedOne() throws IOException {
    write(directory, settings(1 << 20, 10, null), 0, 5);
    byte[] whole = Files.readAllBytes(file(0));
    Files.write(file(0), Arrays.copyOf(whole, whole.length - 10));
    assertThat(breaks(directory))
        .hasToString(file(0) + ":5: truncated: the line is cut off before" + " its end");
  }

  @Test
  void logCutAtItsEndIsFoundByTheNotedHash() throws IOException {
    write(directory, settings(1 << 20, 10, null), 0, 20);
    String noted = holds(directory).lastHash();
    List<String> whole = Files.readAllLines(file(0));
    writeLines(file(0), whole.subList(0, 15));
    holds(directory);
    AuditVerifier verifier = new AuditVerifier(List.of(), noted);
    assertThat(verifier.directory(directory))
        .isInstanceOfSatisfying(
            Broken.class, broken -> assertThat(broken.at().kind()).isEqualTo(Kind.TRUNCATED));
    writeLines(file(0), whole);
    assertThat(new AuditVerifier(List.of(), noted).directory(directory)).isInstanceOf(Holds.class);
  }

  @Test
  void keyedLogIsNotVerifiedWithoutItsKeyNorWithAnother() throws IOException {
    write(directory, settings(4096, 10, KEY), 0, 20);
    assertThat(holds(directory, KEY).withoutKey()).isZero();
    assertThat(breaks(directory).kind()).isEqualTo(Kind.KEY);
    assertThat(breaks(directory, new Secret("another key of many characters.")).kind())
        .isEqualTo(Kind.KEY);
  }

  @Test
  void logRewrittenWithoutTheKeyIsFound() throws IOException {
    write(directory, settings(1 << 20, 10, null), 0, 20);
    assertThat(breaks(directory, KEY).kind()).isEqualTo(Kind.KEY);
  }

  @Test
  void keyMayBeSetOnALogThatHadNoneAndBeChanged() throws IOException {
    Secret next = new Secret("the key that came after the first");
    write(directory, settings(1 << 20, 10, null), 0, 3);
    write(directory, settings(1 << 20, 10, KEY), 3, 3);
    write(directory, settings(1 << 20, 10, next), 6, 3);
    Holds holds = holds(directory, KEY, next);
    assertThat(holds.events()).isEqualTo(9);
    assertThat(holds.withoutKey()).isEqualTo(3);
    assertThat(holds.files()).isEqualTo(3);
    write(directory, settings(1 << 20, 10, null), 9, 1);
    assertThat(breaks(directory, KEY, next).kind()).isEqualTo(Kind.KEY);
  }
}
