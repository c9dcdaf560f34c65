package io.sluice.sim;

import io.sluice.sim.audit.GatewayApi;
import io.sluice.sim.audit.alarm.EscalationPlan;
import io.sluice.sim.audit.alarm.WebhookReceiver;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The gateway whose word is judged, and how it is configured where its API does not tell. */
final class GatewayOptions {
  private static final int MOST_PORT = 65_535;

  @Option(
      names = "--admin",
      paramLabel = "URL",
      description =
          "the gateway's admin API: its ledger and backlog, its alarm book against the alarms that"
              + " were raised, and coverage as it reports it against coverage as it was")
  private @Nullable URI admin;

  @Option(
      names = "--admin-token-file",
      paramLabel = "FILE",
      description = "file that holds its token (default: the variable SLUICE_ADMIN_TOKEN)")
  private @Nullable Path adminTokenFile;

  @Option(
      names = "--upstream",
      paramLabel = "NAME",
      description =
          "the upstream that writes to the far end, where the gateway has several: whose backlog is"
              + " judged")
  private @Nullable String upstream;

  @Option(
      names = "--escalation",
      paramLabel = "PLAN",
      description =
          "after how long the gateway escalates, as it is configured, such as"
              + " extreme=20s,severe=1m (default: that of its documentation; 0s: never)")
  private @Nullable String escalation;

  @Option(
      names = "--webhook",
      paramLabel = "PORT",
      description =
          "listens on 127.0.0.1 for what the gateway's `alarms.webhook` tells,"
              + " http://127.0.0.1:PORT/alarms, and judges it")
  private @Nullable Integer webhook;

  @Option(
      names = "--webhook-refuses",
      paramLabel = "SHARE",
      defaultValue = "0%",
      description = "the share of posts that it refuses, to be told them again (default: none)")
  private String webhookRefuses;

  @Option(
      names = "--gateway-pid",
      paramLabel = "PID",
      description = "the gateway's process on this machine: the report shows what it uses")
  private @Nullable Long gatewayPid;

  @Option(
      names = "--gateway-pid-file",
      paramLabel = "FILE",
      description = "the same, for a gateway that is restarted meanwhile: read each second")
  private @Nullable Path gatewayPidFile;

  @Nullable URI admin() {
    return admin;
  }

  /** Empty: the only one. */
  String upstream() {
    return upstream == null ? "" : upstream;
  }

  /** Null where no API is named. */
  @Nullable GatewayApi api() throws IOException {
    return admin == null ? null : new GatewayApi(admin, token());
  }

  private @Nullable String token() throws IOException {
    return adminTokenFile == null
        ? System.getenv("SLUICE_ADMIN_TOKEN")
        : Files.readString(adminTokenFile).replace("\uFEFF", "").strip();
  }

  /**
   * @throws IllegalArgumentException says what is wrong, with the remedy
   */
  EscalationPlan plan() {
    return escalation == null ? EscalationPlan.DEFAULT : EscalationPlan.parse(escalation);
  }

  /**
   * Listens; null where no port is named.
   *
   * @throws IllegalArgumentException says what is wrong, with the remedy
   */
  @Nullable WebhookReceiver receiver() throws IOException {
    if (webhook == null) {
      return null;
    }
    if (admin == null) {
      throw new IllegalArgumentException(
          "--webhook needs --admin: what is told is held against the alarm book");
    }
    if (webhook < 0 || webhook > MOST_PORT) {
      throw new IllegalArgumentException("--webhook " + webhook + " is no port");
    }
    return WebhookReceiver.open(webhook, share());
  }

  private double share() {
    String text = webhookRefuses.strip();
    try {
      double share =
          text.endsWith("%")
              ? Double.parseDouble(text.substring(0, text.length() - 1)) / 100
              : Double.parseDouble(text);
      if (share >= 0 && share < 1) {
        return share;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--webhook-refuses `" + text + "` is no share; write one like 20%", e);
    }
    throw new IllegalArgumentException(
        "--webhook-refuses `" + text + "` has to be from 0% to below 100%");
  }

  @Nullable Long pid() throws IOException {
    if (gatewayPidFile == null) {
      return gatewayPid;
    }
    try {
      return Long.valueOf(Files.readString(gatewayPidFile).strip());
    } catch (NumberFormatException e) {
      return null; // it is being written
    }
  }
}
