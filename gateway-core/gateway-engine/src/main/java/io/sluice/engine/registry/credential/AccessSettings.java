package io.sluice.engine.registry.credential;

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
                    + " alone. A device with credentials must always present them.",
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
        List<JustInTime> justInTime,
    @Option(
            doc =
                "Authorities to which the certificates of devices and consumers may be bound"
                    + " (certificate-authority). The listener's client-ca must trust them too.")
        List<Authority> authorities,
    @Option(
            doc =
                "Least length of a device's password, in characters, where it is given over the API"
                    + " or by an import. A shorter one in a device file is taken with a warning.",
            def = "12",
            min = 1,
            max = 128)
        int passwordMinLength,
    @Option(
            doc =
                "Least length of a device's pre-shared key, in bytes, where it is given over the API"
                    + " or by an import. A shorter one in a device file is taken with a warning.",
            def = "16",
            min = 8,
            max = 64)
        int pskMinBytes)
    implements Checked {

  /** An authority by its name. */
  public record Authority(
      @Option(
              doc = "Its name; several of one name stand for one another, as while one is renewed.",
              required = true,
              pattern = "[A-Za-z0-9._=, -]{1,128}")
          String name,
      @Option(doc = "Its certificate, PEM.", required = true) Path ca)
      implements Checked {
    @Override
    public List<Problem> problems() {
      return unreadable(ca);
    }
  }

  private static List<Problem> unreadable(Path ca) {
    try {
      PemFiles.certificates(ca);
      return List.of();
    } catch (IOException e) {
      return List.of(new Problem("ca", String.valueOf(e.getMessage())));
    }
  }

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
          int limit,
      @Option(
              doc =
                  "Its name, to which the devices that it registers are bound. Default: the subject"
                      + " of its certificate.",
              pattern = "[A-Za-z0-9._=, -]{1,128}")
          @Nullable String name,
      @Option(
              doc =
                  "Whether its certificates also let in devices of other sectors and sites, and"
                      + " consumers, that are registered by a name alone. For one authority that is"
                      + " trusted with everything.",
              def = "false")
          boolean admitRegistered)
      implements Checked {
    /** Of devices that it registers, and of no others. */
    public JustInTime(Path ca, @Nullable String profile, String sector, String site, int limit) {
      this(ca, profile, sector, site, limit, null, false);
    }

    @Override
    public List<Problem> problems() {
      return unreadable(ca);
    }
  }

  public AccessSettings {
    justInTime = List.copyOf(justInTime);
    authorities = List.copyOf(authorities);
  }

  public static final AccessSettings DEFAULTS =
      new AccessSettings(false, false, null, 10_000, 0, 1_000, List.of(), List.of(), 12, 16);

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

  public int effectiveHashThreads() {
    return hashThreads > 0
        ? hashThreads
        : Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
  }
}
