package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TableTest {
  private static String printed(Table table, int columns) {
    StringWriter out = new StringWriter();
    table.print(new PrintWriter(out), columns);
    return out.toString();
  }

  private static Table sites() {
    Table table = new Table("SITE", "EXPECTED", "EFFECTIVE", "DETAIL");
    table.row("老城区", "120", "99.5 %", "nothing is wrong with it");
    table.row("north-field", "7", "-", "-");
    return table;
  }

  @Test
  void wideCharactersTakeTwoColumns() {
    assertThat(printed(sites(), 80))
        .isEqualTo(
            """
            SITE         EXPECTED  EFFECTIVE  DETAIL
            老城区            120     99.5 %  nothing is wrong with it
            north-field         7          -  -
            """);
  }

  @Test
  void textsAreShortenedBeforeColumnsAreLeftOut() {
    assertThat(printed(sites(), 46))
        .isEqualTo(
            """
            SITE         EXPECTED  EFFECTIVE  DETAIL
            老城区            120     99.5 %  nothing is …
            north-field         7          -  -
            """);
    assertThat(printed(sites(), 12))
        .isEqualTo(
            """
            SITE
            老城区
            north-field
            (left out, as the terminal is narrow: EXPECTED, EFFECTIVE, DETAIL)
            """);
    assertThat(printed(sites(), 34))
        .isEqualTo(
            """
            SITE         EXPECTED  EFFECTIVE
            老城区            120     99.5 %
            north-field         7          -
            (left out, as the terminal is narrow: DETAIL)
            """);
  }

  @Test
  void noLineIsWiderThanTheTerminal() {
    for (long seed = 1; seed <= 500; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Table table = new Table("NAME", "WHERE", "N", "TEXT");
      for (int row = random.nextInt(5); row >= 0; row--) {
        table.row(text(random), text(random), "" + random.nextInt(1000), text(random));
      }
      int columns = random.nextInt(20, 120);
      assertThat(printed(table, columns).lines().filter(line -> !line.startsWith("(left")))
          .as("seed %d", seed)
          .allSatisfy(line -> assertThat(Terminal.width(line)).isLessThanOrEqualTo(columns));
    }
  }

  private static String text(SplittableRandom random) {
    String letters = "ab c老区ｗéé̂🔥";
    int[] points = letters.codePoints().toArray();
    StringBuilder text = new StringBuilder("x");
    for (int i = random.nextInt(40); i > 0; i--) {
      text.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return text.toString();
  }

  @Test
  void controlCharactersOfOthersDoNotSteerTheTerminal() {
    Table table = new Table("NAME");
    table.row("\u001b[2Jpump\n1");
    assertThat(printed(table, 80)).isEqualTo("NAME\n?[2Jpump?1\n");
  }
}
