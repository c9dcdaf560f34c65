package io.sluice.cli.config;

import io.sluice.api.audit.AuditEvent;
import io.sluice.api.config.Secret;
import io.sluice.engine.config.ConfigLoader;
import io.sluice.engine.config.ConfigNode;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigNode.Scalar;
import io.sluice.engine.config.ConfigNode.Sequence;
import io.sluice.engine.config.Fault;
import io.sluice.engine.config.Faults;
import io.sluice.engine.config.GatewayConfig;
import io.sluice.engine.config.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the files with secrets that every user of the machine can get at: the configuration where a
 * secret is written in it, files that it names for their secret, private keys, device files, and
 * the gateway's own. A file below a directory that others may not enter is out of their reach.
 * Where the file system has no POSIX permissions nothing is said.
 */
public final class SecretFiles {
  private static final List<String> OWN =
      List.of("registry.db", "registry.db-wal", "registry.db-shm", "registry.key", "spool.key");

  /**
   * A file that others can get at.
   *
   * @param isWritable else readable only
   */
  public record Exposed(Path file, boolean isWritable) {
    String remedy() {
      return "%s is %s by every user of this machine: chmod 600 %s"
          .formatted(file, isWritable ? "writable" : "readable", file);
    }

    public AuditEvent event() {
      return new AuditEvent(
          "secret.exposed", "gateway", null, file.toString(), AuditEvent.Result.FAILED, remedy());
    }
  }

  private final Path file;
  private final GatewayConfig config;
  private final Path base;

  /**
   * @param file the configuration's
   */
  public SecretFiles(Path file, GatewayConfig config) {
    this.file = file;
    this.config = config;
    Path directory = file.toAbsolutePath().getParent();
    this.base = directory == null ? Path.of("/") : directory;
  }

  /** Whoever may write the configuration is the gateway's operator: that must not be everybody. */
  public void rejectWritable(Faults faults) {
    Exposed exposed = exposed(file);
    if (exposed != null && exposed.isWritable()) {
      faults.add(
          new Fault(
              new Location(file.toString(), 1, 1),
              "",
              "is writable by every user of this machine; chmod 600 " + file));
    }
  }

  /** The files, each once, in the order in which the configuration names them. */
  public List<Exposed> exposed() {
    Set<Path> files = new LinkedHashSet<>();
    if (exposed(file) != null && holdsSecret()) {
      files.add(file);
    }
    gatherNamed(ConfigLoader.tree(file, System.getenv()), files);
    config.devices().stream().filter(SecretFiles::holdsCredentials).forEach(files::add);
    OWN.forEach(name -> files.add(config.gateway().data().resolve(name)));
    List<Exposed> found = new ArrayList<>();
    for (Path each : files) {
      Exposed exposed = exposed(each);
      if (exposed != null) {
        found.add(exposed);
      }
    }
    return List.copyOf(found);
  }

  /** Secrets' files end in {@code -file}; a key that stands by a certificate is a private one. */
  private void gatherNamed(@Nullable ConfigNode node, Set<Path> files) {
    if (node instanceof Sequence sequence) {
      sequence.items().forEach(item -> gatherNamed(item, files));
    }
    if (node instanceof Mapping mapping) {
      mapping
          .entries()
          .forEach((key, entry) -> {
            boolean isPrivateKey = key.equals("key") && mapping.get("certificate") != null;
            if ((isPrivateKey || key.endsWith("-file")) && entry.value() instanceof Scalar scalar) {
              files.add(base.resolve(scalar.text()));
            } else {
              gatherNamed(entry.value(), files);
            }
          });
    }
  }

  /** Whether one of the configuration's secrets stands in its file as it is. */
  private boolean holdsSecret() {
    Set<String> secrets = new HashSet<>();
    gatherSecrets(config, secrets);
    String text = text(file);
    return secrets.stream().anyMatch(text::contains);
  }

  /** The values of the secrets of a configuration or a part of it. */
  public static void gatherSecrets(@Nullable Object value, Set<String> into) {
    switch (value) {
      case Secret secret -> into.add(secret.value());
      case Record settings -> {
        for (RecordComponent component : settings.getClass().getRecordComponents()) {
          gatherSecrets(SettingsTree.value(settings, component), into);
        }
      }
      case Map<?, ?> map -> map.values().forEach(each -> gatherSecrets(each, into));
      case List<?> list -> list.forEach(each -> gatherSecrets(each, into));
      case null, default -> {}
    }
  }

  private static boolean holdsCredentials(Path devices) {
    return exposed(devices) != null && text(devices).contains("credentials");
  }

  private static String text(Path file) {
    return new String(bytes(file), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read any more: " + e.getMessage(), e);
    }
  }

  /** SHA-256 of a file in hexadecimal digits. */
  public static String sha256(Path file) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** What others may do with a file; null where nothing, or where it is not there. */
  private static @Nullable Exposed exposed(Path file) {
    try {
      Path real = file.toRealPath();
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(real);
      boolean isWritable = permissions.contains(PosixFilePermission.OTHERS_WRITE);
      boolean isReadable = permissions.contains(PosixFilePermission.OTHERS_READ);
      return (isWritable || isReadable) && isReachable(real) ? new Exposed(file, isWritable) : null;
    } catch (IOException | UnsupportedOperationException e) {
      return null; // missing: said where it is read; no POSIX permissions: nothing to say
    }
  }

  private static boolean isReachable(Path real) throws IOException {
    for (Path up = real.getParent(); up != null; up = up.getParent()) {
      if (!Files.getPosixFilePermissions(up).contains(PosixFilePermission.OTHERS_EXECUTE)) {
        return false;
      }
    }
    return true;
  }
}
