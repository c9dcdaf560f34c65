package io.sluice.sim.vendor.sparkplug;

import io.sluice.sim.device.Kind;
import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.SignIn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An edge node of Sparkplug B, or its devices (Eclipse Sparkplug Specification 3.0.0, section 4,
 * "Topics and Messages"). The group is the site. What a message says of order, birth and alias is
 * its session's, {@link EdgeNode}.
 */
public final class Sparkplug implements Firmware {
  private static final String NAMESPACE = "spBv1.0/";

  static String topic(DeviceSpec node, String type, DeviceSpec of) {
    String topic = NAMESPACE + node.group().site() + "/" + type + "/" + node.id();
    return of.id().equals(node.id()) ? topic : topic + "/" + of.id();
  }

  /** Where its primary host says whether it is there; null where a node waits for none. */
  public static @Nullable String stateTopic(DeviceSpec node) {
    String host = node.group().primaryHost();
    return host == null ? null : NAMESPACE + "STATE/" + host;
  }

  @Override
  public boolean isOfSession() {
    return true;
  }

  @Override
  public SignIn signIn(DeviceSpec session, Instant now) {
    return new SignIn("spb-" + session.id(), session.id(), session.password());
  }

  @Override
  public List<String> filters(DeviceSpec session) {
    List<String> filters = new ArrayList<>();
    filters.add(topic(session, "NCMD", session));
    filters.add(topic(session, "DCMD", session) + "/+");
    String state = stateTopic(session);
    if (state != null) {
      filters.add(state);
    }
    return filters;
  }

  @Override
  public boolean carriesTime() {
    return true;
  }

  /** Only a death is told by the host's time. */
  @Override
  public boolean carriesTime(Kind kind) {
    return kind != Kind.DEATH;
  }

  @Override
  public boolean awaitsReplies() {
    return true;
  }

  @Override
  public List<Field> life(DeviceSpec spec, boolean isThere) {
    return List.of(new Field("online", null, isThere));
  }

  @Override
  public Sample said(DeviceSpec spec, Sample sample, long index) {
    return sample;
  }

  /** Its session makes it as it goes out. */
  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    throw new UnsupportedOperationException("a session makes its messages as they go out");
  }

  @Override
  public List<String> besides() {
    return List.of(EdgeNode.SETPOINT);
  }
}
