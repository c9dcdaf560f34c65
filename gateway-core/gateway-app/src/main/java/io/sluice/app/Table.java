package io.sluice.app;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows in columns that are as wide as their widest cell; numbers to the right. */
final class Table {
  private static final String GAP = "  ";

  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... header) {
    this.header = List.of(header);
  }

  void row(String... cells) {
    if (cells.length != header.size()) {
      throw new IllegalArgumentException("a row has " + header.size() + " cells");
    }
    rows.add(List.of(cells));
  }

  void print(PrintWriter out) {
    int[] widths = new int[header.size()];
    boolean[] right = new boolean[header.size()];
    for (int column = 0; column < widths.length; column++) {
      widths[column] = header.get(column).length();
      right[column] = !rows.isEmpty();
      for (List<String> row : rows) {
        String cell = row.get(column);
        widths[column] = Math.max(widths[column], cell.length());
        right[column] &= isNumber(cell);
      }
    }
    print(header, widths, right, out);
    rows.forEach(row -> print(row, widths, right, out));
    out.flush();
  }

  private static boolean isNumber(String cell) {
    return cell.equals("-") || cell.matches("-?[0-9][0-9.,]*( ?[A-Za-z/%]{1,6})?");
  }

  private static void print(List<String> cells, int[] widths, boolean[] right, PrintWriter out) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String cell = cells.get(column);
      String pad = " ".repeat(widths[column] - cell.length());
      line.append(column == 0 ? "" : GAP).append(right[column] ? pad + cell : cell + pad);
    }
    out.println(line.toString().stripTrailing());
  }
}
