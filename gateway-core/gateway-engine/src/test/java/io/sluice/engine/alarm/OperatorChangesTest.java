package io.sluice.engine.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Cap;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Filter;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.api.operator.AlarmService.State;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators do to alarms, as upstreams see it. */
class OperatorChangesTest {
  @TempDir Path data;

  private AlarmBook book;

  @BeforeEach
  void open() throws Exception {
    book = AlarmBook.open(data, AlarmSettings.DEFAULTS, "edge-01", new SteppedClock());
    Cap cap = new Cap("Extreme", "Immediate", "Observed", "Actual");
    book.take(
        List.of(
            new Signal(
                Kind.DEVICE, "gas-1", "emergency", "depot", "gas", "sos", cap, false, 0, "sos")),
        "epoch",
        0);
  }

  @AfterEach
  void close() {
    book.close();
  }

  private AlarmView only() {
    return book.list(new Filter(List.of(State.values()), null, null, null, 10)).getFirst();
  }

  @Test
  void eachChangeThatAnOperatorMakesGoesUpstreamOnceWithHisName() {
    book.acknowledge(only().id(), "ann", null);
    book.acknowledge(only().id(), "bob", "I come too");
    book.clear(only().id(), "cid", null);
    book.clear(only().id(), "dan", null);
    book.acknowledge(only().id(), "eve", null);
    assertThat(OutboxRecords.of(book))
        .containsExactly("sos raised", "sos acknowledged by ann", "sos cleared by cid");
  }

  @Test
  void whatIsSaidLaterIsKeptThoughItChangesNoState() {
    book.acknowledge(only().id(), "ann", "on my way");
    AlarmView second = book.acknowledge(only().id(), "bob", "I come too");
    assertThat(second.acknowledgedBy()).isEqualTo("ann");
    assertThat(second.note()).isEqualTo("I come too");
    assertThat(book.acknowledge(second.id(), "bob", null).note()).isEqualTo("I come too");
    book.clear(second.id(), "ann", null);
    assertThat(only().note()).isEqualTo("I come too");
    AlarmView late = book.clear(second.id(), "cid", "it was the cable");
    assertThat(late.clearedBy()).isEqualTo("ann");
    assertThat(late.note()).isEqualTo("it was the cable");
  }

  @Test
  void alarmThatIsNotThereIsNeitherChangedNorTold() {
    assertThat(book.acknowledge(99, "ann", "x")).isNull();
    assertThat(book.clear(99, "ann", "x")).isNull();
    assertThat(OutboxRecords.of(book)).containsExactly("sos raised");
  }
}
