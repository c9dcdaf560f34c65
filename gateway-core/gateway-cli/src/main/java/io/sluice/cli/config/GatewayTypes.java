package io.sluice.cli.config;

import io.sluice.api.fleet.FleetSettings;
import io.sluice.api.operator.DrainSettings;
import io.sluice.api.operator.MetricsSettings;
import io.sluice.cli.logging.LoggingSettings;
import io.sluice.engine.alarm.AlarmSettings;
import io.sluice.engine.audit.AuditSettings;
import io.sluice.engine.config.Types;
import io.sluice.engine.config.Types.Section;
import io.sluice.engine.coverage.CoverageSettings;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.normalize.TimeSettings;
import io.sluice.engine.normalize.UnitSettings;
import io.sluice.engine.registry.auth.ConsumerSettings;
import io.sluice.engine.registry.credential.AccessSettings;
import io.sluice.spool.SpoolSettings;
import java.util.List;

/** What a configuration of this build may have in it. */
public final class GatewayTypes {
  private static final List<Section> SECTIONS =
      List.of(
          new Section("access", AccessSettings.class, "Which devices are let in."),
          new Section("alarms", AlarmSettings.class, "Supervision of devices, escalation."),
          new Section("audit", AuditSettings.class, "The log of who did what."),
          new Section("consumers", ConsumerSettings.class, "Who may read records here."),
          new Section("coverage", CoverageSettings.class, "How coverage is counted."),
          new Section("drain", DrainSettings.class, "How the gateway is emptied of sessions."),
          new Section("fleet", FleetSettings.class, "What makes a gateway one of many."),
          new Section("limits", LimitSettings.class, "How much any one may take."),
          new Section("logging", LoggingSettings.class, "Where the program's log goes."),
          new Section("metrics", MetricsSettings.class, "Push metrics to an OTLP receiver."),
          new Section("reload", ReloadSettings.class, "What is read anew by itself."),
          new Section("spool", SpoolSettings.class, "Bounds and policies of the durable spool."),
          new Section("times", TimeSettings.class, "How the times of devices are read."),
          new Section("units", UnitSettings.class, "Units beside those of the table."));

  private GatewayTypes() {}

  public static Types installed() {
    return Types.installed(SECTIONS);
  }
}
