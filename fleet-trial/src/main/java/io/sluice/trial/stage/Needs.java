package io.sluice.trial.stage;

import io.sluice.testkit.HaProxy;
import io.sluice.testkit.PostgreSql;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has to be on the machine. */
public final class Needs {
  private Needs() {}

  /** What is missing, with its remedy, in one line; null where all is there. */
  public static @Nullable String missing() {
    return missing(
        PostgreSql.isInstalled(),
        HaProxy.isInstalled(),
        Files.isExecutable(Path.of("/usr/bin/setsid"))
            && Files.isExecutable(Path.of("/usr/bin/setpriv")));
  }

  static @Nullable String missing(boolean hasPostgres, boolean hasHaProxy, boolean hasUtilLinux) {
    List<String> programs = new ArrayList<>();
    List<String> packages = new ArrayList<>();
    if (!hasPostgres) {
      programs.add("PostgreSQL (/usr/lib/postgresql/*/bin/initdb)");
      packages.add("postgresql");
    }
    if (!hasHaProxy) {
      programs.add("HAProxy (/usr/sbin/haproxy, or on the PATH)");
      packages.add("haproxy");
    }
    if (!hasUtilLinux) {
      programs.add("setsid or setpriv");
      packages.add("util-linux");
    }
    return programs.isEmpty()
        ? null
        : "a fleet on one machine needs %s, which %s not installed; on Debian: apt-get install --no-install-recommends %s"
            .formatted(
                String.join(" and ", programs),
                programs.size() == 1 ? "is" : "are",
                String.join(" ", packages));
  }
}
