package io.sluice.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.fleet.GatewayLeases.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayPlaceTest {
  @TempDir Path one;
  @TempDir Path other;

  @Test
  void theSameDirectoryIsTheSamePlaceEachTime() {
    String place = GatewayPlace.of("box", one);
    assertThat(place).startsWith("box:" + one + "#").isEqualTo(GatewayPlace.of("box", one));
  }

  @Test
  void twoContainersOfOneHostNameAndPathAreTwoPlaces() throws Exception {
    String first = GatewayPlace.of("sluice", one);
    Files.delete(one.resolve(GatewayPlace.FILE)); // as the other sees the same path: its own
    String second = GatewayPlace.of("sluice", one);
    assertThat(run(second).isOfSameBox(first)).isFalse();
  }

  @Test
  void aCopiedDirectoryIsOfTheSameBoxAndNoSamePlace() throws Exception {
    String first = GatewayPlace.of("sluice", one);
    Path copy = Files.copy(one.resolve(GatewayPlace.FILE), one.resolve("copy"));
    Files.delete(one.resolve(GatewayPlace.FILE));
    Files.move(copy, one.resolve(GatewayPlace.FILE));
    String second = GatewayPlace.of("sluice", one);
    assertThat(second).isNotEqualTo(first);
    assertThat(run(second).isOfSameBox(first)).isTrue();
    assertThat(run(second).isOfSameBox(GatewayPlace.of("sluice", other))).isFalse();
  }

  @Test
  void anIdThatIsDamagedIsMadeAnew() throws Exception {
    Files.writeString(one.resolve(GatewayPlace.FILE), "no id");
    String place = GatewayPlace.of("box", one);
    assertThat(UUID.fromString(Files.readString(one.resolve(GatewayPlace.FILE)).strip()))
        .isNotNull();
    assertThat(GatewayPlace.of("box", one)).isEqualTo(place);
  }

  private static Run run(String place) {
    return new Run("edge", UUID.randomUUID(), place, "sluice", null, "1", "");
  }
}
