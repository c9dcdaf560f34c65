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
 * Alibaba Cloud's Alink as its C SDK speaks it (aliyun/iotkit-embedded, dev_sign_mqtt.c and
 * dm_msg_process.c; help.aliyun.com 89301 "Device properties, events, and services", 89300
 * "Sub-devices"): HMAC sign-in, properties with their times, and a reply to wait for. A gateway
 * posts for its sub-devices.
 */
public final class Alink implements Firmware {
  private static final String PRODUCT = "a1SluiceSim";
  private static final int SUCCESS = 200;

  @Override
  public SignIn signIn(DeviceSpec session, Instant now) {
    String own = PRODUCT + "." + session.id();
    long stamp = now.toEpochMilli();
    String content =
        "clientId%sdeviceName%sproductKey%stimestamp%d"
            .formatted(own, session.id(), PRODUCT, stamp);
    byte[] secret = Signature.bytes(Objects.requireNonNull(session.secret()));
    return new SignIn(
        own + "|securemode=3,signmethod=hmacsha256,timestamp=" + stamp + "|",
        session.id() + "&" + PRODUCT,
        Signature.hex("HmacSHA256", secret, content));
  }

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of(
        thing(session.id()) + "event/property/post_reply",
        thing(session.id()) + "event/property/pack/post_reply",
        thing(session.id()) + "service/property/set");
  }

  private static String thing(String device) {
    return "/sys/" + PRODUCT + "/" + device + "/thing/";
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
    String gateway = spec.group().concentrator();
    return gateway == null
        ? post(thing(spec.id()) + "event/property/post", id(spec, said), properties)
        : post(
            thing(gateway) + "event/property/pack/post",
            id(spec, said),
            Trees.of(
                "properties",
                Map.of(),
                "events",
                Map.of(),
                "subDevices",
                List.of(
                    Trees.of(
                        "identity",
                        Trees.of("productKey", PRODUCT, "deviceName", spec.id()),
                        "properties",
                        properties,
                        "events",
                        Map.of()))));
  }

  /** Digits that no other message of the session has, sub-devices' included. */
  private static String id(DeviceSpec spec, Sample said) {
    return said.n() + "%03d".formatted(Math.floorMod(spec.seed(), 1000));
  }

  private static Publication post(String topic, String id, Map<String, Object> params) {
    String method = topic.substring(topic.indexOf("/thing/") + 1).replace('/', '.');
    return Publication.json(
            topic,
            Trees.of(
                "id", id,
                "version", "1.0",
                "sys", Trees.of("ack", 1),
                "params", params,
                "method", method))
        .awaiting(id);
  }

  @Override
  public @Nullable Reply reply(DeviceSpec session, String topic, byte[] payload) {
    if (!topic.endsWith("/post_reply")) {
      return null;
    }
    JsonNode reply = Trees.read(payload);
    int code = reply.path("code").asInt(0);
    return new Reply(
        reply.path("id").asString(""),
        code == SUCCESS,
        code + " " + reply.path("message").asString(""));
  }
}
