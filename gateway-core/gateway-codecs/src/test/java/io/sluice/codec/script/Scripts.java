package io.sluice.codec.script;

import io.sluice.adapter.testkit.CodecContract;
import io.sluice.adapter.testkit.RecordingSink;
import io.sluice.api.codec.CodecFileException;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadCodecFactory;
import io.sluice.api.codec.PayloadException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Scripts to test with: written in a test, or shipped. */
final class Scripts {
  private Scripts() {}

  /** The codec of a script written here, as {@code test.js}. */
  static PayloadCodec of(String... lines) {
    try {
      return opened(lines).create();
    } catch (CodecFileException e) {
      throw new AssertionError(e.placed(), e);
    }
  }

  static PayloadCodecFactory opened(String... lines) throws CodecFileException {
    try {
      Path folder = Files.createTempDirectory("scripts");
      Path file = Files.writeString(folder.resolve("test.js"), String.join("\n", lines) + "\n");
      try {
        return new ScriptCodecFactory().open(file);
      } finally {
        Files.delete(file);
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path shippedFile(String name) {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(here.resolve("config/codecs"))) {
      here = here.getParent();
    }
    return here.resolve("config/codecs").resolve(name + ".js");
  }

  /** What makes the codecs of a script that is shipped. */
  static PayloadCodecFactory shipped(String name) {
    try {
      return new ScriptCodecFactory().open(shippedFile(name));
    } catch (CodecFileException e) {
      throw new AssertionError(e.placed(), e);
    }
  }

  static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  static RecordingSink read(PayloadCodec codec, int port, String hex) throws PayloadException {
    RecordingSink sink = new RecordingSink();
    codec.decode(hex(hex), port, CodecContract.DEVICE, CodecContract.RECEIVED_MICROS, sink);
    return sink;
  }

  /**
   * What came of a payload: {@code path=type value}, of a further sample {@code 1/path=...}, {@code
   * path!why} of a refused field, and warnings.
   */
  static List<String> values(PayloadCodec codec, int port, String hex) throws PayloadException {
    RecordingSink sink = read(codec, port, hex);
    return Stream.concat(
            sink.leaves().stream()
                .map(leaf ->
                    (leaf.sample() == 0 ? "" : leaf.sample() + "/")
                        + leaf.path()
                        + (leaf.refused() ? "!" : "=")
                        + leaf.value()),
            sink.times().stream())
        .toList();
  }
}
