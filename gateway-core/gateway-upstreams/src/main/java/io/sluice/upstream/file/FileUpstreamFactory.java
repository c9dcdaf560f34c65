package io.sluice.upstream.file;

import io.sluice.api.upstream.Upstream;
import io.sluice.api.upstream.UpstreamFactory;
import java.time.InstantSource;

/** Type {@code file}: JSON lines (or the format configured, one record a line) in a directory. */
public final class FileUpstreamFactory implements UpstreamFactory<FileSettings> {
  @Override
  public String type() {
    return "file";
  }

  @Override
  public Class<FileSettings> settings() {
    return FileSettings.class;
  }

  @Override
  public Upstream create(String gateway, String name, FileSettings settings) {
    return new FileUpstream(gateway, name, settings, InstantSource.system(), System::nanoTime);
  }
}
