package io.sluice.engine.dialect.unpack;

import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.unpack.read.Json;
import io.sluice.engine.dialect.unpack.read.Words;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Messages with one value, whose topic or rule names it. An object keeps its fields, below that
 * name; nothing, as which a retained value is deleted, is no value. Immutable, thread-safe.
 *
 * @param key what tells apart rules that name differently
 * @param name the metric of a topic
 */
record NamedValue(String key, UnaryOperator<String> name) implements Unpacker {
  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    if (payload.length == 0) {
      return List.of();
    }
    String text = Words.text(payload);
    String metric = name.apply(topic);
    String named = "{" + Json.quoted(metric.isEmpty() ? "value" : metric) + ":" + json(text) + "}";
    return List.of(Part.of(ContentType.JSON, Json.utf8(named)));
  }

  private static String json(String text) {
    char first = text.charAt(0);
    char last = text.charAt(text.length() - 1);
    boolean isJson =
        (first == '{' && last == '}')
            || (first == '[' && last == ']')
            || (first == '"' && last == '"' && text.length() > 1)
            || Json.isScalar(text);
    return isJson ? text : Json.quoted(text);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NamedValue named && named.key.equals(key);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }
}
