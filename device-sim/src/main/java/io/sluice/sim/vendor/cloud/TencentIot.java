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
 * Tencent IoT Explorer (tencentcloud.com 1105/41824 "Thing model protocol", 41511 "MQTT";
 * tencentyun/qcloud-iot-explorer-sdk-embedded-c, mqtt_client_connect.c): the user name is signed,
 * and a report has a reply to wait for.
 */
public final class TencentIot implements Firmware {
  private static final String PRODUCT = "SLUICESIM1";
  private static final String SDK = "12010126";
  private static final long SIGNED_SECONDS = 86_400;

  @Override
  public SignIn signIn(DeviceSpec session, Instant now) {
    String clientId = PRODUCT + session.id();
    String user =
        "%s;%s;%05d;%d"
            .formatted(
                clientId,
                SDK,
                Math.floorMod(session.seed(), 100_000),
                now.getEpochSecond() + SIGNED_SECONDS);
    byte[] key = Signature.ofBase64(Objects.requireNonNull(session.secret()));
    return new SignIn(clientId, user, Signature.hex("HmacSHA256", key, user) + ";hmacsha256");
  }

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of(down(session.id()), "$thing/down/action/" + PRODUCT + "/" + session.id());
  }

  private static String down(String device) {
    return "$thing/down/property/" + PRODUCT + "/" + device;
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
    Map<String, Object> params = new LinkedHashMap<>();
    for (Field field : said.fields()) {
      params.put(field.name(), field.value());
    }
    String token = "property-" + said.n();
    return Publication.json(
            "$thing/up/property/" + PRODUCT + "/" + spec.id(),
            Trees.of(
                "method",
                "report",
                "clientToken",
                token,
                "timestamp",
                said.micros() / 1000,
                "params",
                params))
        .awaiting(token);
  }

  @Override
  public @Nullable Reply reply(DeviceSpec session, String topic, byte[] payload) {
    JsonNode reply = Trees.read(payload);
    if (!topic.equals(down(session.id()))
        || !reply.path("method").asString("").equals("report_reply")) {
      return null;
    }
    int code = reply.path("code").asInt(-1);
    return new Reply(
        reply.path("clientToken").asString(""),
        code == 0,
        code + " " + reply.path("status").asString(""));
  }
}
