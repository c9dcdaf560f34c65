package io.sluice.adapter.coap.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.coap.request.UplinkExchange;
import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.adapter.coap.settings.FastPath;
import org.junit.jupiter.api.Test;

/** What an uplink is answered does not depend on the fast path. */
class FastPathOffTest extends UplinkTest {
  @Override
  CoapSettings settings() {
    return CoapSettings.onLoopback(0, FastPath.OFF);
  }

  @Test
  void plainUplinkGoesThroughCalifornium() throws Exception {
    post("telemetry?d=a&k=secret");
    assertThat(gateway.accepted).singleElement().isInstanceOf(UplinkExchange.class);
  }
}
