package io.sluice.upstream.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.luben.zstd.ZstdInputStream;
import io.sluice.adapter.testkit.TestBatch;
import io.sluice.api.config.Bytes;
import io.sluice.api.upstream.Delivery;
import io.sluice.upstream.file.FileSettings.Compression;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@Tag("slow")
class FileUpstreamTest {
  @TempDir private Path directory;
  private volatile Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private final AtomicLong nanos = new AtomicLong();
  private final List<FileUpstream> upstreams = new ArrayList<>();

  @AfterEach
  void closeAll() {
    upstreams.forEach(FileUpstream::close);
  }

  @Test
  void recordsAreLinesOfAFileNamedAfterGatewayAndTime() throws IOException {
    FileUpstream upstream = open(settings(1 << 20, Compression.NONE, null, null));
    TestBatch batch = new TestBatch("r", 0, 100);
    assertThat(upstream.send(batch)).isCompletedWithValue(new Delivery.Delivered());
    assertThat(names()).containsExactly("edge-01-20260301T120000Z-0000.jsonl.open");
    assertThat(ids()).containsExactlyElementsOf(batch.ids());
  }

  @Test
  void fullFileIsFinishedUnderItsFinalName() throws IOException {
    FileUpstream upstream = open(settings(4_096, Compression.NONE, null, null));
    for (int i = 0; i < 4; i++) {
      upstream.send(new TestBatch("r", i * 40, 40)).join();
    }
    assertThat(names())
        .containsExactly(
            "edge-01-20260301T120000Z-0000.jsonl",
            "edge-01-20260301T120000Z-0001.jsonl",
            "edge-01-20260301T120000Z-0002.jsonl",
            "edge-01-20260301T120000Z-0003.jsonl");
    assertThat(ids()).containsExactlyElementsOf(new TestBatch("r", 0, 160).ids());
  }

  @Test
  void oldFileIsFinishedThoughNothingComes() throws IOException {
    FileUpstream upstream = open(settings(1 << 20, Compression.NONE, null, null));
    upstream.send(new TestBatch("r", 0, 1)).join();
    nanos.addAndGet(Duration.ofHours(1).toNanos());
    await()
        .untilAsserted(
            () -> assertThat(names()).containsExactly("edge-01-20260301T120000Z-0000.jsonl"));
  }

  @Test
  void clockThatIsSetBackDoesNotHoldUpRotation() throws IOException {
    FileUpstream upstream = open(settings(1 << 20, Compression.NONE, null, null));
    upstream.send(new TestBatch("r", 0, 1)).join();
    now = Instant.parse("1970-01-01T00:00:10Z");
    nanos.addAndGet(Duration.ofHours(1).toNanos());
    await()
        .untilAsserted(
            () -> assertThat(names()).containsExactly("edge-01-20260301T120000Z-0000.jsonl"));
  }

  @Test
  void clockThatIsSetForwardDoesNotFinishAFileEarly() throws IOException {
    FileUpstream upstream = open(settings(1 << 20, Compression.NONE, null, null));
    upstream.send(new TestBatch("r", 0, 1)).join();
    now = now.plus(Duration.ofDays(9_000));
    upstream.send(new TestBatch("r", 1, 1)).join();
    assertThat(names()).containsExactly("edge-01-20260301T120000Z-0000.jsonl.open");
  }

  @Test
  void fileOfAnEarlierRunKeepsItsAge() throws IOException {
    FileUpstream first = open(settings(1 << 20, Compression.NONE, null, null));
    first.send(new TestBatch("r", 0, 1)).join();
    first.close();
    now = now.plus(Duration.ofMinutes(50));
    FileUpstream second = open(settings(1 << 20, Compression.NONE, null, null));
    second.send(new TestBatch("r", 1, 1)).join();
    assertThat(names()).containsExactly("edge-01-20260301T120000Z-0000.jsonl.open");
    nanos.addAndGet(Duration.ofMinutes(10).toNanos());
    await()
        .untilAsserted(
            () -> assertThat(names()).containsExactly("edge-01-20260301T120000Z-0000.jsonl"));
  }

  @Test
  void newestFileIsNotTheFirstToBeDroppedAfterTheClockWasSetBack() throws IOException {
    FileUpstream upstream = open(settings(4_096, Compression.NONE, null, 2));
    upstream.send(new TestBatch("r", 0, 40)).join();
    upstream.send(new TestBatch("r", 40, 40)).join();
    now = now.minus(Duration.ofHours(1));
    upstream.send(new TestBatch("r", 80, 40)).join();
    await().untilAsserted(() -> assertThat(names()).hasSize(2));
    assertThat(ids()).containsExactlyElementsOf(new TestBatch("r", 40, 80).ids());
  }

  @Test
  void tornLastLineIsCutOffAndTheFileGoneOnWith() throws IOException {
    FileUpstream crashed = open(settings(1 << 20, Compression.NONE, null, null));
    crashed.send(new TestBatch("r", 0, 10)).join();
    crashed.close();
    Path file = directory.resolve(names().get(0));
    Files.writeString(file, "{\"id\":\"r10\",\"pa", StandardOpenOption.APPEND);
    FileUpstream upstream = open(settings(1 << 20, Compression.NONE, null, null));
    assertThat(ids()).containsExactlyElementsOf(new TestBatch("r", 0, 10).ids());
    upstream.send(new TestBatch("r", 10, 10)).join();
    assertThat(ids()).containsExactlyElementsOf(new TestBatch("r", 0, 20).ids());
    assertThat(names()).hasSize(1);
  }

  @Test
  void everyCutOfTheLastBatchLeavesWholeLines() throws IOException {
    FileUpstream first = open(settings(1 << 20, Compression.NONE, null, null));
    first.send(new TestBatch("r", 0, 3)).join();
    first.close();
    Path file = directory.resolve(names().get(0));
    byte[] whole = Files.readAllBytes(file);
    for (int cut = whole.length; cut >= 0; cut -= 7) {
      byte[] torn = java.util.Arrays.copyOf(whole, cut);
      Files.write(file, torn);
      open(settings(1 << 20, Compression.NONE, null, null)).close();
      String left = Files.exists(file) ? Files.readString(file) : "";
      assertThat(left.isEmpty() || left.endsWith("\n")).isTrue();
      assertThat(new String(whole, StandardCharsets.UTF_8)).startsWith(left);
    }
  }

  @Test
  void pagesThatAPowerFailureLeftEmptyAreCutOff() throws IOException {
    FileUpstream first = open(settings(1 << 20, Compression.NONE, null, null));
    first.send(new TestBatch("r", 0, 5)).join();
    first.close();
    Path file = directory.resolve(names().get(0));
    Files.write(file, new byte[4_096], StandardOpenOption.APPEND);
    Files.writeString(file, "{\"id\":\"r99\",\"pad\":\"\"}\n", StandardOpenOption.APPEND);
    open(settings(1 << 20, Compression.NONE, null, null));
    assertThat(ids()).containsExactlyElementsOf(new TestBatch("r", 0, 5).ids());
  }

  @Test
  void finishedFilesAreCompressed() throws IOException {
    FileUpstream upstream = open(settings(4_096, Compression.ZSTD, null, null));
    upstream.send(new TestBatch("r", 0, 40)).join();
    upstream.send(new TestBatch("r", 40, 40)).join();
    await()
        .untilAsserted(() ->
            assertThat(names())
                .containsExactly(
                    "edge-01-20260301T120000Z-0000.jsonl.zst",
                    "edge-01-20260301T120000Z-0001.jsonl.zst"));
    assertThat(ids()).containsExactlyElementsOf(new TestBatch("r", 0, 80).ids());
  }

  @Test
  void interruptedCompressionIsMadeAnew() throws IOException {
    FileUpstream first = open(settings(4_096, Compression.NONE, null, null));
    first.send(new TestBatch("r", 0, 40)).join();
    first.close();
    Files.write(
        directory.resolve("edge-01-20260301T120000Z-0000.jsonl.zst.tmp"), new byte[] {1, 2, 3});
    open(settings(4_096, Compression.ZSTD, null, null));
    await()
        .untilAsserted(
            () -> assertThat(names()).containsExactly("edge-01-20260301T120000Z-0000.jsonl.zst"));
    assertThat(ids()).containsExactlyElementsOf(new TestBatch("r", 0, 40).ids());
  }

  @Test
  void oldestFilesBeyondTheBoundAreDropped() throws IOException {
    FileUpstream upstream = open(settings(4_096, Compression.NONE, null, 2));
    for (int i = 0; i < 5; i++) {
      upstream.send(new TestBatch("r", i * 40, 40)).join();
    }
    await().untilAsserted(() -> assertThat(names()).hasSize(2));
    assertThat(ids()).containsExactlyElementsOf(new TestBatch("r", 120, 80).ids());
  }

  @Test
  void bytesKeptAreBounded() throws IOException {
    FileUpstream upstream = open(settings(4_096, Compression.NONE, 12_000L, null));
    for (int i = 0; i < 6; i++) {
      upstream.send(new TestBatch("r", i * 40, 40)).join();
    }
    await().untilAsserted(() -> assertThat(names()).hasSize(2));
  }

  @Test
  void secondUpstreamInTheSameDirectoryIsRefused() throws IOException {
    open(settings(1 << 20, Compression.NONE, null, null));
    assertThatThrownBy(() -> open(settings(1 << 20, Compression.NONE, null, null)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is in use by another upstream; give each its own directory");
  }

  @Test
  void directoryThatCannotBeMadeSaysSo() throws IOException {
    Path file = Files.createFile(directory.resolve("plain"));
    FileSettings settings =
        new FileSettings(
            file.resolve("archive"),
            new Bytes(4_096),
            Duration.ofHours(1),
            Compression.NONE,
            true,
            null,
            null,
            null);
    assertThatThrownBy(() -> open(settings))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot write to " + file.resolve("archive"));
  }

  @Test
  void failedWriteIsTriedAgainWithItsCause() throws IOException {
    Path gone = directory.resolve("gone");
    FileSettings settings =
        new FileSettings(
            gone, new Bytes(1_024), Duration.ofHours(1), Compression.NONE, true, null, null, null);
    FileUpstream upstream = open(settings);
    Files.delete(gone.resolve(".sluice-lock"));
    Files.delete(gone);
    assertThat(upstream.send(new TestBatch("r", 0, 1)).join())
        .isInstanceOfSatisfying(
            Delivery.Retry.class,
            retry ->
                assertThat(retry.cause())
                    .isEqualTo(
                        "cannot write to "
                            + gone
                            + ": the directory was removed or replaced; it is opened anew"));
    upstream.close();
    upstream.open();
    assertThat(upstream.send(new TestBatch("r", 0, 1)).join()).isEqualTo(new Delivery.Delivered());
  }

  @Test
  void linesConfirmedBeforeAKillAreAllThere() throws IOException, InterruptedException {
    Process writer =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                EndlessWriter.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int confirmed = 0;
    try (var out = writer.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        confirmed = Integer.parseInt(line);
        if (confirmed >= 3_000) {
          // Not Process.destroyForcibly, which closes the pipe that still holds lines.
          writer.toHandle().destroyForcibly();
        }
      }
    }
    assertThat(writer.waitFor(45, TimeUnit.SECONDS)).isTrue();
    open(settings(64 << 10, Compression.NONE, null, null));
    assertThat(ids()).startsWith(new TestBatch("r", 0, confirmed).ids().toArray(String[]::new));
  }

  private FileSettings settings(
      long rotateBytes, Compression compress, @Nullable Long keepBytes, @Nullable Integer files) {
    return new FileSettings(
        directory,
        new Bytes(rotateBytes),
        Duration.ofHours(1),
        compress,
        true,
        keepBytes == null ? null : new Bytes(keepBytes),
        files,
        null);
  }

  private FileUpstream open(FileSettings settings) throws IOException {
    FileUpstream upstream =
        new FileUpstream("edge-01", "archive", settings, (InstantSource) () -> now, nanos::get);
    upstream.open();
    upstreams.add(upstream);
    return upstream;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .map(path -> path.getFileName().toString())
          .filter(name -> name.contains(".jsonl") && !name.contains(".torn"))
          .sorted()
          .toList();
    }
  }

  /** Of all files in order; fails where a line is not whole. */
  private List<String> ids() throws IOException {
    List<String> ids = new ArrayList<>();
    for (String name : names()) {
      String text = read(directory.resolve(name));
      assertThat(text.isEmpty() || text.endsWith("\n")).isTrue();
      for (String line : text.lines().toList()) {
        assertThat(line).matches("\\{\"id\":\"\\w+\",\"pad\":\"x*\"}");
        ids.add(line.substring(7, line.indexOf('"', 7)));
      }
    }
    return ids;
  }

  private static String read(Path file) throws IOException {
    if (!file.toString().endsWith(".zst")) {
      return Files.readString(file);
    }
    try (InputStream in = new ZstdInputStream(Files.newInputStream(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Writes until it is killed; prints how many records are confirmed. */
  static final class EndlessWriter {
    public static void main(String[] args) throws IOException {
      FileSettings settings =
          new FileSettings(
              Path.of(args[0]),
              new Bytes(64 << 10),
              Duration.ofHours(1),
              Compression.NONE,
              true,
              null,
              null,
              null);
      FileUpstream upstream =
          new FileUpstream(
              "edge-01", "archive", settings, InstantSource.system(), System::nanoTime);
      upstream.open();
      for (int from = 0; from < 1_000_000; from += 50) {
        upstream.send(new TestBatch("r", from, 50)).join();
        System.out.println(from + 50);
      }
    }
  }
}
