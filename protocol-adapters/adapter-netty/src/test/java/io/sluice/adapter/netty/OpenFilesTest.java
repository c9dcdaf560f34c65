package io.sluice.adapter.netty;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OpenFilesTest {
  @Test
  void theGatewayKeepsDescriptorsForItself() {
    assertThat(OpenFiles.connections(100_000, 20_000)).isEqualTo(20_000 - OpenFiles.RESERVED);
    assertThat(OpenFiles.connections(1_000, 20_000)).isEqualTo(1_000);
    assertThat(OpenFiles.connections(1_000, 200)).isEqualTo(1);
    assertThat(OpenFiles.connections(1_000, Integer.MAX_VALUE)).isEqualTo(1_000);
    assertThat(OpenFiles.limit()).isPositive();
  }
}
