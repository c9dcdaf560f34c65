package io.sluice.adapter.mqttclient;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.LoadedClasses;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a gateway without sources pays for them. */
class NothingLoadedTest {
  @Test
  void onlyTheFactoryAndItsOptionsAreLoadedBeforeASourceIsNamed() throws Exception {
    List<String> loaded = LoadedClasses.ofAdaptersUnnamed();
    assertThat(loaded).contains("type mqtt SOURCE MqttSourceSettings");
    assertThat(loaded)
        .filteredOn(line -> line.contains(" io.sluice.adapter.mqttclient."))
        .isNotEmpty()
        .allMatch(
            line -> line.contains("MqttSourceFactory") || line.contains("MqttSourceSettings"));
    assertThat(loaded)
        .noneMatch(line -> line.contains(" io.netty.") || line.contains(" javax.net.ssl."));
  }
}
