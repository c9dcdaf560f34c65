package io.sluice.sim.vendor.cloud;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.Reply;
import io.sluice.sim.vendor.SignIn;
import io.sluice.sim.vendor.Signature;
import io.sluice.sim.vendor.Trees;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * China Mobile OneNET Studio (open.iot.10086.cn, "Token"; cm-heclouds/OneNET_AIO_c, dev_token.c and
 * tm_api.c): a token by the device's access key, OneJSON, and a reply to wait for. A gateway posts
 * packs of its sub-devices.
 */
public final class OneNet implements Firmware {
  private static final String PRODUCT = "Xy12SluiceS";
  private static final long TOKEN_SECONDS = 86_400;
  private static final int SUCCESS = 200;

  @Override
  public SignIn signIn(DeviceSpec session, Instant now) {
    String resource = "products/" + PRODUCT + "/devices/" + session.id();
    long until = now.getEpochSecond() + TOKEN_SECONDS;
    String signed = until + "\nsha256\n" + resource + "\n2018-10-31";
    byte[] key = Signature.ofBase64(Objects.requireNonNull(session.secret()));
    return new SignIn(
        session.id(),
        PRODUCT,
        "version=2018-10-31&res=%s&et=%d&method=sha256&sign=%s"
            .formatted(Signature.url(resource), until, Signature.url("HmacSHA256", key, signed)));
  }

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of(
        thing(session.id()) + "property/post/reply",
        thing(session.id()) + "pack/post/reply",
        thing(session.id()) + "property/set");
  }

  private static String thing(String device) {
    return "$sys/" + PRODUCT + "/" + device + "/thing/";
  }

  @Override
  public boolean carriesTime() {
    return true;
  }

  @Override
  public boolean awaitsReplies() {
    return true;
  }

  @Override
  public Sample said(DeviceSpec spec, Sample sample, long index) {
    return sample;
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (Field field : said.fields()) {
      properties.put(field.name(), Trees.of("value", field.value(), "time", said.micros() / 1000));
    }
    // digits in text, 13 at the most, which no other message of the session has
    String id = "%010d%03d".formatted(said.n() % 10_000_000_000L, Math.floorMod(spec.seed(), 1000));
    String gateway = spec.group().concentrator();
    Object params =
        gateway == null
            ? properties
            : List.of(
                Trees.of(
                    "identity",
                    Trees.of("productID", PRODUCT, "deviceName", spec.id()),
                    "properties",
                    properties,
                    "events",
                    Map.of()));
    return Publication.json(
            gateway == null ? thing(spec.id()) + "property/post" : thing(gateway) + "pack/post",
            Trees.of("id", id, "version", "1.0", "params", params))
        .awaiting(id);
  }

  @Override
  public @Nullable Reply reply(DeviceSpec session, String topic, byte[] payload) {
    if (!topic.endsWith("/post/reply")) {
      return null;
    }
    JsonNode reply = Trees.read(payload);
    int code = reply.path("code").asInt(0);
    return new Reply(
        reply.path("id").asString(""),
        code == SUCCESS,
        code + " " + reply.path("msg").asString(""));
  }
}
