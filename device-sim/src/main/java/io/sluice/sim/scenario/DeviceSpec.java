package io.sluice.sim.scenario;

import io.sluice.sim.device.Hash;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One device of a scenario.
 *
 * @param seed its own randomness, from the scenario's seed and its id
 * @param siteSeed what it shares with all devices of its site, such as the weather
 */
public record DeviceSpec(String id, DeviceGroup group, long seed, long siteSeed) {
  static DeviceSpec of(Scenario scenario, DeviceGroup group, int index) {
    String id = group.idOf(index);
    return new DeviceSpec(
        id,
        group,
        Hash.mix(scenario.seed(), id.hashCode()),
        Hash.mix(~scenario.seed(), group.site().hashCode()));
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

  private @Nullable String own(@Nullable String pattern) {
    return pattern == null ? null : pattern.replace("{id}", id);
  }
}
