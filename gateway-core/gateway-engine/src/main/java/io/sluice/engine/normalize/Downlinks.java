package io.sluice.engine.normalize;

import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.RejectReason;
import io.sluice.api.codec.DownlinkCodec;
import io.sluice.api.codec.PayloadCodecFactory;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profiles;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes commands for children of a concentrator as their own bytes, where the codec of their
 * profile does. A device with a session of its own takes its commands as they are. Thread-safe; a
 * codec is made for each command, on the thread that asks, as it is confined to one.
 */
public final class Downlinks {
  private static final Logger LOG = LoggerFactory.getLogger(Downlinks.class);
  private static final int MAX_PORT = 223;

  private final Function<String, @Nullable Device> devices;
  private volatile Profiles profiles;

  /**
   * @param devices the registry's look-up
   */
  public Downlinks(Function<String, @Nullable Device> devices, Profiles profiles) {
    this.devices = devices;
    this.profiles = profiles;
  }

  /** Has these take the place of the profiles that hold, from now on. */
  public void use(Profiles others) {
    profiles = others;
  }

  /**
   * The bytes of a command; null where its device takes the payload as it is.
   *
   * @throws PayloadException where the command is none that the device knows
   */
  public Command.@Nullable Encoded encode(DeviceId id, ContentType contentType, byte[] payload)
      throws PayloadException {
    Device device = devices.apply(id.value());
    if (device == null || device.parent() == null || contentType != ContentType.JSON) {
      return null;
    }
    Profile profile = profiles.find(device.profile());
    PayloadCodecFactory codec = profile == null ? null : profile.forms().codec();
    DownlinkCodec writer = codec == null ? null : codec.downlink();
    if (writer == null) {
      return null;
    }
    DownlinkCodec.Downlink written = writer.encode(payload, device);
    if (written.port() > MAX_PORT) {
      throw new PayloadException(
          RejectReason.PAYLOAD_INVALID,
          "the codec of profile %s writes for FPort %d; a device has 1 to %d"
              .formatted(device.profile(), written.port(), MAX_PORT));
    }
    written.warnings().forEach(warning -> LOG.warn("command for {}: {}", id, warning));
    return new Command.Encoded(written.bytes(), written.port());
  }
}
