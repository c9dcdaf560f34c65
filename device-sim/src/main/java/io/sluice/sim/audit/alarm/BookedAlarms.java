package io.sluice.sim.audit.alarm;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.sim.audit.GatewayApi;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A gateway's alarm book at a moment, read page by page.
 *
 * @param leftOut alarms that its bounds left out since it started
 * @param outboxLeftOut records of alarms that did not go upstream since it started
 * @param repeated ids that stood on the pages more than once
 */
record BookedAlarms(
    List<BookedAlarm> alarms, long leftOut, long outboxLeftOut, List<Long> repeated) {
  private static final int ALARMS_A_PAGE = 1_000;

  /** An empty book. */
  static final BookedAlarms NONE = new BookedAlarms(List.of(), 0, 0, List.of());

  /** Where pages come from. */
  interface Pages {
    /**
     * Answers a page of {@code /api/v1/alarms}.
     *
     * @param after {@code next} of the page before; null for the first
     */
    JsonNode page(@Nullable String after) throws IOException, InterruptedException;
  }

  /** Every alarm that is in a gateway's book. */
  static BookedAlarms of(GatewayApi api) throws IOException, InterruptedException {
    return read(after ->
        api.get(
            "/api/v1/alarms?limit="
                + ALARMS_A_PAGE
                + (after == null ? "" : "&after=" + URLEncoder.encode(after, UTF_8))));
  }

  /**
   * Reads every page.
   *
   * @throws IOException if a page cannot be had, is no page of alarms, or leads back to an earlier
   *     one
   */
  static BookedAlarms read(Pages pages) throws IOException, InterruptedException {
    List<BookedAlarm> alarms = new ArrayList<>();
    List<Long> repeated = new ArrayList<>();
    Set<Long> ids = new HashSet<>();
    Set<String> cursors = new HashSet<>();
    String after = null;
    long leftOut;
    long outboxLeftOut;
    do {
      JsonNode page = pages.page(after);
      if (!page.path("alarms").isArray()) {
        throw new IOException("/api/v1/alarms answered no page of alarms");
      }
      for (JsonNode each : page.path("alarms")) {
        BookedAlarm alarm = BookedAlarm.of(each);
        if (ids.add(alarm.id())) {
          alarms.add(alarm);
        } else {
          repeated.add(alarm.id());
        }
      }
      leftOut = 0;
      for (String bound : List.of("device", "book")) {
        leftOut += page.path("leftOut").path(bound).asLong(0);
      }
      outboxLeftOut = page.path("leftOut").path("outbox").asLong(0);
      after = page.path("next").isString() ? page.path("next").asString() : null;
      if (after != null && !cursors.add(after)) {
        throw new IOException("/api/v1/alarms leads back to an earlier page: next is " + after);
      }
    } while (after != null);
    return new BookedAlarms(List.copyOf(alarms), leftOut, outboxLeftOut, List.copyOf(repeated));
  }
}
