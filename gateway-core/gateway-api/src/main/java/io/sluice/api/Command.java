package io.sluice.api;

import org.jspecify.annotations.Nullable;

/**
 * A command on its way down to a device.
 *
 * @param id unique
 * @param device the addressee
 * @param name last level of the topic {@code command/{name}}: 1 to 64 letters, digits, {@code . _
 *     -}
 * @param contentType of the payload
 * @param payload not to be changed
 * @param createdMicros microseconds since the epoch
 * @param expiresMicros after this moment it is not sent any more
 * @param encoded the payload as the device's own bytes, or null: its profile has nothing that
 *     writes them
 */
public record Command(
    String id,
    DeviceId device,
    String name,
    ContentType contentType,
    byte[] payload,
    long createdMicros,
    long expiresMicros,
    @Nullable Encoded encoded) {
  /** One without bytes of the device's own. */
  public Command(
      String id,
      DeviceId device,
      String name,
      ContentType contentType,
      byte[] payload,
      long createdMicros,
      long expiresMicros) {
    this(id, device, name, contentType, payload, createdMicros, expiresMicros, null);
  }

  /**
   * What a profile's codec made of a command.
   *
   * @param bytes not to be changed
   * @param port LoRaWAN's FPort, 1 to 223, or {@link #NO_PORT}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Encoded(byte[] bytes, int port) {
    public static final int NO_PORT = -1;
  }

  /** The same with its device's own bytes, or without. */
  public Command encoded(@Nullable Encoded bytes) {
    return new Command(id, device, name, contentType, payload, createdMicros, expiresMicros, bytes);
  }
}
