package io.sluice.api;

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
 */
public record Command(
    String id,
    DeviceId device,
    String name,
    ContentType contentType,
    byte[] payload,
    long createdMicros,
    long expiresMicros) {}
