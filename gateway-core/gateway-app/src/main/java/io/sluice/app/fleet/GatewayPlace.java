package io.sluice.app.fleet;

import io.sluice.api.files.OwnerOnly;
import io.sluice.api.fleet.GatewayLeases.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a gateway runs, as the fleet tells boxes apart: its host, its data directory, an id that is
 * drawn once and kept there, and which boot of the machine and which file it is. A copy of the
 * directory has the same id; it is another file, or on a machine that has booted another time.
 */
public final class GatewayPlace {
  /** In the data directory; no secret. */
  public static final String FILE = "place";

  private static final Logger LOG = LoggerFactory.getLogger(GatewayPlace.class);

  /** Of Linux: another at each boot, the same in all containers of a machine. */
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

  private GatewayPlace() {}

  /**
   * For {@link Run#place}. Makes the id where there is none; a place whose id cannot be kept is
   * another at each start.
   */
  public static String of(String host, Path data) {
    Path file = data.resolve(FILE);
    return host
        + ":"
        + data.toAbsolutePath().normalize()
        + "#"
        + id(file)
        + Run.BOOT
        + Integer.toHexString((boot() + key(file)).hashCode());
  }

  private static UUID id(Path file) {
    try {
      if (Files.exists(file)) {
        return UUID.fromString(Files.readString(file).strip());
      }
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      LOG.warn("{} is damaged ({}): it is made anew", file, e.getMessage());
    }
    UUID made = UUID.randomUUID();
    Path next = file.resolveSibling(FILE + ".new");
    try {
      Files.deleteIfExists(next);
      OwnerOnly.makeMissing(next);
      Files.writeString(next, made + "\n", StandardCharsets.US_ASCII);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LOG.warn("{} cannot be written: {}", file, e.getMessage());
    }
    return made;
  }

  private static String boot() {
    try {
      return Files.isReadable(BOOT) ? Files.readString(BOOT).strip() : "";
    } catch (IOException e) {
      LOG.debug("{} cannot be read: {}", BOOT, e.getMessage());
      return "";
    }
  }

  /** Which file it is on this machine; empty where the system does not tell. */
  private static String key(Path file) {
    try {
      Object key =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
              .fileKey();
      return key == null ? "" : key.toString();
    } catch (IOException e) {
      LOG.debug("{} cannot be looked at: {}", file, e.getMessage());
      return "";
    }
  }
}
