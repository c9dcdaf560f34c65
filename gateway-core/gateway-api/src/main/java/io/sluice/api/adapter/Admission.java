package io.sluice.api.adapter;

import io.sluice.api.Device;
import io.sluice.api.RejectReason;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The verdict on a peer's credentials. */
public sealed interface Admission {
  /**
   * Refused for want of a name: the peer has shown nothing but itself. The adapter may answer that
   * its name is at fault.
   */
  Refused NAMELESS =
      new Refused(
          RejectReason.NOT_AUTHENTICATED,
          "name the device: its id as the user name, or ?d= on CoAP");

  /** As {@link #NAMELESS}, but the name that the peer has shown cannot be a device's. */
  Refused NO_NAME =
      new Refused(
          RejectReason.NOT_AUTHENTICATED,
          "the client id is no device id (1 to 128 letters, digits and . _ : @ -); name the device:"
              + " its id as the client id or the user name");

  /**
   * Let in as that device.
   *
   * @param grant by what: a session stands on it until the registry changes
   * @param vendor by whose sign-in, or null: by the gateway's own
   */
  record Admitted(Device device, Grant grant, @Nullable Vendor vendor) implements Admission {
    /** By the gateway's own sign-in. */
    public Admitted(Device device, Grant grant) {
      this(device, grant, null);
    }

    /** Of a gateway that keeps no registry. */
    public Admitted(Device device) {
      this(device, Grant.NONE);
    }
  }

  /**
   * The dialect by which a device has signed in. Immutable.
   *
   * @param dialect its name
   * @param names what its sign-in named: {@code pk} of a product, {@code tenant} and so on
   */
  record Vendor(String dialect, Map<String, String> names) {
    public Vendor {
      names = Map.copyOf(names);
    }
  }

  /**
   * What an admission rests on. Numbers are never used again while the gateway runs. Immutable.
   *
   * @param registration of the device: another where an id was removed and registered anew
   * @param credentials generation: another where what was valid before may not be any more
   */
  record Grant(long registration, long credentials) {
    public static final Grant NONE = new Grant(0, 0);
  }

  /**
   * A local consumer: it reads records, and publishes nothing.
   *
   * @param name its name
   * @param topics the topic filters (MQTT 5 section 4.7) that its role grants; a subscription
   *     beyond them is refused
   */
  record Consumer(String name, List<String> topics) implements Admission {
    public Consumer {
      topics = List.copyOf(topics);
    }
  }

  /**
   * Not let in.
   *
   * @param reason for the metrics
   * @param detail one sentence that may be shown to the peer; names no secret
   * @param forOperator the same for the audit trail, which may say more
   */
  record Refused(RejectReason reason, String detail, String forOperator) implements Admission {
    /** With one sentence for both. */
    public Refused(RejectReason reason, String detail) {
      this(reason, detail, detail);
    }

    /** Whether it is the peer's name that is at fault, or that it has none. */
    public boolean isForItsName() {
      return equals(NAMELESS) || equals(NO_NAME);
    }
  }

  /** Too many checks are under way; the peer may try again. */
  record Busy(long retryAfterMillis) implements Admission {}
}
