package io.sluice.upstream;

import io.sluice.api.upstream.OutboundBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Text with places for a record's fields: {@code sluice/{class}/{device}}. Immutable. */
public final class RecordTemplate {
  private static final Pattern PLACE = Pattern.compile("\\{([^{}]*)}");

  private final List<Part> parts;

  /** Which characters may stand in the text. */
  @FunctionalInterface
  public interface Allowed {
    boolean test(char c);

    private String of(String field) {
      StringBuilder changed = null;
      for (int i = 0; i < field.length(); i++) {
        if (!test(field.charAt(i))) {
          changed = changed == null ? new StringBuilder(field) : changed;
          changed.setCharAt(i, '_');
        }
      }
      return changed == null ? field : changed.toString();
    }
  }

  private interface Part {
    String text(OutboundBatch batch, int index);
  }

  private RecordTemplate(List<Part> parts) {
    this.parts = parts;
  }

  /** What is wrong with a template, and the remedy; null where nothing is. */
  public static @Nullable String problem(String template) {
    Matcher places = PLACE.matcher(template);
    while (places.find()) {
      if (fieldOf(places.group(1), "") == null) {
        return "unknown place {"
            + places.group(1)
            + "}; write one of {class}, {device}, {gateway}, {lane}, {sector}, {site}, {model}";
      }
    }
    return places.replaceAll("").matches(".*[{}].*") ? "a brace has no partner" : null;
  }

  /**
   * @param allowed which characters of a field the target takes; each other becomes {@code _}
   */
  public static RecordTemplate of(String template, String gateway, Allowed allowed) {
    String problem = problem(template);
    if (problem != null) {
      throw new IllegalArgumentException(template + ": " + problem);
    }
    List<Part> parts = new ArrayList<>();
    Matcher places = PLACE.matcher(template);
    int at = 0;
    while (places.find()) {
      String text = template.substring(at, places.start());
      parts.add((batch, index) -> text);
      Part field = Objects.requireNonNull(fieldOf(places.group(1), gateway));
      parts.add((batch, index) -> allowed.of(field.text(batch, index)));
      at = places.end();
    }
    String rest = template.substring(at);
    parts.add((batch, index) -> rest);
    return new RecordTemplate(List.copyOf(parts));
  }

  public String expand(OutboundBatch batch, int index) {
    StringBuilder text = new StringBuilder(64);
    for (Part part : parts) {
      text.append(part.text(batch, index));
    }
    return text.toString();
  }

  /** A field's value as it may stand in the text. */
  private static @Nullable Part fieldOf(String name, String gateway) {
    return switch (name) {
      case "class" -> (batch, index) -> batch.messageClass(index).jsonName();
      case "lane" -> (batch, index) -> batch.lane().jsonName();
      case "device" -> (batch, index) -> batch.device(index);
      case "sector" -> (batch, index) -> batch.sector(index);
      case "site" -> (batch, index) -> batch.site(index);
      case "model" -> (batch, index) -> batch.model(index);
      case "gateway" -> (batch, index) -> gateway;
      default -> null;
    };
  }
}
