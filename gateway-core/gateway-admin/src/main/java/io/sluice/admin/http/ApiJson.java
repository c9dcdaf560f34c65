package io.sluice.admin.http;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.config.DurationText;
import io.sluice.api.operator.AlarmService;
import io.sluice.api.operator.CommandService;
import io.sluice.api.operator.CoverageService;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The views as JSON: component names as keys, enums by the names that CONTRACT and DOMAIN use.
 *
 * <p>Over Jackson's generator alone: data binding is 530 classes, some 9 MB of an idle gateway, and
 * nothing else there needs it. {@code instanceof} rather than a pattern switch for the same reason:
 * such a switch makes a class at run time.
 */
@SuppressWarnings("IfChainToSwitch")
public final class ApiJson {
  static final JsonFactory FACTORY = new JsonFactory();

  private ApiJson() {}

  /**
   * Takes records, maps, collections, strings, numbers, truth values, enums, durations, bytes and
   * device ids; anything else is a programmer's fault.
   */
  public static String write(@Nullable Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      value(out, value);
    }
    return text.toString();
  }

  /** An enum's constant as the API writes it. */
  public static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static void value(JsonGenerator out, @Nullable Object value) {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof Number number) {
      number(out, number);
    } else if (value instanceof Boolean truth) {
      out.writeBoolean(truth);
    } else if (value instanceof byte[] bytes) {
      out.writeBinary(bytes);
    } else if (value instanceof Duration duration) {
      out.writeString(DurationText.format(duration));
    } else if (value instanceof Map<?, ?> map) {
      map(out, map);
    } else if (value instanceof Collection<?> all) {
      array(out, all);
    } else if (value instanceof Record && !(value instanceof DeviceId)) {
      object(out, value);
    } else {
      out.writeString(text(value));
    }
  }

  private static void number(JsonGenerator out, Number number) {
    if (number instanceof Long value) {
      out.writeNumber(value);
    } else if (number instanceof Integer value) {
      out.writeNumber(value);
    } else if (number instanceof Double value) {
      out.writeNumber(value);
    } else if (number instanceof Float value) {
      out.writeNumber(value);
    } else if (number instanceof Short value) {
      out.writeNumber(value);
    } else if (number instanceof BigInteger value) {
      out.writeNumber(value);
    } else if (number instanceof BigDecimal value) {
      out.writeNumber(value);
    } else {
      throw unknown(number);
    }
  }

  private static void map(JsonGenerator out, Map<?, ?> map) {
    out.writeStartObject();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.writeName(text(entry.getKey()));
      value(out, entry.getValue());
    }
    out.writeEndObject();
  }

  private static void array(JsonGenerator out, Collection<?> all) {
    out.writeStartArray();
    for (Object each : all) {
      value(out, each);
    }
    out.writeEndArray();
  }

  private static void object(JsonGenerator out, Object view) {
    out.writeStartObject();
    for (RecordShape.Component component : RecordShape.of(view.getClass())) {
      out.writeName(component.name());
      value(out, component.value(view));
    }
    out.writeEndObject();
  }

  /** What is written as a string, and may be a key. */
  private static String text(Object value) {
    if (value instanceof CharSequence text) {
      return text.toString();
    } else if (value instanceof DeviceId id) {
      return id.value();
    } else if (value instanceof ZoneId zone) {
      return zone.getId();
    } else if (value instanceof Enum<?> constant) {
      return label(constant);
    }
    throw unknown(value);
  }

  private static String label(Enum<?> constant) {
    if (constant instanceof Lane lane) {
      return lane.jsonName();
    } else if (constant instanceof MessageClass messageClass) {
      return messageClass.jsonName();
    } else if (constant instanceof RejectReason reason) {
      return reason.label();
    } else if (constant instanceof ContentType type) {
      return type.mediaType();
    } else if (constant instanceof AlarmService.Kind kind) {
      return kind.label();
    } else if (constant instanceof AlarmService.State state) {
      return state.label();
    } else if (isNamedByConstant(constant)) {
      return name(constant);
    }
    throw unknown(constant);
  }

  private static boolean isNamedByConstant(Enum<?> constant) {
    return constant instanceof CommandService.State
        || constant instanceof CoverageService.What
        || constant instanceof CoverageService.StopScope;
  }

  private static IllegalStateException unknown(@Nullable Object value) {
    String type = value == null ? "null as a key" : value.getClass().getName();
    return new IllegalStateException("the API has no JSON for " + type);
  }
}
