package io.sluice.engine.deadletter;

import io.sluice.api.operator.DeadLetterRetryService.State;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which dead letters were retried, in a file of lines, each on disk before it counts:
 *
 * <pre>
 * sluice-retried 1 {epoch of the spool}
 * begun 17
 * done 17
 * free 18
 * </pre>
 *
 * A letter that was begun and is neither done nor free is unsettled. A torn last line is cut off.
 * Marks of letters that are no longer kept are dropped when the file is opened and each time that
 * 10,000 lines were added. Not thread-safe.
 */
final class RetriedLetters implements AutoCloseable {
  private static final String HEADER = "sluice-retried 1 ";
  private static final int LINES_MAX = 10_000;

  private final Path file;
  private final String epoch;
  private final Map<Long, State> states;
  private FileChannel channel;
  private int lines;

  private RetriedLetters(Path file, String epoch, Map<Long, State> states) throws IOException {
    this.file = file;
    this.epoch = epoch;
    this.states = states;
    this.channel = rewrite();
  }

  /**
   * @param epoch of the spool; marks of another spool count for nothing
   * @param oldestKept sequence of the oldest dead letter
   */
  static RetriedLetters open(Path file, String epoch, long oldestKept) throws IOException {
    TreeMap<Long, State> states = new TreeMap<>();
    if (Files.exists(file)) {
      read(Files.readString(file, StandardCharsets.ISO_8859_1), epoch, states);
    }
    states.headMap(oldestKept).clear();
    return new RetriedLetters(file, epoch, states);
  }

  private static void read(String text, String epoch, Map<Long, State> states) throws IOException {
    String whole = text.substring(0, text.lastIndexOf('\n') + 1);
    List<String> lines = whole.lines().toList();
    if (lines.isEmpty() || !lines.getFirst().equals(HEADER + epoch)) {
      return;
    }
    for (String line : lines.subList(1, lines.size())) {
      apply(line, states);
    }
  }

  private static void apply(String line, Map<Long, State> states) throws IOException {
    int space = line.indexOf(' ');
    try {
      long sequence = Long.parseLong(line.substring(space + 1));
      switch (line.substring(0, Math.max(0, space))) {
        case "begun" -> states.put(sequence, State.UNSETTLED);
        case "done" -> states.put(sequence, State.RETRIED);
        case "free" -> states.remove(sequence);
        default -> throw new NumberFormatException(line);
      }
    } catch (NumberFormatException e) {
      throw new IOException("retried-letters has the line \"" + line + "\"; delete that line", e);
    }
  }

  private FileChannel rewrite() throws IOException {
    StringBuilder text = new StringBuilder(HEADER).append(epoch).append('\n');
    states.forEach((sequence, state) ->
        text.append(state == State.RETRIED ? "done " : "begun ").append(sequence).append('\n'));
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel out =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      write(out, text.toString());
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent())) {
      directory.force(true); // else a power failure may bring the old file back
    }
    lines = 0;
    return FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
  }

  State state(long sequence) {
    return states.getOrDefault(sequence, State.REFUSED);
  }

  /** From now on the letter is unsettled, on disk too. */
  void begin(long sequence, long oldestKept) throws IOException {
    if (lines >= LINES_MAX) {
      states.keySet().removeIf(kept -> kept < oldestKept);
      channel.close();
      channel = rewrite();
    }
    append("begun ", sequence);
    states.put(sequence, State.UNSETTLED);
  }

  void done(long sequence) throws IOException {
    states.put(sequence, State.RETRIED);
    append("done ", sequence);
  }

  /** Nothing was stored: the letter is as it was. */
  void free(long sequence) throws IOException {
    append("free ", sequence);
    states.remove(sequence);
  }

  private void append(String what, long sequence) throws IOException {
    write(channel, what + sequence + '\n');
    lines++;
  }

  private static void write(FileChannel out, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
    out.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
