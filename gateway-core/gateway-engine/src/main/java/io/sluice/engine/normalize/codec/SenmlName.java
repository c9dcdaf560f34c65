package io.sluice.engine.normalize.codec;

/** A SenML name, base name and name together (RFC 8428 section 4.5.1). */
public final class SenmlName {
  /** A metric's name and, before it, what names the device. */
  public static final int MAX_CHARS = 512;

  private SenmlName() {}

  /**
   * Without the slash that paths of LwM2M begin with (OMA LwM2M Core 1.1 section 7.4.4): {@code
   * /3424/0/1}.
   */
  public static String withoutSlash(String full) {
    boolean led = full.length() > 1 && full.charAt(0) == '/' && Character.isDigit(full.charAt(1));
    return led ? full.substring(1) : full;
  }

  public static boolean isValid(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!plain && (i == 0 || "-:./_".indexOf(c) < 0)) {
        return false;
      }
    }
    return true;
  }
}
