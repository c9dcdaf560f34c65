package io.sluice.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.ExitCode;
import io.sluice.trial.stage.Programs;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be done is told as every other program of Sluice tells it. */
class MainTest {
  @ParameterizedTest
  @CsvSource({
    "'--fleet --devices 3', '--devices wants 20 or more'",
    "'--fleet --devices many', 'not a whole number'",
    "'--fleet --durations 5s', 'did you mean --duration'",
    "'--fleet --duration soon', '--duration'",
    "'--devices 20', '--fleet'"
  })
  void badUsageIsOneLineWithAnExitCodeOfItsOwn(String words, String said) {
    StringWriter err = new StringWriter();
    int code =
        Main.commandLine(Programs::launched)
            .setErr(new PrintWriter(err, true))
            .execute(words.split(" ", -1));
    assertThat(code).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).startsWith("sluice: ").contains(said).hasLineCount(1);
  }
}
