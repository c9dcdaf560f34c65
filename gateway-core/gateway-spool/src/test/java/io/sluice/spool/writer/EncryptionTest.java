package io.sluice.spool.writer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.api.Lane;
import io.sluice.api.config.Secret;
import io.sluice.spool.Spool;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolBatch.Stream;
import io.sluice.spool.SpoolEncryption;
import io.sluice.spool.SpoolEntry;
import io.sluice.spool.SpoolReader;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import io.sluice.spool.segment.LogRecovery;
import io.sluice.spool.segment.RecordFrame;
import io.sluice.spool.segment.SegmentCipher;
import io.sluice.spool.segment.SegmentFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the spool keeps on disk where it is encrypted. */
class EncryptionTest {
  private static final String KEY = "0123456789abcdef".repeat(4);
  private static final String OTHER = "fedcba9876543210".repeat(4);

  @TempDir Path directory;

  private record Text(Lane lane, byte[] body, CompletableFuture<Long> verdict)
      implements SpoolEntry {
    @Override
    public long receivedMicros() {
      return 7;
    }

    @Override
    public void stored(long sequence) {
      verdict.complete(sequence);
    }

    @Override
    public void failed(String cause) {
      verdict.completeExceptionally(new IOException(cause));
    }
  }

  private SegmentedSpool open(@Nullable String key) throws IOException {
    return SegmentedSpool.open(
        SegmentedSpoolTest.settings(Policy.REFUSE, key),
        directory.resolve("spool"),
        Clock.systemUTC());
  }

  private static void append(Spool spool, Lane lane, byte[] body) throws Exception {
    Text entry = new Text(lane, body, new CompletableFuture<>());
    assertThat(spool.append(entry)).isTrue();
    entry.verdict().get(45, TimeUnit.SECONDS);
  }

  private static void append(Spool spool, String... bodies) throws Exception {
    for (String body : bodies) {
      append(spool, Lane.TELEMETRY, body.getBytes(UTF_8));
    }
  }

  private static List<byte[]> read(SpoolReader reader, Lane lane) throws IOException {
    List<byte[]> bodies = new ArrayList<>();
    for (Stream stream : List.of(Stream.BACKLOG, Stream.LIVE)) {
      SpoolBatch batch = reader.read(lane, stream, 7, 10_000);
      while (batch != null) {
        for (int i = 0; i < batch.count(); i++) {
          int from = batch.offset(i);
          bodies.add(Arrays.copyOfRange(batch.bytes(), from, from + batch.length(i)));
          assertThat(batch.receivedMicros(i)).isEqualTo(7);
        }
        reader.commit(batch, batch.count(), Map.of());
        batch = reader.read(lane, stream, 7, 10_000);
      }
    }
    return bodies;
  }

  private static List<String> texts(SpoolReader reader) throws IOException {
    return read(reader, Lane.TELEMETRY).stream().map(body -> new String(body, UTF_8)).toList();
  }

  private List<Path> files(String below) throws IOException {
    try (var files = Files.walk(directory.resolve("spool").resolve(below))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @Test
  void nothingOfABodyIsReadableInAnyFile() throws Exception {
    String secret = "the-valve-of-tank-nine-is-open";
    try (SegmentedSpool spool = open(KEY)) {
      append(spool, secret);
      append(spool, Lane.ALARM, secret.getBytes(UTF_8));
      Text letter = new Text(Lane.EVENT, secret.getBytes(UTF_8), new CompletableFuture<>());
      assertThat(spool.appendDeadLetter(letter)).isTrue();
      letter.verdict().get(45, TimeUnit.SECONDS);
      assertThat(new String(spool.deadLetters(null, 1).getFirst().body(), UTF_8)).isEqualTo(secret);
    }
    for (Path file : files("")) {
      assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
          .as(file.toString())
          .doesNotContain("valve");
    }
    try (SegmentedSpool spool = open(KEY)) {
      assertThat(texts(spool.reader("a"))).containsExactly(secret);
    }
  }

  @Test
  void wrongOrMissingKeyIsSaidAndNothingIsTouched() throws Exception {
    try (SegmentedSpool spool = open(KEY)) {
      append(spool, "one", "two");
    }
    List<Path> before = files("telemetry");
    assertThatThrownBy(() -> open(OTHER))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("spool.encryption.key is not the key");
    assertThatThrownBy(() -> open(null))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is encrypted and there is no key");
    assertThat(files("telemetry")).isEqualTo(before);
    try (SegmentedSpool spool = open(KEY)) {
      assertThat(texts(spool.reader("a"))).containsExactly("one", "two");
    }
  }

  @Test
  void encryptionMayBeginLater() throws Exception {
    try (SegmentedSpool spool = open(null)) {
      append(spool, "plain-1", "plain-2");
    }
    try (SegmentedSpool spool = open(KEY)) {
      append(spool, "secret-3");
      assertThat(texts(spool.reader("a"))).containsExactly("plain-1", "plain-2", "secret-3");
    }
  }

  /** A plain segment of another spool that fits behind what this one has: bases 1 and 4. */
  private void plant(long base) throws Exception {
    Path elsewhere = directory.resolve("elsewhere");
    for (String[] each : new String[][] {{"x", "y", "z"}, {"forged"}}) {
      try (SegmentedSpool other =
          SegmentedSpool.open(
              SegmentedSpoolTest.settings(Policy.REFUSE, null), elsewhere, Clock.systemUTC())) {
        append(other, each);
      }
    }
    Path name = LogRecovery.file(Path.of("telemetry"), base);
    Files.copy(elsewhere.resolve(name), directory.resolve("spool").resolve(name));
  }

  @Test
  void plainSegmentThatSomebodyPutThereIsSetAside() throws Exception {
    try (SegmentedSpool spool = open(KEY)) {
      append(spool, "a", "b", "c");
    }
    plant(4);
    try (SegmentedSpool spool = open(KEY)) {
      assertThat(texts(spool.reader("a"))).containsExactly("a", "b", "c");
      append(spool, "d");
    }
    assertThat(LogRecovery.file(directory.resolve("spool/telemetry"), 4)).doesNotExist();
  }

  @Test
  void plainSegmentBeforeTheEncryptedOnesIsSetAsideOnceNoneIsLeft() throws Exception {
    try (SegmentedSpool spool = open(null)) {
      append(spool, "p", "q", "r");
    }
    try (SegmentedSpool spool = open(KEY)) {
      append(spool, "e");
      assertThat(texts(spool.reader("a"))).containsExactly("p", "q", "r", "e");
    }
    Path first = LogRecovery.file(directory.resolve("spool/telemetry"), 1);
    Files.delete(first); // as when every upstream has it
    open(KEY).close();
    plant(1);
    try (SegmentedSpool spool = open(KEY)) {
      assertThat(texts(spool.reader("new"))).containsExactly("e");
    }
  }

  @Test
  void changedMarkTakesNoPlainSegment() throws Exception {
    try (SegmentedSpool spool = open(KEY)) {
      append(spool, "a", "b", "c");
    }
    plant(4);
    Path mark = directory.resolve("spool/encrypted-from");
    Files.writeString(mark, "9 9 9 9 " + "00".repeat(32) + "\n");
    try (SegmentedSpool spool = open(KEY)) {
      assertThat(texts(spool.reader("a"))).containsExactly("a", "b", "c");
    }
  }

  @Test
  void neverTakesNoPlainSegmentEvenWhereTheMarkIsGone() throws Exception {
    try (SegmentedSpool spool = open(KEY)) {
      append(spool, "a", "b", "c");
    }
    plant(4);
    Files.delete(directory.resolve("spool/encrypted-from"));
    Files.delete(directory.resolve("spool/key-check"));
    SpoolSettings plain = SegmentedSpoolTest.settings(Policy.REFUSE, null);
    SpoolSettings never =
        new SpoolSettings(
            plain.maxBytes(),
            plain.segmentBytes(),
            plain.alarmShare(),
            plain.eventShare(),
            plain.telemetryPolicy(),
            plain.eventPolicy(),
            plain.alarmPolicy(),
            null,
            plain.deadLetterBytes(),
            plain.queueBytes(),
            new SpoolEncryption(new Secret(KEY), SpoolEncryption.AcceptPlain.NEVER));
    try (SegmentedSpool spool =
        SegmentedSpool.open(never, directory.resolve("spool"), Clock.systemUTC())) {
      assertThat(texts(spool.reader("a"))).containsExactly("a", "b", "c");
    }
  }

  @Test
  void spoolThatWasEncryptedBeforeTheMarkExistedIsGoneOnWith() throws Exception {
    try (SegmentedSpool spool = open(null)) {
      append(spool, "plain");
    }
    try (SegmentedSpool spool = open(KEY)) {
      append(spool, "secret");
    }
    Files.delete(directory.resolve("spool/encrypted-from"));
    try (SegmentedSpool spool = open(KEY)) {
      assertThat(texts(spool.reader("a"))).containsExactly("plain", "secret");
    }
  }

  /** Sets new CRCs as a forger would, so that only the tag can tell. */
  private void forge(java.util.function.Consumer<ByteBuffer> change) throws IOException {
    Path file = files("telemetry").getFirst();
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    change.accept(bytes);
    long generation = bytes.getLong(24);
    int at = SegmentFormat.HEADER_BYTES;
    while (at + SegmentFormat.RECORD_HEADER_BYTES < bytes.limit() && bytes.getInt(at + 4) > 0) {
      int size = RecordFrame.size(bytes.getInt(at + 4));
      java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
      crc.update(ByteBuffer.allocate(8).putLong(0, generation));
      crc.update(bytes.slice(at + 4, size - 4));
      bytes.putInt(at, (int) crc.getValue());
      at += size;
    }
    Files.write(file, bytes.array());
  }

  @Test
  void forgedByteIsFoundAndTheOthersAreRead() throws Exception {
    try (SegmentedSpool spool = open(KEY)) {
      append(spool, "one-", "two-", "tri-");
    }
    int size = RecordFrame.size(4 + SegmentCipher.OVERHEAD_BYTES);
    int body = SegmentFormat.HEADER_BYTES + size + SegmentFormat.RECORD_HEADER_BYTES;
    forge(bytes -> bytes.put(body, (byte) (bytes.get(body) ^ 1)));
    try (SegmentedSpool spool = open(KEY)) {
      assertThat(texts(spool.reader("a"))).containsExactly("one-", "tri-");
    }
  }

  @Test
  void recordsThatChangedPlacesAreFound() throws Exception {
    try (SegmentedSpool spool = open(KEY)) {
      append(spool, "one-", "two-", "tri-");
    }
    int size = RecordFrame.size(4 + SegmentCipher.OVERHEAD_BYTES);
    int first = SegmentFormat.HEADER_BYTES + SegmentFormat.RECORD_HEADER_BYTES;
    int length = 4 + SegmentCipher.OVERHEAD_BYTES;
    forge(bytes -> {
      byte[] one = new byte[length];
      byte[] two = new byte[length];
      bytes.get(first, one).get(first + size, two);
      bytes.put(first, two).put(first + size, one);
    });
    try (SegmentedSpool spool = open(KEY)) {
      assertThat(texts(spool.reader("a"))).containsExactly("tri-");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void bodiesOfEveryLengthComeBackOverRestarts(long seed) throws Exception {
    Random random = new Random(seed);
    List<byte[]> written = new ArrayList<>();
    List<byte[]> read = new ArrayList<>();
    for (int restart = 0; restart < 4; restart++) {
      try (SegmentedSpool spool = open(KEY)) {
        for (int i = 0; i < 50; i++) {
          int bound = random.nextInt(20) == 0 ? 20_000 : 300;
          byte[] body = new byte[1 + random.nextInt(bound)];
          random.nextBytes(body);
          append(spool, Lane.EVENT, body);
          written.add(body);
        }
        if (random.nextBoolean()) {
          read.addAll(read(spool.reader("a"), Lane.EVENT));
        }
      }
    }
    try (SegmentedSpool spool = open(KEY)) {
      read.addAll(read(spool.reader("a"), Lane.EVENT));
    }
    assertThat(read).hasSameSizeAs(written);
    for (int i = 0; i < read.size(); i++) {
      assertThat(read.get(i)).isEqualTo(written.get(i));
    }
  }

  @Test
  void keyMayBeHexadecimalOrBase64AndNothingElse() {
    assertThat(new SpoolEncryption(new Secret(KEY)).problems()).isEmpty();
    assertThat(
            new SpoolEncryption(
                    new Secret(java.util.Base64.getEncoder().encodeToString(new byte[32])))
                .problems())
        .isEmpty();
    for (String wrong : List.of("", "short", KEY + "00", "z".repeat(64), "AAAA")) {
      assertThat(new SpoolEncryption(new Secret(wrong)).problems())
          .singleElement()
          .matches(problem -> problem.message().contains("openssl rand -hex 32"));
    }
  }
}
