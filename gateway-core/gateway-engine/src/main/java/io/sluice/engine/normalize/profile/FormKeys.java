package io.sluice.engine.normalize.profile;

import io.sluice.api.codec.PayloadCodecFactory;
import io.sluice.api.codec.PayloadCodecs;
import io.sluice.engine.normalize.profile.PayloadForms.Encoding;
import io.sluice.engine.normalize.yaml.Nearest;
import io.sluice.engine.normalize.yaml.YamlKeys;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a profile says that payloads are written: {@code codec}, {@code charset}, times and so on.
 */
final class FormKeys {
  private static final Map<String, Encoding> ENCODINGS =
      Map.of("binary", Encoding.BINARY, "hex", Encoding.HEX, "base64", Encoding.BASE64);
  private static final Map<String, Character> DECIMALS = Map.of(".", '.', ",", ',');
  private static final Map<String, Boolean> TOLERATE = Map.of("field", true, "none", false);
  private static final Map<String, Boolean> UNTIMED = Map.of("spaced", true, "ordered", false);

  private FormKeys() {}

  /**
   * What stands there; what cannot be is noted, and has its default.
   *
   * @param profile file of the profile
   * @param faults takes what is wrong with a file that it names, each with its place in there
   */
  static PayloadForms read(YamlKeys top, Path profile, List<String> faults) {
    PayloadCodecFactory codec = top.has("codec") ? codec(top, "codec") : codec(top, "payload");
    return new PayloadForms(
        ScriptFile.opened(codec, top, profile, faults),
        top.has("codec"),
        top.choice("encoding", ENCODINGS, Encoding.BINARY),
        charset(top),
        new TimeForms(zone(top), timeFormats(top)),
        top.choice("decimal", DECIMALS, '.'),
        top.choice("tolerate", TOLERATE, true),
        top.choice("untimed", UNTIMED, false));
  }

  private static @Nullable PayloadCodecFactory codec(YamlKeys top, String key) {
    if (key.equals("codec") && top.has("payload")) {
      top.fault("payload", "stands beside codec, which goes before it; keep one of the two");
    }
    String name = top.text(key);
    PayloadCodecFactory codec = name == null ? null : PayloadCodecs.find(name);
    if (name != null && codec == null) {
      String remedy =
          "write one of %s, or put the jar that has it into adapters"
              .formatted(String.join(", ", PayloadCodecs.names().stream().sorted().toList()));
      top.fault(
          key,
          "\"" + name + "\" is not known; " + Nearest.hint(name, PayloadCodecs.names(), remedy));
    }
    return codec;
  }

  private static Charset charset(YamlKeys top) {
    String name = top.text("charset");
    try {
      return name == null ? StandardCharsets.UTF_8 : Charset.forName(name);
    } catch (IllegalArgumentException e) {
      top.fault(
          "charset", "\"" + name + "\" is not known; write one such as gb18030 or iso-8859-1");
      return StandardCharsets.UTF_8;
    }
  }

  private static List<DateTimeFormatter> timeFormats(YamlKeys top) {
    List<DateTimeFormatter> formats = new ArrayList<>();
    for (String pattern : top.texts("time-format")) {
      try {
        formats.add(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
      } catch (IllegalArgumentException e) {
        top.fault(
            "time-format",
            "\"" + pattern + "\" is no pattern; write one such as dd/MM/yyyy HH:mm:ss");
      }
    }
    return List.copyOf(formats);
  }

  private static ZoneId zone(YamlKeys top) {
    String name = top.text("timezone");
    try {
      return name == null ? ZoneOffset.UTC : ZoneId.of(name);
    } catch (DateTimeException e) {
      top.fault(
          "timezone", "\"" + name + "\" is not known; write one such as Asia/Shanghai or +08:00");
      return ZoneOffset.UTC;
    }
  }
}
