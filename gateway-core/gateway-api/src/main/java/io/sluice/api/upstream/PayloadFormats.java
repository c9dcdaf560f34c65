package io.sluice.api.upstream;

import io.sluice.api.config.OptionNames;
import io.sluice.api.config.Services;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The payload formats that are installed. Thread-safe. */
public final class PayloadFormats implements OptionNames {
  /** Loaded when first asked for. */
  private static final class Installed {
    static final Services<RecordEncoderFactory> SERVICES =
        Services.load(RecordEncoderFactory.class, RecordEncoderFactory::format);
  }

  @Override
  public Collection<String> names() {
    return Installed.SERVICES.byName().keySet();
  }

  /** Null where none of that name is installed. */
  public static @Nullable RecordEncoderFactory find(String format) {
    return Installed.SERVICES.byName().get(format);
  }

  /** What could not be loaded: one sentence each, with its remedy. */
  public static List<String> faults() {
    return Installed.SERVICES.faults();
  }
}
