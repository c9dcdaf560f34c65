package io.sluice.engine.registry.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.MemoryStore;
import io.sluice.adapter.testkit.StoreContract;
import io.sluice.api.Device;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.Step;
import io.sluice.engine.registry.Fixture;
import io.sluice.engine.registry.credential.PasswordHasher;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A registry on a store that another gateway writes to as well. */
class FollowedStoreTest {
  @Test
  void changeOfAnotherGatewayShowsAndIsTold() {
    MemoryStore.Shared shared = new MemoryStore.Shared();
    try (RegistryStore mine = shared.open();
        RegistryStore other = shared.open()) {
      SecureRandom random = new SecureRandom();
      DeviceStore devices = new DeviceStore(mine, Fixture.PROFILES, new PasswordHasher(random));
      List<String> told = new ArrayList<>();
      devices.listen((before, after, credentialsChanged) ->
          told.add(name(before) + ">" + name(after) + (credentialsChanged ? "!" : "")));
      other.apply(new Step.InsertDevice(StoreContract.full("a", 0)));
      other.apply(new Step.UpdateDevice(StoreContract.full("a", 0), StoreContract.plain("a")));
      assertThat(devices.find("a")).isEqualTo(StoreContract.plain("a").device());
      other.apply(new Step.RemoveDevice("a"), new Step.EndCommands("a"));
      assertThat(devices.find("a")).isNull();
      assertThat(told).containsExactly("null>a", "a>a!", "a>null");
      devices.close();
    }
  }

  private static String name(Device device) {
    return device == null ? "null" : device.id().value();
  }
}
