package io.sluice.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.LoadedClasses;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a gateway without HTTP listeners pays for them. */
class NothingLoadedTest {
  @Test
  void onlyTheFactoriesAndTheirOptionsAreLoadedBeforeAListenerIsNamed() throws Exception {
    List<String> loaded = LoadedClasses.ofAdaptersUnnamed();
    assertThat(loaded)
        .contains("type http LISTENER HttpSettings", "type https LISTENER HttpsSettings");
    assertThat(loaded)
        .filteredOn(line -> line.contains(" io.sluice.adapter.http."))
        .allMatch(line -> line.contains("AdapterFactory") || line.contains("Settings"));
    assertThat(loaded).noneMatch(line -> line.contains("io.netty."));
  }
}
