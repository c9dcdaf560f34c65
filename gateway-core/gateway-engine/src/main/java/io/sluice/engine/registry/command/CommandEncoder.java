package io.sluice.engine.registry.command;

import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.codec.PayloadException;
import org.jspecify.annotations.Nullable;

/**
 * Writes commands as their devices' own bytes. Thread-safe; takes as long as a vendor's script
 * does, and is called on no event loop.
 */
@FunctionalInterface
public interface CommandEncoder {
  /** No device has bytes of its own. */
  CommandEncoder NONE = (device, contentType, payload) -> null;

  /**
   * Null where the device takes the payload as it is.
   *
   * @throws PayloadException where the command is none that the device knows
   */
  Command.@Nullable Encoded encode(DeviceId device, ContentType contentType, byte[] payload)
      throws PayloadException;
}
