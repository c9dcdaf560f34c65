package io.sluice.engine.adapters;

import io.sluice.api.Command;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Dialogue;
import io.sluice.api.adapter.Ingress;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.dialect.SessionUnpacker;
import io.sluice.engine.dialect.signin.SignIns;
import io.sluice.engine.ingest.IngestPipeline;
import io.sluice.engine.ingest.Vocabulary;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way in at one adapter. Shut until it is told by what messages are understood: they are to be
 * offered again then. Thread-safe.
 */
public final class GatewayIngress implements Ingress {
  private static final Receipt SHUT = new Receipt.Busy(100);

  private final IngestPipeline pipeline;
  private final Function<String, @Nullable String> topics;
  private volatile @Nullable Vocabulary vocabulary;

  /** One that does not know by which topics children were heard. */
  public GatewayIngress(IngestPipeline pipeline) {
    this(pipeline, _ -> null);
  }

  /**
   * @param topics id of a child → topic by which it was last heard through its concentrator, or
   *     null
   */
  public GatewayIngress(IngestPipeline pipeline, Function<String, @Nullable String> topics) {
    this.pipeline = pipeline;
    this.topics = topics;
  }

  /** Has messages that come from now on understood by this one. */
  public void understand(Vocabulary other) {
    vocabulary = other;
  }

  /** Whether it was told by what messages are understood. */
  public boolean isOpen() {
    return vocabulary != null;
  }

  /** The sign-ins of its dialects. */
  SignIns signIns() {
    Vocabulary by = vocabulary;
    return by == null ? SignIns.NONE : by.topics().signIns();
  }

  /** How a device that has signed in here is spoken to. */
  Dialogue dialogue(Admission.Admitted admitted) {
    Vocabulary by = vocabulary;
    if (by == null) {
      return Dialogue.NONE;
    }
    Dialogue own = by.topics().dialogue(admitted, pipeline::find, topics);
    SessionUnpacker stateful = by.topics().table(admitted.device().profile()).stateful();
    return stateful == null
        ? own
        : new SessionDialogue(own, pipeline.vendorSessions(), admitted.device(), stateful);
  }

  /** A command in the form of the vendor by whose topic its device was heard last, or null. */
  @Nullable Downlink written(DeviceId source, Command command) {
    Vocabulary by = vocabulary;
    String last = topics.apply(command.device().value());
    if (by == null || last == null) {
      return null;
    }
    Downlink written = by.topics().written(source, command, last);
    return written == null ? pipeline.vendorSessions().write(source, command) : written;
  }

  @Override
  public void accept(Uplink uplink) {
    Vocabulary by = vocabulary;
    if (by == null) {
      uplink.sink().receipt(uplink, SHUT);
      uplink.sink().flush();
    } else {
      pipeline.accept(uplink, by);
    }
  }

  @Override
  public boolean maps(String topic) {
    Vocabulary by = vocabulary;
    return by == null || by.topics().maps(topic);
  }
}
