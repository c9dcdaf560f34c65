package io.sluice.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows in columns that are as wide as their widest cell; numbers to the right. Where the terminal
 * is narrower, the widest texts are shortened; where that is not enough, the last columns are left
 * out, and a line below says which: the first ones matter most.
 */
public final class Table {
  private static final String GAP = "  ";

  /** Texts are not shortened further. */
  private static final int TEXT_MIN_COLUMNS = 10;

  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... header) {
    this.header = List.of(header);
  }

  public void row(String... cells) {
    if (cells.length != header.size()) {
      throw new IllegalArgumentException("a row has " + header.size() + " cells");
    }
    rows.add(Arrays.stream(cells).map(Terminal::printable).toList());
  }

  /** Whether it has no rows. */
  public boolean isEmpty() {
    return rows.isEmpty();
  }

  public void print(PrintWriter out) {
    print(out, Terminal.columns());
  }

  public void print(PrintWriter out, int columns) {
    int[] widths = new int[header.size()];
    boolean[] right = new boolean[header.size()];
    for (int column = 0; column < widths.length; column++) {
      widths[column] = Terminal.width(header.get(column));
      right[column] = !rows.isEmpty();
      for (List<String> row : rows) {
        String cell = row.get(column);
        widths[column] = Math.max(widths[column], Terminal.width(cell));
        right[column] &= isNumber(cell);
      }
    }
    int shown = fit(widths, right, columns);
    print(header, widths, right, shown, out);
    rows.forEach(row -> print(row, widths, right, shown, out));
    if (shown < widths.length) {
      out.println(
          "(left out, as the terminal is narrow: "
              + String.join(", ", header.subList(shown, widths.length))
              + ")");
    }
    out.flush();
  }

  /** Narrows columns of text; answers how many columns are shown. */
  private static int fit(int[] widths, boolean[] right, int columns) {
    int[] full = widths.clone();
    for (int shown = widths.length; shown > 1; shown--) {
      System.arraycopy(full, 0, widths, 0, full.length);
      while (total(widths, shown) > columns && narrow(widths, right, shown)) {
        // one column of the widest text less
      }
      if (total(widths, shown) <= columns) {
        return shown;
      }
    }
    widths[0] = Math.min(full[0], columns);
    return 1;
  }

  /** Takes one from the widest text; false where none can be shortened. */
  private static boolean narrow(int[] widths, boolean[] right, int shown) {
    int widest = -1;
    for (int column = 0; column < shown; column++) {
      boolean isLong = !right[column] && widths[column] > TEXT_MIN_COLUMNS;
      if (isLong && (widest < 0 || widths[column] > widths[widest])) {
        widest = column;
      }
    }
    if (widest >= 0) {
      widths[widest]--;
    }
    return widest >= 0;
  }

  private static int total(int[] widths, int shown) {
    return Arrays.stream(widths, 0, shown).sum() + GAP.length() * (shown - 1);
  }

  private static boolean isNumber(String cell) {
    return cell.equals("-") || cell.matches("-?[0-9][0-9.,]*( ?[A-Za-z/%]{1,6})?");
  }

  private static void print(
      List<String> cells, int[] widths, boolean[] right, int shown, PrintWriter out) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < shown; column++) {
      String cell = Terminal.cut(cells.get(column), widths[column]);
      String pad = " ".repeat(widths[column] - Terminal.width(cell));
      line.append(column == 0 ? "" : GAP).append(right[column] ? pad + cell : cell + pad);
    }
    out.println(line.toString().stripTrailing());
  }
}
