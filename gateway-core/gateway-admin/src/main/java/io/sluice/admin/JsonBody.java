package io.sluice.admin;

import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** A request's JSON object, read key by key; every fault is a {@link BadRequestException}. */
final class JsonBody {
  private final JsonNode object;
  private final String path;

  private JsonBody(JsonNode object, String path) {
    this.object = object;
    this.path = path;
  }

  /** The body of a request; keys that are not known are refused. */
  static JsonBody of(RoutingContext ctx, Set<String> knownKeys) {
    io.vertx.core.buffer.Buffer buffer = ctx.body().buffer();
    if (buffer == null || buffer.length() == 0) {
      throw new BadRequestException("the body is empty; send a JSON object");
    }
    try {
      return new JsonBody(ApiJson.MAPPER.readTree(buffer.getBytes()), "").checked(knownKeys);
    } catch (JacksonException e) {
      throw new BadRequestException("the body is no JSON: " + e.getOriginalMessage());
    }
  }

  private JsonBody checked(Set<String> knownKeys) {
    if (!object.isObject()) {
      throw new BadRequestException(where("") + "must be a JSON object");
    }
    for (String key : object.propertyNames()) {
      if (!knownKeys.contains(key)) {
        throw new BadRequestException(
            where(key)
                + "is not known; known are "
                + String.join(", ", knownKeys.stream().sorted().toList()));
      }
    }
    return this;
  }

  String required(String key) {
    String value = text(key);
    if (value == null) {
      throw new BadRequestException(where(key) + "is missing; give a string");
    }
    return value;
  }

  @Nullable String text(String key) {
    JsonNode node = node(key);
    if (node == null) {
      return null;
    }
    if (!node.isString()) {
      throw new BadRequestException(where(key) + "must be a string");
    }
    return node.stringValue();
  }

  boolean flag(String key, boolean byDefault) {
    JsonNode node = node(key);
    if (node == null) {
      return byDefault;
    }
    if (!node.isBoolean()) {
      throw new BadRequestException(where(key) + "must be true or false");
    }
    return node.booleanValue();
  }

  /** A time in microseconds since the epoch. */
  @Nullable Long micros(String key) {
    JsonNode node = node(key);
    if (node == null) {
      return null;
    }
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw new BadRequestException(where(key) + "must be a time in µs since the epoch, as digits");
    }
    return node.longValue();
  }

  @Nullable JsonBody object(String key, Set<String> knownKeys) {
    JsonNode node = node(key);
    return node == null ? null : new JsonBody(node, path + key + ".").checked(knownKeys);
  }

  /** The value as it is; null where it is absent or null. */
  @Nullable JsonNode node(String key) {
    JsonNode node = object.get(key);
    return node == null || node.isNull() ? null : node;
  }

  private String where(String key) {
    String place = path + key;
    return place.isEmpty() ? "the body " : place + " ";
  }
}
