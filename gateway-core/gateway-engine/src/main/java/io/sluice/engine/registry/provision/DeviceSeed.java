package io.sluice.engine.registry.provision;

import io.sluice.api.operator.DeviceDirectory.DeviceSpec;
import io.sluice.engine.config.Faults;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the device files say, all entries valid and no id twice. */
public record DeviceSeed(List<DeviceSpec> specs) {
  public DeviceSeed {
    specs = List.copyOf(specs);
  }

  /**
   * Reads device files: each a list of entries as {@link DeviceFileEntry} describes them. Goes on
   * after a fault, so that one pass finds all; entries at fault are left out.
   *
   * @param files of YAML, at most 64 MiB each
   * @param profileIds the device profiles loaded
   * @param authorities names that a certificate may be bound to; null where the configuration,
   *     which names them, has faults itself
   * @param env for {@code ${NAME}}
   * @param faults takes what is wrong; nothing may be seeded where there is anything
   */
  public static DeviceSeed load(
      List<Path> files,
      Set<String> profileIds,
      @Nullable Set<String> authorities,
      Map<String, String> env,
      Faults faults) {
    return new DeviceFiles(profileIds, authorities, env, faults).load(files);
  }
}
