package io.sluice.admin.http;

import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;

/** A request's JSON object, read key by key; every fault is a {@link BadRequestException}. */
public final class JsonBody {
  /** What the parser says of its source and settings. */
  private static final Pattern OWN_WORDS =
      Pattern.compile(" ?\\((start marker at )?\\[Source:|\\[Source:");

  private final Map<?, ?> object;
  private final String path;

  private JsonBody(Map<?, ?> object, String path) {
    this.object = object;
    this.path = path;
  }

  /** The body of a request; keys that are not known are refused. */
  public static JsonBody of(RoutingContext ctx, Set<String> knownKeys) {
    return of(tree(ctx), "", knownKeys);
  }

  /** As {@link #of(RoutingContext, Set)}; no body is an empty object. */
  public static JsonBody orEmpty(RoutingContext ctx, Set<String> knownKeys) {
    return ctx.body().length() <= 0 ? new JsonBody(Map.of(), "") : of(tree(ctx), "", knownKeys);
  }

  private static @Nullable Object tree(RoutingContext ctx) {
    io.vertx.core.buffer.Buffer buffer = ctx.body().buffer();
    if (buffer == null || buffer.length() == 0) {
      throw new BadRequestException("the body is empty; send a JSON object");
    }
    try {
      return JsonTree.read(buffer.getBytes());
    } catch (JacksonException e) {
      throw new BadRequestException("the body is no JSON: " + fault(e));
    }
  }

  /** What the parser says, without what it says of itself. */
  private static String fault(JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    String words =
        OWN_WORDS
            .split(String.valueOf(e.getOriginalMessage()), 2)[0]
            .lines()
            .findFirst()
            .orElse("");
    return at == null || at.getLineNr() < 1
        ? words
        : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": " + words;
  }

  /**
   * The body, or the object that it has at a key: so that a change takes what a GET answers.
   *
   * @param around keys that may stand beside it; they count for nothing
   */
  public static JsonBody within(
      RoutingContext ctx, String key, Set<String> around, Set<String> knownKeys) {
    Object tree = tree(ctx);
    Object inner = tree instanceof Map<?, ?> map ? map.get(key) : null;
    if (!(inner instanceof Map<?, ?>)) {
      return of(tree, "", knownKeys);
    }
    var _ = of(tree, "", around);
    return of(inner, key + ".", knownKeys);
  }

  private static JsonBody of(@Nullable Object value, String path, Set<String> knownKeys) {
    if (!(value instanceof Map<?, ?> object)) {
      throw new BadRequestException(where(path) + "must be a JSON object");
    }
    for (Object key : object.keySet()) {
      if (!knownKeys.contains(key)) {
        throw new BadRequestException(
            where(path + key)
                + "is not known; known are "
                + String.join(", ", knownKeys.stream().sorted().toList()));
      }
    }
    return new JsonBody(object, path);
  }

  public String required(String key) {
    String value = text(key);
    if (value == null) {
      throw new BadRequestException(place(key) + "is missing; give a string");
    }
    return value;
  }

  @Nullable
  public String text(String key) {
    Object value = value(key);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw new BadRequestException(place(key) + "must be a string");
  }

  public boolean flag(String key, boolean byDefault) {
    Object value = value(key);
    if (value == null) {
      return byDefault;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw new BadRequestException(place(key) + "must be true or false");
  }

  /** A time in microseconds since the epoch. */
  @Nullable
  public Long micros(String key) {
    Object value = value(key);
    if (value == null) {
      return null;
    }
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    throw new BadRequestException(place(key) + "must be a time in µs since the epoch, as digits");
  }

  @Nullable
  public JsonBody object(String key, Set<String> knownKeys) {
    Object value = value(key);
    return value == null ? null : of(value, path + key + ".", knownKeys);
  }

  /** Whether the key is there, if only as null. */
  public boolean has(String key) {
    return object.containsKey(key);
  }

  /** The value as {@link JsonTree} has it; null where it is absent or null. */
  @Nullable
  public Object value(String key) {
    return object.get(key);
  }

  private String place(String key) {
    return where(path + key);
  }

  private static String where(String place) {
    return place.isEmpty() ? "the body " : place + " ";
  }
}
