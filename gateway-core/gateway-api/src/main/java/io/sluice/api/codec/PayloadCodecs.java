package io.sluice.api.codec;

import io.sluice.api.config.Services;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The codecs that are installed: the gateway's own, and those of vendors' jars. Thread-safe. */
public final class PayloadCodecs {
  /** Loaded when first asked for. */
  private static final class Installed {
    static final Services<PayloadCodecFactory> SERVICES =
        Services.load(PayloadCodecFactory.class, PayloadCodecFactory::name);
  }

  private PayloadCodecs() {}

  /** Their names, in the order in which they were found. */
  public static Collection<String> names() {
    return Installed.SERVICES.byName().keySet();
  }

  /** Null where none of that name is installed. */
  public static @Nullable PayloadCodecFactory find(String name) {
    return Installed.SERVICES.byName().get(name);
  }

  /** What could not be loaded, or is offered twice: one sentence each, with its remedy. */
  public static List<String> faults() {
    return Installed.SERVICES.faults();
  }
}
