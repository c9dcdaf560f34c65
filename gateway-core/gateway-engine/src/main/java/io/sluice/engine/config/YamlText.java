package io.sluice.engine.config;

import java.io.IOException;
import java.io.StringReader;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/** Opens texts as YAML 1.2, in time and memory that grow with the text and no faster. */
public final class YamlText {
  private static final int MIN_BUFFER_CHARS = 1 << 10;
  private static final int MAX_BUFFER_CHARS = 1 << 22;

  private YamlText() {}

  /** A parser of that text; it reports aliases, and follows none. */
  public static YAMLParser parser(String text) {
    // with its own small buffer, the scanner copies all of a long scalar again for each kilobyte
    int buffer = Math.clamp(text.length() + 1, MIN_BUFFER_CHARS, MAX_BUFFER_CHARS);
    YAMLFactory factory =
        YAMLFactory.builder()
            .loadSettings(
                LoadSettings.builder()
                    .setCodePointLimit(ConfigTree.MAX_FILE_BYTES)
                    .setBufferSize(buffer)
                    .setSchema(new CoreSchema())
                    .setAllowDuplicateKeys(true)
                    .build())
            .build();
    return (YAMLParser) factory.createParser(ObjectReadContext.empty(), new Whole(text));
  }

  /**
   * Never fills the scanner's buffer wholly: where the last character of a full one is the first
   * half of a surrogate pair, it looks for the other half behind the buffer's end.
   */
  private static final class Whole extends StringReader {
    Whole(String text) {
      super(text);
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
      return super.read(buffer, offset, Math.max(Math.min(1, length), length - 1));
    }
  }
}
