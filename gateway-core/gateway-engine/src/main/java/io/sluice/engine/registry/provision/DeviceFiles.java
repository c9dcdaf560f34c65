package io.sluice.engine.registry.provision;

import io.sluice.api.DeviceId;
import io.sluice.api.operator.DeviceDirectory.CredentialSpec;
import io.sluice.api.operator.DeviceDirectory.DeviceSpec;
import io.sluice.engine.config.Binder;
import io.sluice.engine.config.ConfigNode;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigNode.Sequence;
import io.sluice.engine.config.ConfigTree;
import io.sluice.engine.config.Faults;
import io.sluice.engine.config.Location;
import io.sluice.engine.registry.credential.Digests;
import io.sluice.engine.registry.device.DeviceRules;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads device files and checks their entries, each by itself and all together. Used once. */
final class DeviceFiles {
  private static final int MAX_PARENTS = 8;

  private final Set<String> profileIds;
  private final @Nullable Set<String> authorities;
  private final Map<String, String> env;
  private final Faults faults;
  private final Map<String, Placed> placed = new LinkedHashMap<>();
  private final Map<String, Location> ids = new HashMap<>();
  private final Map<String, String> owners = new HashMap<>();

  private record Placed(DeviceSpec spec, Mapping node) {}

  DeviceFiles(
      Set<String> profileIds,
      @Nullable Set<String> authorities,
      Map<String, String> env,
      Faults faults) {
    this.profileIds = profileIds;
    this.authorities = authorities;
    this.env = env;
    this.faults = faults;
  }

  DeviceSeed load(List<Path> files) {
    files.forEach(this::read);
    placed.values().forEach(this::checkParents);
    return new DeviceSeed(placed.values().stream().map(Placed::spec).toList());
  }

  private void read(Path file) {
    ConfigNode root = ConfigTree.read(file, env, faults);
    if (root instanceof Sequence list) {
      Path absolute = file.toAbsolutePath();
      Path parent = absolute.getParent();
      Binder binder = new Binder(parent == null ? absolute : parent, faults);
      list.items().forEach(item -> entry(binder, item));
    } else if (root != null && !(root instanceof Mapping empty && empty.entries().isEmpty())) {
      faults.add(
          root,
          "must be a list of devices, not " + root.describe() + "; begin each with \"- id:\"");
    }
  }

  private void entry(Binder binder, ConfigNode node) {
    boolean repeated = repeatsId(node);
    DeviceFileEntry entry = binder.bind(DeviceFileEntry.class, node);
    if (entry == null || repeated || !(node instanceof Mapping mapping)) {
      return;
    }
    DeviceSpec spec = entry.spec();
    int before = faults.count();
    List<DeviceRules.Fault> found = DeviceRules.faults(spec, profileIds);
    if (authorities != null && spec.credentials() != null) {
      DeviceRules.checkAuthority(found, spec.credentials(), authorities);
    }
    for (DeviceRules.Fault fault : found) {
      add(mapping, fault.path(), fault.message());
    }
    checkOwners(spec, mapping);
    if (faults.count() == before) {
      placed.put(entry.id(), new Placed(spec, mapping));
    }
  }

  private boolean repeatsId(ConfigNode node) {
    if (!(node instanceof Mapping mapping)
        || !(mapping.get("id") instanceof ConfigNode.Scalar id)) {
      return false;
    }
    Location first = ids.putIfAbsent(id.text(), id.location());
    if (first != null) {
      faults.add(
          id,
          "\"" + id.text() + "\" is given twice, first at " + first + "; give each device its own");
    }
    return first != null;
  }

  private void checkOwners(DeviceSpec spec, Mapping node) {
    CredentialSpec credentials = spec.credentials();
    if (credentials == null) {
      return;
    }
    if (credentials.token() != null) {
      checkOwner(spec, node, "token", Digests.sha256Hex(credentials.token()));
    }
    if (credentials.psk() != null) {
      checkOwner(spec, node, "psk.identity", credentials.psk().identity());
    }
    String certificate = credentials.certificate();
    if (certificate != null) {
      checkOwner(spec, node, "certificate", DeviceRules.canonicalSubject(certificate));
    }
  }

  private void checkOwner(DeviceSpec spec, Mapping node, String kind, @Nullable String key) {
    String owner = owners.putIfAbsent(kind + ' ' + key, spec.id().value());
    if (owner != null) {
      add(
          node,
          "credentials." + kind,
          "is that of device " + owner + " already; give each device its own");
    }
  }

  private void checkParents(Placed entry) {
    DeviceId parent = entry.spec().parent();
    if (parent == null) {
      return;
    }
    if (!ids.containsKey(parent.value())) {
      add(
          entry.node(),
          "parent",
          "no device \"" + parent + "\" in these files; add the concentrator");
      return;
    }
    int depth = 0;
    for (DeviceId up = parent; up != null; up = parentOf(up)) {
      if (up.equals(entry.spec().id()) || ++depth > MAX_PARENTS) {
        add(entry.node(), "parent", "\"" + parent + "\" stands below it; break the circle");
        return;
      }
    }
  }

  private @Nullable DeviceId parentOf(DeviceId id) {
    Placed above = placed.get(id.value());
    return above == null ? null : above.spec().parent();
  }

  /** At the field where it is given, else at the entry. */
  private void add(Mapping node, String path, String message) {
    int dot = path.indexOf('.');
    if (dot > 0 && node.get(path.substring(0, dot)) instanceof Mapping inner) {
      add(inner, path.substring(dot + 1), message);
    } else {
      ConfigNode value = node.get(path);
      faults.add(value == null ? node.fault(path, message) : value.fault(message));
    }
  }
}
