package io.sluice.engine.registry;

import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.api.tls.PemFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who is let in: the section {@code access} of the configuration. */
public record AccessSettings(
    @Option(
            doc =
                "Whether a device that is registered without credentials may connect by its name"
                    + " alone. Devices that have credentials must show them all the same.",
            def = "false")
        boolean anonymous,
    @Option(
            doc =
                "Whether an unknown device is registered when it first connects: with the password"
                    + " that it shows, or, where anonymous is on, without one.",
            def = "false")
        boolean autoRegister,
    @Option(doc = "Device profile of devices registered in this way.")
        @Nullable String autoRegisterProfile,
    @Option(
            doc = "Most devices that may be registered in this way; further ones are refused.",
            def = "10000",
            min = 1,
            max = 1_000_000)
        int autoRegisterLimit,
    @Option(
            doc =
                "Threads that check passwords against their slow hash; 0: one less than the"
                    + " processors, at least one.",
            def = "0",
            min = 0,
            max = 64)
        int hashThreads,
    @Option(
            doc = "Password checks that may wait; beyond it devices are told to try again later.",
            def = "1000",
            min = 1,
            max = 100_000)
        int hashQueue,
    @Option(
            doc =
                "Authorities whose certificates register unknown devices when they first connect"
                    + " (just-in-time). The listener's client-ca must trust them too.")
        List<JustInTime> justInTime)
    implements Checked {

  /** One authority, and what the devices of its certificates are. */
  public record JustInTime(
      @Option(doc = "Certificate of the authority, PEM.", required = true) Path ca,
      @Option(
              doc =
                  "Device profile, where the certificate's organizational unit (OU) names none of"
                      + " those loaded. The common name (CN) is the device id.")
          @Nullable String profile,
      @Option(doc = "Sector of the devices.", required = true) String sector,
      @Option(doc = "Site of the devices.", required = true) String site,
      @Option(
              doc = "No device is registered in this way beyond so many in the registry.",
              def = "100000",
              min = 1,
              max = 10_000_000)
          int limit)
      implements Checked {
    @Override
    public List<Problem> problems() {
      try {
        PemFiles.certificates(ca);
        return List.of();
      } catch (IOException e) {
        return List.of(new Problem("ca", String.valueOf(e.getMessage())));
      }
    }
  }

  public AccessSettings {
    justInTime = List.copyOf(justInTime);
  }

  public static final AccessSettings DEFAULTS =
      new AccessSettings(false, false, null, 10_000, 0, 1_000, List.of());

  @Override
  public List<Problem> problems() {
    if (autoRegister && autoRegisterProfile == null) {
      return List.of(
          new Problem(
              "auto-register-profile",
              "missing while auto-register is on; name the profile of unknown devices"));
    }
    return List.of();
  }

  int effectiveHashThreads() {
    return hashThreads > 0
        ? hashThreads
        : Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
  }
}
