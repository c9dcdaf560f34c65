package io.sluice.upstream.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large batches go into the file as small ones do, whichever way the file system offers. */
class DirectAppendTest {
  private static final ArchiveName NAME =
      new ArchiveName("edge-01", Instant.parse("2026-03-01T12:00:00Z"), 0);

  @TempDir private Path directory;

  private final DirectAppend direct = new DirectAppend();

  private ArchiveWriter create(Path file) throws IOException {
    return ArchiveWriter.create(NAME, file, true, direct);
  }

  private static byte[] lines(SplittableRandom random, int count) {
    byte[] lines = new byte[count];
    for (int i = 0; i < count; i++) {
      lines[i] = (byte) random.nextInt('a', 'z');
    }
    lines[count - 1] = '\n';
    return lines;
  }

  @Test
  void batchesOfAnySizeStandBehindEachOther() throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    Path file = directory.resolve("a.jsonl.open");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int[] sizes = {
      1, DirectAppend.LEAST_BYTES, 4_096, DirectAppend.LEAST_BYTES + 4_095, 5_000_001, 37, 300_000
    };
    try (ArchiveWriter writer = create(file)) {
      for (int size : sizes) {
        byte[] lines = lines(random, size);
        writer.append(lines, size);
        all.write(lines);
        assertThat(writer.length()).isEqualTo(all.size());
        assertThat(writer.displaced()).isNull();
      }
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(all.toByteArray());
    try (ArchiveWriter writer = ArchiveWriter.resume(NAME, file, true, direct)) {
      byte[] lines = lines(random, 2_500_000);
      writer.append(lines, lines.length);
      all.write(lines);
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(all.toByteArray());
  }

  @Test
  void readersSeeABatchAsSoonAsItIsAppended() throws IOException {
    SplittableRandom random = new SplittableRandom(8);
    Path file = directory.resolve("a.jsonl.open");
    try (ArchiveWriter writer = create(file)) {
      for (int i = 0; i < 5; i++) {
        byte[] lines = lines(random, 300_001);
        long before = writer.length();
        writer.append(lines, lines.length);
        byte[] there = Files.readAllBytes(file); // brings pages into the cache, too
        assertThat(there).hasSize((int) before + lines.length).endsWith(lines);
      }
    }
  }

  @Test
  void aFileThatAnotherProgramHasCutOffIsToldAndHasNoHole() throws IOException {
    SplittableRandom random = new SplittableRandom(9);
    Path file = directory.resolve("a.jsonl.open");
    byte[] lines = lines(random, 300_000);
    try (ArchiveWriter writer = create(file)) {
      writer.append(lines, lines.length);
      try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
        other.truncate(100);
      }
      assertThatThrownBy(() -> writer.append(lines, lines.length))
          .hasMessageContaining("was cut off by another program");
    }
    assertThat(Files.readAllBytes(file)).doesNotContain((byte) 0);
  }

  @Test
  void aFileThatWasReplacedIsNotWrittenInTheOthersPlace() throws IOException {
    SplittableRandom random = new SplittableRandom(10);
    Path file = directory.resolve("a.jsonl.open");
    byte[] lines = lines(random, 300_000);
    try (ArchiveWriter writer = create(file)) {
      writer.append(lines, 10);
      Files.delete(file);
      Files.writeString(file, "theirs\n");
      assertThatThrownBy(() -> writer.append(lines, lines.length))
          .hasMessageContaining("was replaced");
    }
    assertThat(file).hasContent("theirs\n");
  }

  @Test
  void whereTheFileSystemOffersItTheWayIsTaken() throws IOException {
    Path file = Files.createFile(directory.resolve("b"));
    String type = Files.getFileStore(file).type();
    DirectAppend.Blocks blocks = direct.open(file);
    assertThat(blocks != null).isEqualTo(type.equals("ext4") || type.equals("xfs"));
    if (blocks != null) {
      blocks.channel().close();
    }
  }
}
