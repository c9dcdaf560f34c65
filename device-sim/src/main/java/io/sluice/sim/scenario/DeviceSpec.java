package io.sluice.sim.scenario;

import io.sluice.sim.device.Hash;
import io.sluice.sim.vendor.Dialect;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * One device of a scenario.
 *
 * @param seed its own randomness, from the scenario's seed and its id
 * @param siteSeed what it shares with all devices of its site, such as the weather
 * @param isConcentrator whether it measures nothing, and others speak over its connection
 */
public record DeviceSpec(
    String id, DeviceGroup group, long seed, long siteSeed, boolean isConcentrator) {
  /** A device that measures. */
  public DeviceSpec(String id, DeviceGroup group, long seed, long siteSeed) {
    this(id, group, seed, siteSeed, false);
  }

  static DeviceSpec of(Scenario scenario, DeviceGroup group, int index) {
    String id = group.idOf(index);
    return new DeviceSpec(
        id,
        group,
        Hash.mix(scenario.seed(), id.hashCode()),
        Hash.mix(~scenario.seed(), group.site().hashCode()));
  }

  /** The device over whose connection the devices of a group speak. */
  static DeviceSpec concentrator(Scenario scenario, DeviceGroup group, String id) {
    return new DeviceSpec(
        id,
        group,
        Hash.mix(scenario.seed(), id.hashCode()),
        Hash.mix(~scenario.seed(), group.site().hashCode()),
        true);
  }

  /** Whether it speaks over the connection of another one. */
  public boolean isChild() {
    return group.concentrator() != null && !isConcentrator;
  }

  /** Its password, or null. */
  public @Nullable String password() {
    return own(group.login().password());
  }

  /** Its token, or null. */
  public @Nullable String token() {
    return own(group.login().token());
  }

  /** The subject of its certificate, or null. */
  public @Nullable String certificate() {
    return own(group.login().certificate());
  }

  /** Its pre-shared key, or null; a new array each time. */
  public byte @Nullable [] psk() {
    String psk = own(group.login().psk());
    return psk == null ? null : psk.getBytes(StandardCharsets.UTF_8);
  }

  /** By which it signs, as the vendor writes it, or null. */
  public @Nullable String secret() {
    String secret = own(group.login().secret());
    boolean isBase64 = group.dialect() != null && group.dialect().secret() == Dialect.Secret.BASE64;
    return secret == null || !isBase64
        ? secret
        : Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
  }

  private @Nullable String own(@Nullable String pattern) {
    return pattern == null ? null : pattern.replace("{id}", id);
  }
}
