package io.sluice.cli.doctor;

import io.sluice.api.fleet.FleetSettings;
import io.sluice.api.fleet.FleetStoreCheck;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.tls.TlsWarning;
import io.sluice.cli.config.CertificateFiles;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.cli.config.PortRequirement;
import io.sluice.cli.config.SecretFiles.Exposed;
import io.sluice.engine.config.GatewayConfig;
import io.sluice.spool.SpoolSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Examines whether a gateway can run well here: the machine, and what a configuration wants. */
public final class Doctor {
  private final HostChecks host;

  public Doctor(HostChecks host) {
    this.host = host;
  }

  public static Doctor ofThisMachine() {
    return new Doctor(new HostChecks(Path.of("/"), Clock.systemUTC()));
  }

  /**
   * @param file the configuration; null: the machine alone
   */
  public List<Finding> examine(@Nullable Path file) {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        host.java(
            Runtime.version().feature(), System.getProperty("sun.arch.data.model", "unknown")));
    findings.add(host.memory(Runtime.getRuntime().maxMemory()));
    findings.add(host.clock());
    findings.add(host.entropy());
    List<PortRequirement> ports = List.of();
    if (file != null) {
      StringWriter faults = new StringWriter();
      GatewayFiles files = GatewayFiles.load(file, new PrintWriter(faults));
      if (files == null) {
        findings.add(
            Finding.fail(
                "config",
                file + " has faults",
                "see each with its remedy: sluice check --config " + file));
      } else {
        findings.add(Finding.ok("config", file + " has no fault"));
        ports = files.ports();
        findings.addAll(configured(files, ports));
      }
    }
    findings.add(host.openFiles(ports));
    findings.add(host.receiveBuffer(ports));
    findings.add(
        HostChecks.udpAddresses(
            ports,
            HostChecks.addresses(),
            System.getProperty("os.name", "").equalsIgnoreCase("linux")));
    return List.copyOf(findings);
  }

  private static List<Finding> configured(GatewayFiles files, List<PortRequirement> ports) {
    GatewayConfig config = files.config();
    List<Finding> findings = new ArrayList<>();
    for (Exposed exposed : files.exposed()) {
      findings.add(
          Finding.warn(
              "secrets",
              exposed.file() + " is open to every user of this machine",
              "chmod 600 " + exposed.file()));
    }
    DiskChecks disk = new DiskChecks(config.gateway().data());
    Finding permissions = disk.permissions();
    findings.add(permissions);
    findings.add(disk.privacy());
    if (permissions.grade() == Finding.Grade.OK) {
      SpoolSettings spool = config.section(SpoolSettings.class);
      findings.add(disk.space(spool.maxBytes().value() + spool.deadLetterBytes().value()));
      findings.add(disk.speed());
    }
    findings.addAll(certificates(CertificateFiles.of(config), Instant.now()));
    findings.addAll(PortCheck.of(ports, disk.isInUse()));
    FleetStoreSettings store = config.section(FleetSettings.class).store();
    if (store != null) {
      findings.add(fleetStore(store));
    }
    return findings;
  }

  /** A gateway runs without it: it is no failure of the gateway's. */
  private static Finding fleetStore(FleetStoreSettings store) {
    String fault = FleetStoreCheck.installed().fault(store);
    return fault == null
        ? Finding.ok("fleet store", store.uri() + " answers")
        : Finding.warn(
            "fleet store", fault, "until then devices go on, and changes of devices are refused");
  }

  /** FAIL where peers are refused, or refuse, by now. */
  public static List<Finding> certificates(CertificateFiles files, Instant now) {
    if (files.isEmpty()) {
      return List.of();
    }
    CertificateFiles.Looked looked = files.look(now);
    List<Finding> findings = new ArrayList<>();
    for (CertificateFiles.Warned warned : looked.warnings()) {
      TlsWarning warning = warned.warning();
      String found = warned.place() + ": " + warning.found();
      findings.add(
          warning.isBroken()
              ? Finding.fail("certificates", found, warning.remedy())
              : Finding.warn("certificates", found, warning.remedy()));
    }
    if (findings.isEmpty()) {
      findings.add(
          Finding.ok(
              "certificates",
              looked.views().stream()
                  .map(view ->
                      view.place()
                          + " ends on "
                          + Instant.ofEpochMilli(view.expiryMicros() / 1_000))
                  .collect(Collectors.joining(", "))));
    }
    return findings;
  }
}
