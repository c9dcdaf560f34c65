package io.sluice.app;

import io.sluice.api.GatewayTime;
import io.sluice.api.operator.CoverageService;
import io.sluice.api.operator.LatestValues;
import io.sluice.engine.alarm.AlarmBook;
import io.sluice.engine.alarm.AlarmEngine;
import io.sluice.engine.alarm.AlarmSettings;
import io.sluice.engine.alarm.DeviceAlarmsDuty;
import io.sluice.engine.alarm.Webhook;
import io.sluice.engine.alarm.WebhookDuty;
import io.sluice.engine.alarm.watch.DestinationRule;
import io.sluice.engine.alarm.watch.DestinationRule.Standing;
import io.sluice.engine.alarm.watch.SiteCoverageRule;
import io.sluice.engine.alarm.watch.SpoolRule;
import io.sluice.engine.alarm.watch.SupervisionDuty;
import io.sluice.engine.config.GatewayConfig;
import io.sluice.engine.forward.Forwarder;
import io.sluice.engine.ingest.IngestPipeline;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.registry.Registry;
import io.sluice.spool.Spool;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The alarm book with all that writes in it, put together. */
record Alarms(
    AlarmBook book, AlarmEngine engine, SupervisionDuty supervision, @Nullable Webhook webhook)
    implements AutoCloseable {
  static Alarms open(
      GatewayConfig config,
      Registry registry,
      Profiles profiles,
      Spool spool,
      LatestValues latest,
      CoverageService coverage,
      List<Forwarder> forwarders,
      GatewayTime time)
      throws IOException {
    AlarmSettings settings = config.section(AlarmSettings.class);
    String gateway = config.gateway().id();
    LongSupplier nanoTime = time.nanoTime();
    AlarmBook book = AlarmBook.open(config.gateway().data(), settings, gateway, time.clock());
    AlarmEngine engine = new AlarmEngine(book, spool, profiles, latest, nanoTime);
    SupervisionDuty supervision =
        new SupervisionDuty(
            book, settings, registry, profiles, coverage::stops, time.clock(), nanoTime);
    registry.presence().onSign(supervision::heard);
    engine.eachSecond(new DeviceAlarmsDuty(book, registry));
    engine.eachSecond(supervision);
    engine.eachSecond(new SpoolRule(book, spool::lanes));
    engine.eachSecond(
        new DestinationRule(book, () -> forwarders.stream().map(Alarms::standing).toList()));
    if (settings.coverage() != null) {
      engine.eachSecond(SiteCoverageRule.of(book, settings.coverage(), coverage, nanoTime));
    }
    Webhook webhook =
        settings.webhook() == null
            ? null
            : new Webhook(
                settings.webhook(), settings.webhookToken(), gateway, settings.webhookCa());
    if (webhook == null) {
      WebhookDuty.withdraw(book, time.clock());
    } else {
      engine.eachSecond(
          new WebhookDuty(book, webhook, settings.webhookKeep(), time.clock(), nanoTime));
    }
    return new Alarms(book, engine, supervision, webhook);
  }

  /** Has devices judged by these profiles from now on. */
  void use(Profiles profiles) {
    engine.use(profiles);
    supervision.use(profiles);
  }

  private static Standing standing(Forwarder forwarder) {
    return new Standing(forwarder.name(), forwarder.isConnected(), forwarder.missingDestinations());
  }

  void start(IngestPipeline pipeline) {
    pipeline.tapAlarms(engine::stored);
    pipeline.watchAlarms(engine.watch());
    engine.start();
  }

  @Override
  public void close() {
    engine.close();
    if (webhook != null) {
      webhook.close();
    }
    book.close();
  }
}
