package io.sluice.api.fleet;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The channel of the database's notices by which a gateway is told what is for it alone, so that a
 * thousand gateways do not all hear of each device.
 *
 * <p>Notices: {@code s DEVICE EPOCH GATEWAY}, another gateway has the device from now on; {@code c
 * DEVICE}, a command waits for it; {@code x ID DEVICE}, a command is over.
 */
public final class GatewayChannel {
  private GatewayChannel() {}

  /** Name of the channel; as {@code sluice.gateway_channel} of the schema. */
  public static String of(String gateway) {
    try {
      byte[] digest =
          MessageDigest.getInstance("MD5").digest(gateway.getBytes(StandardCharsets.UTF_8));
      return "sluice_to_" + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
