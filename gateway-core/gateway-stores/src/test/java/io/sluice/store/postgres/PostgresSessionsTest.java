package io.sluice.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.api.fleet.FleetSessions.Claimed;
import io.sluice.api.fleet.FleetSessions.SignIn;
import io.sluice.api.fleet.GatewayChannel;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.LoggerFactory;

class PostgresSessionsTest {
  private static FleetTables tables;

  private final PostgresSessions sessions = new PostgresSessions(tables.source());

  @BeforeAll
  static void database() throws IOException {
    assumeTrue(PostgreSql.isInstalled());
    tables = new FleetTables(PostgreSql.shared());
  }

  @BeforeEach
  void empty() throws IOException {
    tables.sql("DELETE FROM sluice.session");
  }

  private Claimed claim(String gateway, String device, long ageMicros) {
    return sessions.claim(gateway, List.of(new SignIn(device, ageMicros))).getFirst();
  }

  @Test
  void theGatewayThatLosesADeviceIsToldAndNobodyElse() throws Exception {
    try (Connection first = tables.source().getConnection();
        Connection third = tables.source().getConnection()) {
      listen(first, "a");
      listen(third, "c");
      long before = claim("a", "meter-1", 0).epoch();

      Claimed claimed = claim("b", "meter-1", 0);

      assertThat(claimed.won()).isTrue();
      assertThat(claimed.epoch()).isGreaterThan(before);
      PGNotification[] told = first.unwrap(PGConnection.class).getNotifications(60_000);
      assertThat(told).hasSize(1);
      assertThat(told[0].getParameter()).isEqualTo("s meter-1 " + claimed.epoch() + " b");
      assertThat(third.unwrap(PGConnection.class).getNotifications()).isNullOrEmpty();
    }
  }

  private static void listen(Connection connection, String gateway) throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.execute("LISTEN " + GatewayChannel.of(gateway));
    }
  }

  @Test
  void theLaterSignInHasTheDeviceThoughTheEarlierIsWrittenLast() {
    claim("b", "meter-1", 1_000_000);

    Claimed late = claim("a", "meter-1", 60_000_000);

    assertThat(late.won()).isFalse();
    assertThat(late.holder()).isEqualTo("b");
    assertThat(sessions.holders("a", List.of("meter-1", "unknown")))
        .singleElement()
        .satisfies(held -> assertThat(held.holder()).isEqualTo("b"));
  }

  @Test
  void manySignInsAreOneTransaction() throws Exception {
    List<SignIn> all = IntStream.range(0, 500).mapToObj(n -> new SignIn("meter-" + n, 0)).toList();
    sessions.claim("a", all);
    assertThat(tables.sql("SELECT count(DISTINCT xmin::text) FROM sluice.session")).isEqualTo("1");

    assertThat(sessions.claim("b", all)).hasSize(500).allMatch(Claimed::won);
  }

  @Test
  @Tag("slow")
  void tenThousandSignInsAtAnotherGatewayAreAllToldTheFirst() throws Exception {
    int batches = 20;
    ConcurrentMap<String, Long> signedIn = new ConcurrentHashMap<>();
    AtomicLong longest = new AtomicLong();
    AtomicInteger told = new AtomicInteger();
    AtomicInteger back = new AtomicInteger();
    try (PostgresLink first =
        PostgresLink.open(
            FleetDatabase.settings(tables.server, tables.database), "a", Clock.systemUTC())) {
      first.listen(
          GatewayChannel.of("a"),
          notice -> {
            Long since = signedIn.remove(notice.split(" ", -1)[1]);
            if (since != null) {
              longest.accumulateAndGet(System.nanoTime() - since, Math::max);
              told.incrementAndGet();
            }
          },
          back::incrementAndGet);
      await().atMost(Duration.ofSeconds(60)).until(() -> back.get() == 1);
      for (String gateway : List.of("a", "b")) {
        for (int batch = 0; batch < batches; batch++) {
          List<SignIn> some =
              IntStream.range(batch * 500, batch * 500 + 500)
                  .mapToObj(n -> new SignIn("meter-" + n, 0))
                  .toList();
          if (gateway.equals("b")) {
            some.forEach(each -> signedIn.put(each.device(), System.nanoTime()));
          }
          assertThat(sessions.claim(gateway, some)).hasSize(500).allMatch(Claimed::won);
        }
      }
      await().atMost(Duration.ofSeconds(60)).until(() -> told.get() == batches * 500);
    }
    LoggerFactory.getLogger(getClass())
        .info("told {} ms at most after the sign-in was written", longest.get() / 1_000_000);
    assertThat(signedIn).isEmpty();
  }
}
