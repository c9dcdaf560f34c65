package io.sluice.admin.http;

import io.sluice.api.Device;
import io.sluice.api.operator.DeviceDirectory.Condition;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * If-Match and If-None-Match of a change (RFC 9110 13.1), and the ETag of a device. The ETag is of
 * the registration alone: a device that reports does not change it.
 */
public final class Precondition implements Condition {
  private static final int TAG_BYTES = 12;
  private static final String ANY = "*";

  private final @Nullable String match;
  private final @Nullable String noneMatch;

  private Precondition(@Nullable String match, @Nullable String noneMatch) {
    this.match = match;
    this.noneMatch = noneMatch;
  }

  public static Precondition of(RoutingContext ctx) {
    return new Precondition(
        ctx.request().getHeader("If-Match"), ctx.request().getHeader("If-None-Match"));
  }

  public static String etag(Device device) {
    byte[] digest;
    try {
      digest =
          MessageDigest.getInstance("SHA-256")
              .digest(ApiJson.write(device).getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    return '"' + HexFormat.of().formatHex(digest, 0, TAG_BYTES) + '"';
  }

  @Override
  public boolean holds(@Nullable Device before) {
    return (match == null || names(match, before))
        && (noneMatch == null || !names(noneMatch, before));
  }

  private static boolean names(String tags, @Nullable Device before) {
    if (before == null) {
      return false;
    }
    List<String> named = Arrays.stream(tags.split(",", -1)).map(String::strip).toList();
    return named.contains(ANY) || named.contains(etag(before));
  }

  public static void failed(RoutingContext ctx) {
    Answers.error(
        ctx,
        412,
        "the device is not as If-Match or If-None-Match says; GET it again, then change it");
  }
}
