package io.sluice.sim.vendor.cloud;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.Reply;
import io.sluice.sim.vendor.SignIn;
import io.sluice.sim.vendor.Trees;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A thing of AWS IoT Core (developer guide, "Reserved topics", "Device Shadow service documents"):
 * its certificate signs it in, the client id is its name, and it waits for the answer to what it
 * reports to its shadow.
 */
public final class AwsIot implements Firmware {
  private static final String ACCEPTED = "/accepted";
  private static final String REJECTED = "/rejected";

  @Override
  public SignIn signIn(DeviceSpec session, Instant now) {
    return new SignIn(session.id(), null, null);
  }

  private static String update(DeviceSpec spec) {
    return "$aws/things/" + spec.id() + "/shadow/update";
  }

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of(
        update(session) + ACCEPTED, update(session) + REJECTED, update(session) + "/delta");
  }

  @Override
  public boolean carriesTime() {
    return false;
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
    Map<String, Object> reported = new LinkedHashMap<>();
    for (Field field : said.fields()) {
      reported.put(field.name(), field.value());
    }
    String token = spec.id() + "-" + said.n();
    return Publication.json(
            update(spec), Trees.of("state", Trees.of("reported", reported), "clientToken", token))
        .awaiting(token);
  }

  @Override
  public @Nullable Reply reply(DeviceSpec session, String topic, byte[] payload) {
    boolean isTaken = topic.equals(update(session) + ACCEPTED);
    if (!isTaken && !topic.equals(update(session) + REJECTED)) {
      return null;
    }
    JsonNode reply = Trees.read(payload);
    return new Reply(
        reply.path("clientToken").asString(""),
        isTaken,
        reply.path("code").asString("") + " " + reply.path("message").asString(""));
  }
}
