package io.sluice.admin.resource;

import static io.sluice.admin.http.Workers.blocking;

import io.sluice.admin.http.Answers;
import io.sluice.admin.http.BadRequestException;
import io.sluice.admin.http.Durations;
import io.sluice.admin.http.JsonBody;
import io.sluice.admin.http.PathParameter;
import io.sluice.admin.http.Precondition;
import io.sluice.admin.http.Query;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.operator.DeviceDirectory;
import io.sluice.api.operator.DeviceDirectory.Condition;
import io.sluice.api.operator.DeviceDirectory.CredentialSpec;
import io.sluice.api.operator.DeviceDirectory.DeviceSpec;
import io.sluice.api.operator.DeviceDirectory.DeviceView;
import io.sluice.api.operator.DeviceDirectory.Filter;
import io.sluice.api.operator.DeviceDirectory.InvalidDeviceException;
import io.sluice.api.operator.DeviceDirectory.PskSpec;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/devices}: the registry. */
public final class DeviceResource {
  private static final Set<String> DEVICE_KEYS =
      Set.of(
          "id",
          "profile",
          "sector",
          "site",
          "interval",
          "parent",
          "planned",
          "commissioned",
          "timezone",
          "retired",
          "credentials");

  /** What a GET answers around the registration. */
  private static final Set<String> VIEW_KEYS =
      Set.of(
          "device",
          "connected",
          "lastSeenMicros",
          "address",
          "lastRefusal",
          "credentialKinds",
          "overlapUntilMicros");

  private static final String PATH = "/api/v1/devices";
  private static final String DEVICE = PATH + "/:id";
  private static final int PAGE = 100;

  /** A change that meets another one at the same device is made anew on what that one left. */
  private static final int CHANGE_ATTEMPTS = 5;

  private static final int PAGE_MAX = 1000;

  private final DeviceDirectory devices;

  public DeviceResource(DeviceDirectory devices) {
    this.devices = devices;
  }

  public void mount(Router router) {
    router
        .get(PATH)
        .handler(Query.takes("sector", "site", "profile", "retired", "after", "limit"))
        .handler(blocking(this::list));
    router.post(PATH).handler(Query.takes()).handler(blocking(this::add));
    router.get(DEVICE).handler(Query.takes()).handler(blocking(this::show));
    router.put(DEVICE).handler(Query.takes()).handler(blocking(this::replace));
    router.patch(DEVICE).handler(Query.takes()).handler(blocking(this::change));
    router.delete(DEVICE).handler(Query.takes()).handler(blocking(this::remove));
    router.post(DEVICE + "/retire").handler(Query.takes()).handler(blocking(this::retire));
    router
        .post(DEVICE + "/token")
        .handler(Query.takes("overlap"))
        .handler(blocking(this::issueToken));
    router.post(DEVICE + "/credentials").handler(Query.takes()).handler(blocking(this::rotate));
    router.post(DEVICE + "/revoke").handler(Query.takes()).handler(blocking(this::revoke));
  }

  private void list(RoutingContext ctx) {
    int limit = Query.limit(ctx, PAGE, PAGE_MAX);
    Filter filter =
        new Filter(
            Query.text(ctx, "sector"),
            Query.text(ctx, "site"),
            Query.text(ctx, "profile"),
            Query.flag(ctx, "retired"));
    // one more than is asked for tells whether another page follows
    List<DeviceView> found = devices.list(filter, Query.text(ctx, "after"), limit + 1);
    List<DeviceView> page = found.subList(0, Math.min(limit, found.size()));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("devices", page);
    answer.put("next", found.size() <= limit ? null : page.getLast().device().id());
    Answers.json(ctx, 200, answer);
  }

  private void show(RoutingContext ctx) {
    DeviceView view = devices.get(id(ctx));
    if (view == null) {
      unknown(ctx);
    } else {
      answer(ctx, 200, view);
    }
  }

  private static void answer(RoutingContext ctx, int status, DeviceView view) {
    ctx.response().putHeader("ETag", Precondition.etag(view.device()));
    if (status == 201) {
      ctx.response().putHeader("Location", PATH + "/" + view.device().id());
    }
    Answers.json(ctx, status, view);
  }

  private void add(RoutingContext ctx) {
    JsonBody body = JsonBody.of(ctx, DEVICE_KEYS);
    DeviceId id = deviceId("id", body.required("id"));
    if (devices.get(id) != null) {
      Answers.error(
          ctx,
          409,
          "device " + id + " is registered already; change that one, or choose another id");
      return;
    }
    put(ctx, 201, spec(id, body), Condition.NONE);
  }

  private void replace(RoutingContext ctx) {
    DeviceId id = id(ctx);
    JsonBody body = JsonBody.within(ctx, "device", VIEW_KEYS, DEVICE_KEYS);
    String named = body.text("id");
    if (named != null && !named.equals(id.value())) {
      throw new BadRequestException("id must be " + id + " as in the path, or left out");
    }
    put(ctx, devices.get(id) == null ? 201 : 200, spec(id, body), Precondition.of(ctx));
  }

  /** Changes the keys that the body has; null takes a key away (RFC 7396). */
  private void change(RoutingContext ctx) {
    DeviceId id = id(ctx);
    JsonBody body = JsonBody.of(ctx, DEVICE_KEYS);
    String named = body.text("id");
    if (named != null && !named.equals(id.value())) {
      throw new BadRequestException("id must be " + id + " as in the path, or left out");
    }
    Precondition condition = Precondition.of(ctx);
    for (int attempt = 0; attempt < CHANGE_ATTEMPTS; attempt++) {
      DeviceView now = devices.get(id);
      if (now == null) {
        unknown(ctx);
        return;
      }
      Device device = now.device();
      try {
        DeviceView changed =
            devices.put(
                merged(device, body), before -> device.equals(before) && condition.holds(before));
        if (changed != null) {
          answer(ctx, 200, changed);
          return;
        }
      } catch (InvalidDeviceException e) {
        Answers.error(ctx, 400, String.valueOf(e.getMessage()));
        return;
      }
      if (!condition.holds(device)) {
        break;
      }
    }
    Precondition.failed(ctx);
  }

  private static DeviceSpec merged(Device device, JsonBody body) {
    String parent = body.text("parent");
    String interval = body.text("interval");
    return new DeviceSpec(
        device.id(),
        body.has("profile") ? body.required("profile") : device.profile(),
        body.has("sector") ? body.required("sector") : device.sector(),
        body.has("site") ? body.required("site") : device.site(),
        !body.has("interval")
            ? device.interval()
            : interval == null ? null : Durations.parse("interval", interval),
        !body.has("parent") ? device.parent() : parent == null ? null : deviceId("parent", parent),
        body.flag("planned", device.planned()),
        body.flag("commissioned", device.commissioned()),
        body.flag("retired", device.retired()),
        credentials(body),
        body.has("timezone")
            ? body.text("timezone")
            : device.timezone() == null ? null : device.timezone().getId());
  }

  private void put(RoutingContext ctx, int status, DeviceSpec spec, Condition condition) {
    try {
      DeviceView view = devices.put(spec, condition);
      if (view == null) {
        Precondition.failed(ctx);
      } else {
        answer(ctx, status, view);
      }
    } catch (InvalidDeviceException e) {
      Answers.error(ctx, 400, String.valueOf(e.getMessage()));
    }
  }

  private void remove(RoutingContext ctx) {
    DeviceId id = id(ctx);
    if (devices.remove(id, Precondition.of(ctx))) {
      ctx.response().setStatusCode(204).end();
    } else if (devices.get(id) == null) {
      unknown(ctx);
    } else {
      Precondition.failed(ctx);
    }
  }

  private void retire(RoutingContext ctx) {
    if (devices.retire(id(ctx))) {
      show(ctx);
    } else {
      unknown(ctx);
    }
  }

  private void issueToken(RoutingContext ctx) {
    String token = devices.issueToken(id(ctx), overlap(Query.text(ctx, "overlap")));
    if (token == null) {
      unknown(ctx);
    } else {
      Answers.json(ctx, 201, Map.of("token", token));
    }
  }

  private void rotate(RoutingContext ctx) {
    JsonBody body = JsonBody.of(ctx, Set.of("credentials", "overlap"));
    CredentialSpec given = credentials(body);
    if (given == null) {
      throw new BadRequestException("credentials is missing; give the new ones");
    }
    try {
      DeviceView view = devices.rotate(id(ctx), given, overlap(body.text("overlap")));
      if (view == null) {
        unknown(ctx);
      } else {
        answer(ctx, 200, view);
      }
    } catch (InvalidDeviceException e) {
      Answers.error(ctx, 400, String.valueOf(e.getMessage()));
    }
  }

  private static Duration overlap(@Nullable String text) {
    return text == null ? Duration.ZERO : Durations.parse("overlap", text);
  }

  private void revoke(RoutingContext ctx) {
    if (devices.revoke(id(ctx))) {
      show(ctx);
    } else {
      unknown(ctx);
    }
  }

  private static DeviceSpec spec(DeviceId id, JsonBody body) {
    String interval = body.text("interval");
    String parent = body.text("parent");
    return new DeviceSpec(
        id,
        body.required("profile"),
        body.required("sector"),
        body.required("site"),
        interval == null ? null : Durations.parse("interval", interval),
        parent == null ? null : deviceId("parent", parent),
        body.flag("planned", true),
        body.flag("commissioned", true),
        body.flag("retired", false),
        credentials(body),
        body.text("timezone"));
  }

  private static @Nullable CredentialSpec credentials(JsonBody body) {
    JsonBody given =
        body.object(
            "credentials",
            Set.of(
                "password",
                "token",
                "psk",
                "certificate",
                "certificate-authority",
                "public-key",
                "secret"));
    if (given == null) {
      return null;
    }
    JsonBody psk = given.object("psk", Set.of("identity", "key"));
    return new CredentialSpec(
        given.text("password"),
        given.text("token"),
        psk == null ? null : new PskSpec(psk.required("identity"), psk.required("key")),
        given.text("certificate"),
        given.text("certificate-authority"),
        given.text("public-key"),
        given.text("secret"));
  }

  static DeviceId id(RoutingContext ctx) {
    return deviceId("the id in the path", PathParameter.text(ctx, "id"));
  }

  static DeviceId deviceId(String key, String value) {
    try {
      return new DeviceId(value);
    } catch (IllegalArgumentException e) {
      throw new BadRequestException(key + ": " + e.getMessage());
    }
  }

  static void unknown(RoutingContext ctx) {
    Answers.error(
        ctx,
        404,
        "device " + PathParameter.text(ctx, "id") + " is not registered; register it first");
  }
}
