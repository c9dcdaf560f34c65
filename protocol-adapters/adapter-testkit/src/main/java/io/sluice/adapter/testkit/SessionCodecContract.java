package io.sluice.adapter.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.adapter.testkit.RecordingSink.Leaf;
import io.sluice.adapter.testkit.seeded.Fuzz;
import io.sluice.adapter.testkit.seeded.Mutator;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.codec.SessionCodec;
import io.sluice.api.codec.SessionCodecFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every codec with a state must pass, beside what all codecs must: {@link #messages} stand
 * alone, and {@link #exchange} is what a session says.
 */
public interface SessionCodecContract extends CodecContract {
  /** Messages of one session that a test grows a state by, at most. */
  int MANY = 200_000;

  /**
   * One message of a session.
   *
   * @param needsState whether it says nothing without those before it
   * @param leaves paths of all its values
   */
  record Said(String topic, byte[] payload, boolean needsState, Set<String> leaves) {}

  SessionCodecFactory factory();

  /** What a device says from the beginning of its session on; some of it needs what came before. */
  List<Said> exchange();

  /**
   * A message that would make the state larger than those of lesser numbers made it; null where no
   * message does.
   *
   * @param number from 0
   */
  @Nullable Said growing(int number);

  @Override
  default PayloadCodec codec() {
    return factory().create();
  }

  private SessionCodec opened() {
    return factory().open(DEVICE);
  }

  private static RecordingSink read(SessionCodec codec, Said said) throws PayloadException {
    RecordingSink sink = new RecordingSink();
    codec.decode(said.payload(), DEVICE, said.topic(), RECEIVED_MICROS, sink);
    return sink;
  }

  private static String outcome(SessionCodec codec, Said said) {
    try {
      RecordingSink sink = read(codec, said);
      return sink.leaves() + " " + sink.times();
    } catch (PayloadException refusal) {
      return "refused: " + refusal.getMessage();
    }
  }

  private List<String> outcomes(SessionCodec codec) {
    List<String> all = new ArrayList<>();
    exchange().forEach(said -> all.add(outcome(codec, said)));
    return all;
  }

  @Test
  default void laterMessagesAreReadByWhatEarlierOnesSaid() throws PayloadException {
    assertThat(exchange()).anyMatch(Said::needsState);
    SessionCodec codec = opened();
    for (Said said : exchange()) {
      RecordingSink sink = read(codec, said);
      assertThat(sink.leaves().stream().map(Leaf::path).collect(Collectors.toSet()))
          .isEqualTo(said.leaves());
    }
  }

  /** As after a restart of the gateway. */
  @Test
  default void whatNobodySaidIsRefusedAndNotGuessed() {
    for (Said said : exchange()) {
      if (said.needsState()) {
        assertThatThrownBy(() -> read(opened(), said))
            .isInstanceOfSatisfying(
                PayloadException.class,
                refusal ->
                    assertThat(refusal.getMessage()).doesNotContain("\n").hasSizeLessThan(606));
      }
    }
  }

  @Test
  default void sessionsDoNotKnowOfEachOther() {
    SessionCodec one = opened();
    outcomes(one);
    SessionCodec other = opened();
    for (Said said : exchange()) {
      if (said.needsState()) {
        assertThat(outcome(other, said)).startsWith("refused: ");
      }
    }
  }

  @Test
  default void messageThatComesAgainGivesTheSame() {
    SessionCodec codec = opened();
    for (Said said : exchange()) {
      assertThat(outcome(codec, said)).isEqualTo(outcome(codec, said));
    }
  }

  @Test
  default void sessionMayBeginAgainWithoutANewConnection() {
    SessionCodec codec = opened();
    assertThat(outcomes(codec)).isEqualTo(outcomes(codec));
  }

  @Test
  default void messageThatIsRefusedLeavesTheStateAsItWas() {
    List<byte[]> good = exchange().stream().map(Said::payload).toList();
    Mutator mutator = new Mutator(good, good, 4096);
    List<String> wanted = outcomes(opened());
    Fuzz.of("session codec " + getClass().getSimpleName(), 300)
        .check(random -> {
          SessionCodec codec = opened();
          for (int i = 0; i < exchange().size(); i++) {
            Said said = exchange().get(i);
            assertThat(outcome(codec, said)).isEqualTo(wanted.get(i));
            Said broken = new Said(said.topic(), mutator.next(random), true, Set.of());
            if (!outcome(codec, broken).startsWith("refused: ")) {
              return; // it was taken, and the state may be another one
            }
          }
        });
  }

  @Test
  default void stateHasABound() {
    SessionCodec codec = opened();
    boolean isRefused = growing(0) == null;
    for (int i = 0; i < MANY && !isRefused; i++) {
      Said said = growing(i);
      isRefused = said == null || outcome(codec, said).startsWith("refused: ");
    }
    assertThat(isRefused)
        .as("of %s messages that each add to the state none is refused", MANY)
        .isTrue();
  }
}
