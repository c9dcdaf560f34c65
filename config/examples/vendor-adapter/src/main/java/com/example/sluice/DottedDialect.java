package com.example.sluice;

import io.sluice.api.ContentType;
import io.sluice.api.MessageClass;
import io.sluice.api.dialect.Dialect;
import io.sluice.api.dialect.Route;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Topics such as {@code plant.pump-07.alarm}: device and class stand within one level. */
public final class DottedDialect implements Dialect {
  private static final Map<String, MessageClass> CLASSES =
      Map.of("values", MessageClass.TELEMETRY, "alarm", MessageClass.ALARM);

  @Override
  public String name() {
    return "dotted";
  }

  @Override
  public @Nullable Route route(String topic) {
    int first = topic.indexOf('.');
    int last = topic.lastIndexOf('.');
    MessageClass messageClass = CLASSES.get(topic.substring(last + 1));
    return messageClass == null || first == last
        ? null
        : new Route(messageClass, topic.substring(first + 1, last), ContentType.UNSPECIFIED);
  }

  @Override
  public String hint() {
    return "{plant}.{device}.values, {plant}.{device}.alarm";
  }
}
