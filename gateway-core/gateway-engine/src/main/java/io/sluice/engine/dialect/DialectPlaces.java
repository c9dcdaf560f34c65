package io.sluice.engine.dialect;

import io.sluice.engine.config.Fault;
import io.sluice.engine.config.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where dialects stand. Immutable.
 *
 * @param shipped the folder of those that come with the program; where it is missing, they are
 *     taken from the program itself
 * @param own folders of an operator's; a file there takes the place of a shipped one of its name
 */
public record DialectPlaces(Path shipped, List<Path> own) {
  public DialectPlaces {
    own = List.copyOf(own);
  }

  /**
   * The folders {@code dialects} that lie beside those of the profiles.
   *
   * @param profiles files and folders of profiles
   */
  public static DialectPlaces beside(List<Path> profiles, Path shipped) {
    Set<Path> own = new LinkedHashSet<>();
    for (Path place : profiles) {
      Path folder = Files.isDirectory(place) ? place : place.toAbsolutePath().getParent();
      Path beside = folder == null ? null : folder.resolveSibling("dialects");
      if (beside != null && Files.isDirectory(beside) && !isSame(beside, shipped)) {
        own.add(beside.normalize());
      }
    }
    return new DialectPlaces(shipped, List.copyOf(own));
  }

  private static boolean isSame(Path one, Path other) {
    return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
  }

  Fault fault(String what) {
    return new Fault(new Location(shipped.toString(), 1, 1), "", what);
  }
}
