package io.sluice.engine.config;

import java.io.IOException;
import java.io.StringReader;
import java.util.Map;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import org.snakeyaml.engine.v2.schema.Schema;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/** Opens texts as YAML 1.2, in time and memory that grow with the text and no faster. */
public final class YamlText {
  private static final int MIN_BUFFER_CHARS = 1 << 10;
  private static final int MAX_BUFFER_CHARS = 1 << 22;

  private static final Pattern ZERO_LED = Pattern.compile("[-+]?0[0-9]+");

  private YamlText() {}

  /**
   * Whether these are decimal digits behind a zero, as serial numbers and keys have them. The
   * parser gives them as text, for it would read octal digits in them; who wants a number may take
   * them for a decimal one (YAML 1.2.2 section 10.3.2).
   */
  public static boolean isZeroLed(String text) {
    return text.length() > 1 && ZERO_LED.matcher(text).matches();
  }

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
                    .setSchema(new Digits())
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

  /** The core schema, but for digits behind a zero. */
  private static final class Digits implements Schema {
    private final CoreSchema core = new CoreSchema();

    @Override
    public ScalarResolver getScalarResolver() {
      ScalarResolver resolver = core.getScalarResolver();
      return (value, implicit) -> isZeroLed(value) ? Tag.STR : resolver.resolve(value, implicit);
    }

    @Override
    public Map<Tag, ConstructNode> getSchemaTagConstructors() {
      return core.getSchemaTagConstructors();
    }
  }
}
