package io.sluice.engine.normalize.profile;

import io.sluice.api.codec.CodecFileException;
import io.sluice.api.codec.FileCodecFactory;
import io.sluice.api.codec.PayloadCodecFactory;
import io.sluice.engine.normalize.yaml.YamlKeys;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The file that a profile's codec is made of: {@code script}, beside {@code codec}. */
final class ScriptFile {
  private static final String KEY = "script";

  private ScriptFile() {}

  /**
   * The codec, made of the profile's file where it is of that kind. Null where there is none.
   *
   * @param profile file of the profile
   * @param faults takes what is wrong with the file, each with its place in there
   */
  static @Nullable PayloadCodecFactory opened(
      @Nullable PayloadCodecFactory codec, YamlKeys top, Path profile, List<String> faults) {
    String name = top.text(KEY);
    if (!(codec instanceof FileCodecFactory kind)) {
      if (name != null) {
        top.fault(KEY, "wants codec: script beside it; write that, or take script out");
      }
      return codec;
    }
    if (name == null) {
      top.fault("codec", "wants a file; write script: FILE.js, beside the profile");
      return null;
    }
    Path file = found(name, profile);
    if (file == null) {
      top.fault(
          KEY,
          "there is no file \"%s\" beside the profile, nor in a folder codecs beside that of the profiles; put it there"
              .formatted(name));
      return null;
    }
    try {
      return kind.open(file);
    } catch (CodecFileException e) {
      faults.add(e.placed());
      return null;
    }
  }

  /** Beside the profile, else in the folder {@code codecs} beside the profile's own. */
  private static @Nullable Path found(String name, Path profile) {
    try {
      Path beside = profile.toAbsolutePath().resolveSibling(name).normalize();
      Path folder = profile.toAbsolutePath().getParent();
      if (Files.isRegularFile(beside) || folder == null) {
        return Files.isRegularFile(beside) ? beside : null;
      }
      Path codecs = folder.resolveSibling("codecs").resolve(name).normalize();
      return Files.isRegularFile(codecs) ? codecs : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
