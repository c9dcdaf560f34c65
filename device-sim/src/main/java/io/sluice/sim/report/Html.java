package io.sluice.sim.report;

import java.util.List;

/** Pieces of a page. */
final class Html {
  private Html() {}

  static String text(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** A table; cells that begin with a digit stand to the right. */
  static String table(List<String> header, List<List<String>> rows) {
    StringBuilder table = new StringBuilder("<div class=\"scroll\"><table><thead><tr>");
    for (int column = 0; column < header.size(); column++) {
      boolean isNumber = !rows.isEmpty() && isNumber(rows.getFirst().get(column));
      table.append(isNumber ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">");
      table.append(text(header.get(column))).append("</th>");
    }
    table.append("</tr></thead><tbody>");
    for (List<String> row : rows) {
      table.append("<tr>");
      for (String cell : row) {
        table
            .append(isNumber(cell) ? "<td class=\"n\">" : "<td>")
            .append(text(cell))
            .append("</td>");
      }
      table.append("</tr>");
    }
    return table.append("</tbody></table></div>\n").toString();
  }

  private static boolean isNumber(String cell) {
    return cell.matches("[0-9][0-9,.]*( .*)?");
  }
}
