package io.sluice.fleet.partition;

import static io.sluice.fleet.partition.Scene.HOUR;
import static io.sluice.fleet.partition.Scene.MINUTE;
import static io.sluice.fleet.partition.Scene.SECOND;
import static io.sluice.fleet.partition.Scene.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Quality;
import io.sluice.api.operator.CoverageService.Group;
import io.sluice.api.operator.CoverageService.Window;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fleet's figure is that of one gateway that takes the same traffic, to the slot. */
class FleetCoverageEqualityTest {
  @TempDir Path directory;
  private Scene scene;

  @BeforeEach
  void open() {
    scene = new Scene(directory);
  }

  @AfterEach
  void close() {
    scene.close();
  }

  @Test
  void recordsThatComeTwiceLateOrByAnotherGatewayCountAsAtOneGateway() throws Exception {
    Random random = new Random(7);
    for (int d = 0; d < 3; d++) {
      scene.register("d" + d, d % 2 == 0 ? "a" : "b");
    }
    for (int minute = 0; minute < 26 * 60; minute++) {
      long slot = START + minute * MINUTE;
      scene.at(slot + SECOND);
      for (int d = 0; d < 3; d++) {
        int fate = random.nextInt(100);
        if (fate < 5) {
          continue; // lost
        }
        long late = fate < 12 ? random.nextInt(600) * MINUTE : 0;
        String gateway = "gw-" + (minute / (60 + 7 * d)) % 3; // roams, each at its own pace
        scene.report("d" + d, gateway, Math.max(START, slot - late), fate > 80 ? 3 : 1);
      }
    }
    scene.at(START + 26 * 60 * MINUTE);

    assertThat(scene.ofFleet()).isEqualTo(scene.ofGateway());
    assertThat(scene.live.counted("duplicates")).isGreaterThan(500);
    assertThat(scene.of(scene.takenOver())).isEqualTo(scene.ofGateway());
  }

  @Test
  void anOutageOfTheGatewayIsNobodysToReport() throws Exception {
    scene.register("d", "a");
    scene.register("never", "a");
    for (int minute = 0; minute < 180; minute++) {
      long slot = START + minute * MINUTE;
      scene.at(slot + SECOND);
      if (minute < 60 || minute >= 90) {
        scene.report("d", "gw", slot, 1);
      }
      if (minute == 90) {
        scene.away("gw", START + 60 * MINUTE, START + 90 * MINUTE);
      }
    }
    scene.at(START + 180 * MINUTE);

    assertThat(scene.ofFleet()).isEqualTo(scene.ofGateway());
    assertThat(scene.site(scene.book(), Window.DAY, "a").due()).isEqualTo(2 * 2 * 150);
    assertThat(scene.of(scene.takenOver())).isEqualTo(scene.ofGateway());
  }

  @Test
  void aDeviceThatGoesToAnotherGatewayDuringAnOutageIsHeldToReportThere() throws Exception {
    scene.register("moves", "a");
    scene.register("stays", "b");
    for (int minute = 0; minute < 120; minute++) {
      long slot = START + minute * MINUTE;
      scene.at(slot + SECOND);
      boolean isAway = minute >= 60 && minute < 90;
      if (minute < 60) {
        scene.report("moves", "gw-1", slot, 1);
      } else if (minute >= 65 && minute != 70) {
        scene.report("moves", "gw-2", slot, 1);
      }
      if (!isAway) {
        scene.report("stays", "gw-1", slot, 1);
      }
      if (minute == 90) {
        scene.status("gw-2", false);
        scene.tellAway("gw-1", START + 60 * MINUTE, START + 90 * MINUTE);
      }
    }
    scene.at(START + 120 * MINUTE);

    // five minutes of the outage until it was heard again; the one that it missed there is due
    Group moves = scene.site(scene.book(), Window.DAY, "a");
    assertThat(moves.due()).isEqualTo(2 * 115);
    assertThat(moves.filled()).isEqualTo(2 * 114);
    Group stays = scene.site(scene.book(), Window.DAY, "b");
    assertThat(stays.due()).isEqualTo(2 * 90);
    assertThat(stays.filled()).isEqualTo(2 * 90);
  }

  @Test
  void recordsThatComeBeforeTheRegistrysWordCountOnceItIsThere() throws Exception {
    for (int minute = 0; minute < 10; minute++) {
      scene.at(START + minute * MINUTE + SECOND);
      scene.send("d", scene.record("d", "gw", START + minute * MINUTE, Quality.GOOD));
    }
    assertThat(scene.book().figures(scene.now, null)).isNotNull();
    scene.tell("d", "a", START);
    scene.at(START + 10 * MINUTE);

    assertThat(scene.live.counted("waited")).isEqualTo(10);
    assertThat(scene.site(scene.book(), Window.HOUR, "a").filled()).isEqualTo(20);
    assertThat(scene.site(scene.book(), Window.HOUR, "a").due()).isEqualTo(20);
  }

  @Test
  void aDeviceThatIsRemovedIsNotHeldToReportAnyMore() throws Exception {
    scene.register("d", "a");
    scene.at(START + SECOND);
    scene.report("d", "gw", START, 1);
    scene.at(START + 10 * MINUTE);
    scene.remove("d");
    scene.at(START + 20 * MINUTE + HOUR);

    assertThat(scene.ofFleet()).isEqualTo(scene.ofGateway());
    assertThat(scene.book().size()).isZero();
  }
}
