package io.sluice.adapter.coap.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.coap.upload.Uploads.Step;
import io.sluice.api.DeviceId;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.junit.jupiter.api.Test;

class UploadsTest {
  private static final int MAX_BODY = 4_096;

  private long now;
  private final Uploads uploads = new Uploads(8, MAX_BODY, 3 * MAX_BODY, () -> now);

  private static Uploads.Key key(String device, int body) {
    return new Uploads.Key(
        new DeviceId(device), "endpoint", Code.POST, List.of("telemetry"), List.of(), tag(body));
  }

  private static List<String> tag(int body) {
    return List.of(Integer.toString(body));
  }

  private Step block(Uploads.Key key, int number, boolean isMore) {
    byte[] payload = new byte[16];
    payload[0] = (byte) number;
    return uploads.add(key, new BlockOption(0, isMore, number), 50, payload);
  }

  @Test
  void bodyIsWholeAndTakesNoRoomAfterwards() {
    Uploads.Key key = key("d1", 1);
    assertThat(block(key, 0, true)).isInstanceOf(Step.More.class);
    assertThat(block(key, 1, true)).isInstanceOf(Step.More.class);
    assertThat(block(key, 1, true)).as("its answer was lost").isInstanceOf(Step.More.class);
    assertThat(block(key, 2, false))
        .isInstanceOfSatisfying(
            Step.Whole.class,
            whole -> {
              assertThat(whole.body()).hasSize(48);
              assertThat(whole.body()[32]).isEqualTo((byte) 2);
            });
    assertThat(uploads.size()).isZero();
    assertThat(uploads.bytes()).isZero();
  }

  @Test
  void roomIsTakenByWhatHasComeOnly() {
    block(key("d1", 1), 0, true);
    assertThat(uploads.bytes()).isEqualTo(16);
  }

  @Test
  void fifthBodyOfADeviceTakesTheOldestOnesPlaceAndNobodyElses() {
    block(key("other", 1), 0, true);
    for (int body = 0; body < 5; body++) {
      block(key("d1", body), 0, true);
    }
    assertThat(block(key("d1", 0), 1, true)).isInstanceOf(Step.Incomplete.class);
    assertThat(block(key("d1", 1), 1, true)).isInstanceOf(Step.More.class);
    assertThat(block(key("other", 1), 1, true)).isInstanceOf(Step.More.class);
    assertThat(uploads.size()).isEqualTo(5);
  }

  @Test
  void fullOneSaysWhenThereIsRoom() {
    for (int device = 0; device < 8; device++) {
      block(key("d" + device, 1), 0, true);
    }
    now = TimeUnit.SECONDS.toNanos(20);
    assertThat(block(key("late", 1), 0, true)).isEqualTo(new Step.Full(40_000));
    now = TimeUnit.SECONDS.toNanos(61);
    assertThat(block(key("late", 1), 0, true)).isInstanceOf(Step.More.class);
    assertThat(uploads.size()).isEqualTo(1);
  }

  @Test
  void bytesOfAllAreBoundedTogether() {
    for (int device = 0; device < 3; device++) {
      for (int number = 0; number < 3 * MAX_BODY / 4 / 16; number++) {
        block(key("d" + device, 1), number, true);
      }
    }
    assertThat(uploads.bytes()).isLessThanOrEqualTo(3 * MAX_BODY);
    Step step = block(key("d9", 1), 0, true);
    assertThat(step).isInstanceOf(Step.Full.class);
    assertThat(uploads.size()).isEqualTo(3);
  }

  @Test
  void tooLargeOneIsForgotten() {
    Uploads.Key key = key("d1", 1);
    for (int number = 0; number < MAX_BODY / 16; number++) {
      assertThat(block(key, number, true)).isInstanceOf(Step.More.class);
    }
    assertThat(block(key, MAX_BODY / 16, false)).isInstanceOf(Step.TooLarge.class);
    assertThat(uploads.size()).isZero();
  }
}
