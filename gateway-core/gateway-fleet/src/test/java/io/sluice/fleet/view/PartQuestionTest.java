package io.sluice.fleet.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.admin.http.BadRequestException;
import io.sluice.engine.coverage.slot.Calendar;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

/** Instances that would not mean the same by a question do not answer it. */
class PartQuestionTest {
  private final PartAnswers answers = new PartAnswers(Calendar.UTC);
  private final PartQuestion question = PartQuestion.figures(1, "gw");

  @Test
  void aQuestionComesOverAsItWasAsked() {
    PartQuestion read = answers.question(answers.asked(question));
    assertThat(read).isEqualTo(question.by(Calendar.UTC.toString()));
  }

  @Test
  void aQuestionOfAnotherVersionIsRefusedByName() {
    String newer = answers.asked(question).replace("\"v\":1", "\"v\":2");
    assertThatExceptionOfType(BadRequestException.class)
        .isThrownBy(() -> answers.question(newer))
        .withMessageContaining("is of version 2, and this instance answers version 1");
    String older = answers.asked(question).replace("\"v\":1,", "");
    assertThatExceptionOfType(BadRequestException.class)
        .isThrownBy(() -> answers.question(older))
        .withMessageContaining("is of version 0");
    assertThatExceptionOfType(BadRequestException.class)
        .isThrownBy(() -> answers.question(answers.asked(question).replace("FIGURES", "NEWS")));
  }

  @Test
  void anInstanceWithOtherDaysIsRefusedByName() {
    PartAnswers others = new PartAnswers(new Calendar(ZoneId.of("Asia/Shanghai")));
    assertThatExceptionOfType(BadRequestException.class)
        .isThrownBy(() -> answers.question(others.asked(question)))
        .withMessageContaining("give all instances the same");
  }
}
