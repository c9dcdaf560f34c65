package io.sluice.codec.script;

import io.sluice.api.codec.CodecFileException;
import io.sluice.api.codec.FileCodecFactory;
import io.sluice.api.codec.PayloadCodecFactory;
import io.sluice.api.config.TextFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Codecs in JavaScript, one for each file. Refers to Rhino in {@link #open} alone. */
public final class ScriptCodecFactory implements FileCodecFactory {
  @Override
  public String name() {
    return "script";
  }

  @Override
  public PayloadCodecFactory open(Path file) throws CodecFileException {
    return new ScriptCodecs(Program.compile(file, text(file)));
  }

  private static String text(Path file) throws CodecFileException {
    try {
      long size = Files.size(file);
      if (size > MAX_FILE_BYTES) {
        throw new CodecFileException(
            file, 1, 1, "has %d bytes; a script has at most %d".formatted(size, MAX_FILE_BYTES));
      }
      return TextFile.decode(Files.readAllBytes(file));
    } catch (CharacterCodingException e) {
      throw new CodecFileException(file, 1, 1, "is no UTF-8 text; save it as UTF-8");
    } catch (IOException e) {
      throw new CodecFileException(
          file, 1, 1, "cannot be read (" + e.getMessage() + "); check that it is there");
    }
  }
}
