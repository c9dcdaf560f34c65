package io.sluice.upstream.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.TestBatch;
import io.sluice.api.config.Bytes;
import io.sluice.api.config.Checked.Problem;
import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.ForwardSettings;
import io.sluice.upstream.file.FileSettings.Compression;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What other programs and people do to an archive while it is written, and between two runs. */
@Timeout(60)
class ForeignHandsTest {
  private static final Pattern ID = Pattern.compile("\"id\":\"(\\w+)\"");

  @TempDir private Path root;
  private final List<FileUpstream> upstreams = new ArrayList<>();

  @AfterEach
  void closeAll() {
    upstreams.forEach(FileUpstream::close);
  }

  @Test
  void whatIsWrittenIntoARemovedFileIsNotDelivered() throws IOException {
    FileUpstream upstream = open();
    upstream.send(new TestBatch("r", 0, 10)).join();
    Files.delete(openFile());
    assertThat(refusal(upstream.send(new TestBatch("r", 10, 10)).join()))
        .isNotNull()
        .contains(".jsonl.open was removed while it was written");
    deliverAgain(upstream, new TestBatch("r", 10, 10));
    assertThat(ids()).containsExactlyElementsOf(new TestBatch("r", 10, 10).ids());
  }

  @Test
  void removedFileIsNoticedThoughNothingComes() throws IOException {
    FileUpstream upstream = open();
    upstream.send(new TestBatch("r", 0, 10)).join();
    Files.delete(openFile());
    await().until(() -> !holdsDeletedFile());
    assertThat(refusal(upstream.send(new TestBatch("r", 10, 1)).join())).contains("was removed");
    deliverAgain(upstream, new TestBatch("r", 10, 1));
    assertThat(ids()).containsExactly("r10");
  }

  private static boolean holdsDeletedFile() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.anyMatch(ForeignHandsTest::isDeleted);
    }
  }

  private static boolean isDeleted(Path descriptor) {
    try {
      String file = Files.readSymbolicLink(descriptor).toString();
      return file.contains("edge-01") && file.endsWith("(deleted)");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  @Test
  void removedDirectoryIsMadeAnew() throws IOException {
    FileUpstream upstream = open();
    upstream.send(new TestBatch("r", 0, 10)).join();
    remove(archive());
    assertThat(refusal(upstream.send(new TestBatch("r", 10, 10)).join())).isNotNull();
    deliverAgain(upstream, new TestBatch("r", 10, 10));
    assertThat(ids()).containsExactlyElementsOf(new TestBatch("r", 10, 10).ids());
  }

  @Test
  void directoryMovedAwayBetweenTwoFilesIsLockedAnew() throws IOException {
    FileUpstream upstream = open();
    Files.move(archive(), root.resolve("moved"));
    Files.createDirectory(archive());
    assertThat(refusal(upstream.send(new TestBatch("r", 0, 1)).join()))
        .contains("the directory was removed or replaced");
    deliverAgain(upstream, new TestBatch("r", 0, 1));
    assertThat(ids()).containsExactly("r0");
    assertThat(archive().resolve(".sluice-lock")).exists();
  }

  @Test
  void fileMovedAwayKeepsWhatItHasAndANewOneIsBegun() throws IOException {
    FileUpstream upstream = open();
    upstream.send(new TestBatch("r", 0, 10)).join();
    Files.move(openFile(), root.resolve("taken"));
    assertThat(refusal(upstream.send(new TestBatch("r", 10, 10)).join())).isNotNull();
    deliverAgain(upstream, new TestBatch("r", 10, 10));
    assertThat(ids()).containsExactlyElementsOf(new TestBatch("r", 10, 10).ids());
    assertThat(idsOf(root.resolve("taken"))).containsAll(new TestBatch("r", 0, 10).ids());
  }

  @Test
  void fileReplacedByAnEditorIsGoneOnWith() throws IOException {
    FileUpstream upstream = open();
    upstream.send(new TestBatch("r", 0, 10)).join();
    Path edited = Files.copy(openFile(), root.resolve("edited"));
    Files.move(edited, openFile(), StandardCopyOption.REPLACE_EXISTING);
    assertThat(refusal(upstream.send(new TestBatch("r", 10, 10)).join()))
        .contains("was replaced while it was written");
    deliverAgain(upstream, new TestBatch("r", 10, 10));
    assertThat(ids()).containsExactlyElementsOf(new TestBatch("r", 0, 20).ids());
  }

  @Test
  void fileReplacedByALinkIsNotWrittenThrough() throws IOException {
    FileUpstream upstream = open();
    upstream.send(new TestBatch("r", 0, 10)).join();
    Path victim = Files.writeString(root.resolve("victim"), "somebody else's");
    Path link = openFile();
    Files.delete(link);
    Files.createSymbolicLink(link, victim);
    assertThat(refusal(upstream.send(new TestBatch("r", 10, 10)).join())).isNotNull();
    deliverAgain(upstream, new TestBatch("r", 10, 10));
    assertThat(victim).hasContent("somebody else's");
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(ids()).containsExactlyElementsOf(new TestBatch("r", 10, 10).ids());
  }

  /** What logrotate's copytruncate does. */
  @Test
  void fileCutOffByAnotherProgramHasNoHole() throws IOException {
    FileUpstream upstream = open();
    upstream.send(new TestBatch("r", 0, 10)).join();
    try (FileChannel channel = FileChannel.open(openFile(), StandardOpenOption.WRITE)) {
      channel.truncate(0);
    }
    TestBatch next = new TestBatch("r", 10, 10);
    assertThat(refusal(upstream.send(next).join())).contains("was cut off by another program");
    deliverAgain(upstream, next);
    assertThat(Files.readAllBytes(openFile())).doesNotContain((byte) 0);
    assertThat(new LinkedHashSet<>(ids())).containsExactlyElementsOf(next.ids());
  }

  @Test
  void whatAnotherProgramAppendsIsLeftWhereItIs() throws IOException {
    FileUpstream upstream = open();
    upstream.send(new TestBatch("r", 0, 1)).join();
    Files.writeString(openFile(), "{\"id\":\"foreign\"}\n", StandardOpenOption.APPEND);
    upstream.send(new TestBatch("r", 1, 1)).join();
    assertThat(ids()).containsExactly("r0", "foreign", "r1");
  }

  @Test
  void bytesThatAreNoTextAreKeptAside() throws IOException {
    FileUpstream first = open();
    first.send(new TestBatch("r", 0, 3)).join();
    first.close();
    Path file = openFile();
    byte[] foreign = {(byte) 0x81, (byte) 0xA2, 0x21, 0x63, 'd', '/', '/', 0x00, 0x61, 't', '\n'};
    Files.write(file, foreign, StandardOpenOption.APPEND);
    FileUpstream second = open();
    second.send(new TestBatch("r", 3, 3)).join();
    assertThat(ids()).containsExactlyElementsOf(new TestBatch("r", 0, 6).ids());
    assertThat(named(".torn"))
        .singleElement()
        .satisfies(torn -> assertThat(Files.readAllBytes(torn)).isEqualTo(foreign));
  }

  @Test
  void flippedByteCostsNoneOfTheLinesBehindIt() throws IOException {
    FileUpstream first = open();
    first.send(new TestBatch("r", 0, 100)).join();
    first.close();
    byte[] bytes = Files.readAllBytes(openFile());
    bytes[200] = 0;
    Files.write(openFile(), bytes);
    open();
    Set<String> left = new LinkedHashSet<>(ids());
    left.addAll(idsOf(named(".torn").get(0)));
    assertThat(left).hasSizeGreaterThanOrEqualTo(99);
  }

  @Test
  void senmlCborIsNotForFiles() {
    FileSettings settings = settings(archive(), null);
    assertThat(settings.problems(new ForwardSettings("senml-cbor", 50, 100)))
        .extracting(Problem::key)
        .containsExactly("format");
    assertThat(settings.problems(new ForwardSettings("senml-json", 50, 100))).isEmpty();
  }

  @Test
  void directoryIsTheSameHoweverItIsWritten() throws IOException {
    Files.createDirectories(archive());
    Path link = Files.createSymbolicLink(root.resolve("link"), root);
    assertThat(settings(link.resolve("archive"), null).sole())
        .isEqualTo(settings(archive(), null).sole())
        .isEqualTo(settings(root.resolve("x/../archive"), null).sole());
    assertThat(settings(link.resolve("new"), null).sole())
        .isEqualTo(settings(root.resolve("new"), null).sole());
  }

  @Test
  void nothingIsWrittenWhereTheDiskIsNotMounted() {
    FileSettings settings = settings(archive(), root);
    assertThat(settings.problems()).isEmpty();
    assertThatThrownBy(() -> open(settings))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nothing is mounted at " + root + "; mount it");
    assertThat(archive()).doesNotExist();
  }

  @Test
  void mountPointMustBeAboveTheDirectory() {
    assertThat(settings(archive(), Path.of("/mnt/other")).problems())
        .extracting(Problem::key)
        .containsExactly("mount-point");
  }

  @Test
  void mountsAreFoundAsTheKernelWritesThem() throws IOException {
    assertThat(MountPoint.isMounted(Path.of("/proc"))).isTrue();
    assertThat(MountPoint.isMounted(root)).isFalse();
    List<String> lines =
        List.of(
            "36 35 8:1 /a /mnt/usb\\040stick rw,noatime shared:1 - ext4 /dev/sda1 rw",
            "37 35 0:40 / /mnt/auto rw - autofs systemd-1 rw");
    assertThat(MountPoint.isMounted(Path.of("/mnt/usb stick"), lines)).isTrue();
    assertThat(MountPoint.isMounted(Path.of("/mnt/auto"), lines)).isFalse();
    assertThat(MountPoint.isMounted(Path.of("/mnt"), lines)).isFalse();
  }

  private Path archive() {
    return root.resolve("archive");
  }

  private static FileSettings settings(Path directory, @Nullable Path mountPoint) {
    return new FileSettings(
        directory,
        new Bytes(1 << 20),
        Duration.ofHours(1),
        Compression.NONE,
        true,
        null,
        null,
        mountPoint);
  }

  private FileUpstream open() throws IOException {
    return open(settings(archive(), null));
  }

  private FileUpstream open(FileSettings settings) throws IOException {
    FileUpstream upstream =
        new FileUpstream("edge-01", "archive", settings, InstantSource.system(), System::nanoTime);
    upstreams.add(upstream);
    upstream.open();
    return upstream;
  }

  /** As the Forwarder does after a refusal. */
  private static void deliverAgain(FileUpstream upstream, TestBatch batch) throws IOException {
    upstream.close();
    upstream.open();
    assertThat(upstream.send(batch).join()).isEqualTo(new Delivery.Delivered());
  }

  private static @Nullable String refusal(Delivery delivery) {
    return delivery instanceof Delivery.Retry retry ? retry.cause() : null;
  }

  private Path openFile() throws IOException {
    return named(".open").get(0);
  }

  private List<Path> named(String ending) throws IOException {
    try (Stream<Path> entries = Files.list(archive())) {
      return entries.filter(path -> path.toString().endsWith(ending)).sorted().toList();
    }
  }

  /** Of all files that are no links. */
  private List<String> ids() throws IOException {
    List<String> ids = new ArrayList<>();
    for (Path file : named(".open")) {
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        ids.addAll(idsOf(file));
      }
    }
    return ids;
  }

  private static List<String> idsOf(Path file) throws IOException {
    return ID.matcher(
            new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.toList()) {
        Files.delete(entry);
      }
    }
    Files.delete(directory);
  }
}
