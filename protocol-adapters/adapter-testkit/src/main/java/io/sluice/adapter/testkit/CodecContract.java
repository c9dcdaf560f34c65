package io.sluice.adapter.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.adapter.testkit.RecordingSink.Leaf;
import io.sluice.adapter.testkit.seeded.Fuzz;
import io.sluice.adapter.testkit.seeded.Mutator;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every codec must pass. A test class implements it and says how a codec is made and what its
 * messages look like.
 */
@Timeout(120)
public interface CodecContract {
  /** 2026-01-01T00:00:00Z: when all messages arrive. */
  long RECEIVED_MICROS = 1_767_225_600_000_000L;

  Device DEVICE =
      new Device(new DeviceId("dev-1"), "any", "farm", "north", null, null, true, true, false);

  /** Largest payload that a codec is given, bytes. */
  int MAX_BYTES = 1 << 20;

  /**
   * A good message.
   *
   * @param leaves paths of all its values
   */
  record Message(byte[] payload, Set<String> leaves) {}

  /** A codec, made anew as its factory makes it. */
  PayloadCodec codec();

  /** Good messages, at least two. */
  List<Message> messages();

  /** Messages that say the same in another order of their fields; none where order has meaning. */
  default List<List<byte[]>> reordered() {
    return List.of();
  }

  private static RecordingSink read(PayloadCodec codec, byte[] payload) throws PayloadException {
    RecordingSink sink = new RecordingSink();
    codec.decode(payload, DEVICE, RECEIVED_MICROS, sink);
    return sink;
  }

  /** All that came of a message, or why it was refused. */
  private static List<String> outcome(PayloadCodec codec, byte[] payload) {
    try {
      RecordingSink sink = read(codec, payload);
      List<String> all = new ArrayList<>(sink.times());
      sink.leaves().forEach(leaf -> all.add(leaf.toString()));
      return all;
    } catch (PayloadException refusal) {
      return List.of("refused: " + refusal.getMessage());
    }
  }

  private static Set<String> paths(RecordingSink sink) {
    return sink.leaves().stream().map(Leaf::path).collect(Collectors.toSet());
  }

  @Test
  default void everyLeafIsPutOrRefused() throws PayloadException {
    for (Message message : messages()) {
      assertThat(paths(read(codec(), message.payload()))).isEqualTo(message.leaves());
    }
  }

  @Test
  default void sameBytesGiveTheSameWhateverCameBefore() {
    PayloadCodec used = codec();
    for (int round = 0; round < 3; round++) {
      for (Message message : messages()) {
        outcome(used, Arrays.copyOf(message.payload(), message.payload().length / 2));
        assertThat(outcome(used, message.payload())).isEqualTo(outcome(codec(), message.payload()));
      }
    }
  }

  @Test
  default void payloadStaysAsItWas() {
    for (Message message : messages()) {
      byte[] sent = message.payload().clone();
      outcome(codec(), sent);
      assertThat(sent).isEqualTo(message.payload());
    }
  }

  @Test
  default void orderOfFieldsMakesNoDifference() throws PayloadException {
    for (List<byte[]> same : reordered()) {
      Set<Leaf> first = Set.copyOf(read(codec(), same.getFirst()).leaves());
      for (byte[] payload : same) {
        assertThat(Set.copyOf(read(codec(), payload).leaves())).isEqualTo(first);
      }
    }
  }

  @Test
  default void anyBytesAreReadOrRefusedInOneSentence() {
    List<byte[]> good = messages().stream().map(Message::payload).toList();
    Mutator mutator = new Mutator(good, good, MAX_BYTES);
    PayloadCodec codec = codec();
    Fuzz.of("codec " + getClass().getSimpleName(), 500)
        .check(random -> {
          try {
            read(codec, mutator.next(random));
          } catch (PayloadException refusal) {
            assertRefusal(refusal);
          }
        });
  }

  private static void assertRefusal(PayloadException refusal) {
    assertThat(refusal.getMessage()).isNotBlank().doesNotContain("\n").hasSizeLessThan(606);
  }

  @Test
  default void messageThatEndsEarlyIsReadOrRefused() {
    for (Message message : messages()) {
      for (int length = 0; length < Math.min(message.payload().length, 300); length++) {
        assertThat(outcome(codec(), Arrays.copyOf(message.payload(), length))).isNotNull();
      }
    }
  }

  @Test
  default void largestPayloadsAreReadOrRefused() {
    for (Message message : messages()) {
      byte[] large = new byte[MAX_BYTES];
      for (int i = 0; i < large.length; i++) {
        large[i] = message.payload()[i % message.payload().length];
      }
      assertThat(outcome(codec(), large)).isNotNull();
    }
    assertThat(outcome(codec(), new byte[MAX_BYTES])).isNotNull();
  }

  @Test
  default void whatTheSinkCanTakeNoMoreIsLetThrough() {
    PayloadException full = new PayloadException("the sink is full");
    for (Message message : messages()) {
      PayloadCodec codec = codec();
      assertThatThrownBy(() ->
              codec.decode(message.payload(), DEVICE, RECEIVED_MICROS, new RecordingSink(full)))
          .isSameAs(full);
      assertThat(outcome(codec, message.payload())).isEqualTo(outcome(codec(), message.payload()));
    }
  }

  @Test
  default void timesAreThoseOfAClock() throws PayloadException {
    for (Message message : messages()) {
      assertThat(read(codec(), message.payload()).times())
          .noneMatch(time -> time.contains("what is no time"));
    }
  }

  @Test
  default void codecsOfOneFactoryDoNotDisturbEachOther() throws Exception {
    List<Message> messages = messages();
    List<List<String>> wanted =
        messages.stream().map(message -> outcome(codec(), message.payload())).toList();
    CountDownLatch ready = new CountDownLatch(2);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 2; thread++) {
        int first = thread;
        all.add(
            threads.submit(() -> {
              PayloadCodec own = codec();
              ready.countDown();
              ready.await();
              for (int i = 0; i < 500; i++) {
                int which = (first + i) % messages.size();
                assertThat(outcome(own, messages.get(which).payload()))
                    .isEqualTo(wanted.get(which));
              }
              return null;
            }));
      }
      for (Future<?> each : all) {
        each.get(60, TimeUnit.SECONDS);
      }
    }
  }
}
