package io.sluice.engine.config;

import io.sluice.api.config.Bytes;
import io.sluice.api.config.DurationText;
import io.sluice.api.config.Option;
import io.sluice.api.config.Secret;
import io.sluice.engine.config.ConfigNode.Kind;
import io.sluice.engine.config.ConfigNode.Scalar;
import io.sluice.engine.config.OptionType.Basic;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns a scalar into a value of a basic type, or says what is wrong with it. */
final class ScalarReader {
  /** What is wrong; what to do. */
  static final class Misfit extends Exception {
    private static final long serialVersionUID = 1;

    Misfit(String message) {
      super(message, null, false, false);
    }
  }

  private static final Pattern BYTES =
      Pattern.compile("(\\d{1,18}) ?(B|KB|MB|GB|TB)?", Pattern.CASE_INSENSITIVE);
  private static final Pattern WORDS =
      Pattern.compile("(?:[A-Za-z0-9-]|\\\\\\.)+(?:\\|(?:[A-Za-z0-9-]|\\\\\\.)+)+");
  private static final Pattern USER = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/*[^/?#]*@");
  private static final Map<String, Integer> SHIFT =
      Map.of("B", 0, "KB", 10, "MB", 20, "GB", 30, "TB", 40);

  private final PathBase base;

  ScalarReader(PathBase base) {
    this.base = base;
  }

  Object read(Basic type, Option option, Scalar scalar) throws Misfit {
    return switch (type) {
      case BOOLEAN -> bool(option, scalar);
      case INT -> (int) whole(type, option, scalar, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case LONG -> whole(type, option, scalar, Long.MIN_VALUE, Long.MAX_VALUE);
      case DOUBLE -> real(option, scalar);
      case STRING -> string(option, scalar);
      case SECRET -> new Secret(secret(option, scalar.text()));
      case DURATION -> duration(option, scalar);
      case BYTES -> bytes(option, scalar);
      case PATH -> path(option, scalar);
      case URI -> uri(option, scalar);
    };
  }

  static String remedy(Basic type, Option option) {
    if (!option.hint().isEmpty()) {
      return option.hint();
    }
    List<String> words = words(option);
    if (!words.isEmpty()) {
      return "write " + String.join(" or ", words);
    }
    String range = range(type, option);
    return range.isEmpty() ? type.remedy() : "write " + type.noun() + " " + range;
  }

  /** {@code from 1 to 65535}, in the type's unit; empty where there are no bounds. */
  static String range(Basic type, Option option) {
    boolean least = option.min() != Long.MIN_VALUE;
    boolean most = option.max() != Long.MAX_VALUE;
    if (least && most) {
      return "from " + show(type, option.min()) + " to " + show(type, option.max());
    }
    return least
        ? "of at least " + show(type, option.min())
        : most ? "of at most " + show(type, option.max()) : "";
  }

  private static String show(Basic type, long value) {
    return switch (type) {
      case DURATION -> DurationText.format(value);
      case BYTES -> showBytes(value);
      default -> Long.toString(value);
    };
  }

  private static int shift(String unit) {
    return Objects.requireNonNull(SHIFT.get(unit));
  }

  private static String showBytes(long bytes) {
    for (String unit : new String[] {"TB", "GB", "MB", "KB"}) {
      long one = 1L << shift(unit);
      if (bytes >= one && bytes % one == 0) {
        return bytes / one + unit;
      }
    }
    return Long.toString(bytes);
  }

  /** What a unit looks like, where the remedy has no example. */
  private static String example(Basic type, Option option) {
    if (remedy(type, option).contains("for example") || !option.hint().isEmpty()) {
      return "";
    }
    return switch (type) {
      case DURATION -> ", such as " + DurationText.EXAMPLES;
      case BYTES -> ", such as 512, 64KB, 64MB or 2GB";
      default -> "";
    };
  }

  private static Misfit wrongType(Basic type, Option option, Scalar scalar) {
    return new Misfit(
        "must be "
            + type.noun()
            + ", not "
            + scalar.describe()
            + "; "
            + remedy(type, option)
            + example(type, option));
  }

  private static void checkRange(Basic type, Option option, long value, Scalar scalar)
      throws Misfit {
    if (value < option.min() || value > option.max()) {
      throw new Misfit(scalar.text() + " is out of range; " + remedy(type, option));
    }
  }

  private static boolean bool(Option option, Scalar scalar) throws Misfit {
    return switch (scalar.kind() == Kind.TEXT ? "" : scalar.text()) {
      case "true", "True", "TRUE" -> true;
      case "false", "False", "FALSE" -> false;
      default -> throw wrongType(Basic.BOOLEAN, option, scalar);
    };
  }

  private static long whole(Basic type, Option option, Scalar scalar, long least, long most)
      throws Misfit {
    if (scalar.kind() == Kind.TEXT) {
      throw wrongType(type, option, scalar);
    }
    long value;
    try {
      value = Long.parseLong(scalar.text());
    } catch (NumberFormatException e) {
      throw wrongType(type, option, scalar);
    }
    checkRange(type, option, value, scalar);
    if (value < least || value > most) {
      throw new Misfit(
          scalar.text() + " is out of range; write a whole number from " + least + " to " + most);
    }
    return value;
  }

  private static double real(Option option, Scalar scalar) throws Misfit {
    double value;
    try {
      value = scalar.kind() == Kind.TEXT ? Double.NaN : Double.parseDouble(scalar.text());
    } catch (NumberFormatException e) {
      throw wrongType(Basic.DOUBLE, option, scalar);
    }
    if (!Double.isFinite(value)) {
      throw wrongType(Basic.DOUBLE, option, scalar);
    }
    if (value < option.min() || value > option.max()) {
      throw new Misfit(scalar.text() + " is out of range; " + remedy(Basic.DOUBLE, option));
    }
    return value;
  }

  private static String string(Option option, Scalar scalar) throws Misfit {
    return matching(option, scalar.text(), scalar.describe());
  }

  /** A secret, which no message shows. */
  static String secret(Option option, String text) throws Misfit {
    return matching(option, text, "the secret");
  }

  private static String matching(Option option, String text, String shown) throws Misfit {
    if (!option.pattern().isEmpty() && !Pattern.matches(option.pattern(), text)) {
      String remedy = remedy(Basic.STRING, option);
      throw new Misfit(
          shown
              + " is not allowed here; "
              + (remedy.equals(Basic.STRING.remedy())
                  ? "write text that matches " + option.pattern()
                  : remedy));
    }
    return text;
  }

  /** The words that a pattern allows where it is a choice between words; else empty. */
  static List<String> words(Option option) {
    return WORDS.matcher(option.pattern()).matches()
        ? List.of(option.pattern().replace("\\.", ".").split("\\|", -1))
        : List.of();
  }

  private static Duration duration(Option option, Scalar scalar) throws Misfit {
    Duration duration = DurationText.parse(scalar.text());
    if (duration == null) {
      throw wrongType(Basic.DURATION, option, scalar);
    }
    checkRange(Basic.DURATION, option, duration.toMillis(), scalar);
    return duration;
  }

  private static Bytes bytes(Option option, Scalar scalar) throws Misfit {
    Matcher matcher = BYTES.matcher(scalar.text());
    if (!matcher.matches()) {
      throw wrongType(Basic.BYTES, option, scalar);
    }
    String unit = matcher.group(2) == null ? "B" : matcher.group(2).toUpperCase(Locale.ROOT);
    long count = Long.parseLong(matcher.group(1));
    if (count > Long.MAX_VALUE >> shift(unit)) {
      throw new Misfit(scalar.text() + " is out of range; " + remedy(Basic.BYTES, option));
    }
    checkRange(Basic.BYTES, option, count << shift(unit), scalar);
    return new Bytes(count << shift(unit));
  }

  private Path path(Option option, Scalar scalar) throws Misfit {
    try {
      return base.resolve(scalar).normalize();
    } catch (InvalidPathException e) {
      throw wrongType(Basic.PATH, option, scalar);
    }
  }

  /**
   * What stands before the host goes wherever the address goes: into logs, views and bundles. Not
   * even the message shows it.
   */
  private static void rejectUser(String text) throws Misfit {
    if (USER.matcher(text).lookingAt()) {
      throw new Misfit(
          "must not hold a user or a password before the host; write them under their own keys, the"
              + " password in a file (-file)");
    }
  }

  private static URI uri(Option option, Scalar scalar) throws Misfit {
    rejectUser(scalar.text());
    try {
      URI uri = new URI(scalar.text());
      if (uri.isAbsolute()) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw wrongType(Basic.URI, option, scalar);
    }
    throw wrongType(Basic.URI, option, scalar);
  }
}
