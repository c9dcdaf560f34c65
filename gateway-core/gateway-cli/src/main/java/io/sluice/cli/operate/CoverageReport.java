package io.sluice.cli.operate;

import io.sluice.cli.Show;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * A month's coverage as a self-contained page and as RFC 4180 CSV: numerators, denominators and
 * what was left out, so that every ratio can be worked out again.
 */
final class CoverageReport {
  private static final List<String> COUNTS =
      List.of(
          "planned",
          "commissioned",
          "devices",
          "due",
          "filled",
          "good",
          "received",
          "timely",
          "excludedSlots");
  private static final List<String> RATIOS =
      List.of("completeness", "validity", "effective", "timeliness");

  private static final String STYLE =
      "body{font:14px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;"
          + "color:#16202b}table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}"
          + "th,td{border:1px solid #b6c0ca;padding:.25rem .5rem;text-align:left}"
          + "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}th{background:#eef2f6}"
          + "@media print{body{margin:0;max-width:none}}";

  private static final List<String> KEYS = List.of("sector", "site", "model");
  private static final String BYTE_ORDER_MARK = Character.toString(0xFEFF);

  private final JsonNode figures;
  private final boolean isChinese;

  /**
   * @param figures what {@code /api/v1/coverage/month} says
   */
  CoverageReport(JsonNode figures, boolean isChinese) {
    this.figures = figures;
    this.isChinese = isChinese;
  }

  private String say(String english, String chinese) {
    return isChinese ? chinese : english;
  }

  private String heading(String field) {
    return switch (field) {
      case "month" -> say("Month", "月份");
      case "sector" -> say("Sector", "行业");
      case "site" -> say("Site", "站点");
      case "model" -> say("Model", "型号");
      case "planned" -> say("Planned", "规划设备");
      case "commissioned" -> say("Commissioned", "已投运");
      case "devices" -> say("Devices", "应报设备");
      case "due" -> say("Due", "应收");
      case "filled" -> say("Filled", "实收");
      case "good" -> say("Good", "有效");
      case "received" -> say("Received", "接收样本");
      case "timely" -> say("In time", "及时样本");
      case "excludedSlots" -> say("Excluded", "剔除");
      case "completeness" -> say("Completeness", "传输率");
      case "validity" -> say("Validity", "有效率");
      case "effective" -> say("Effective", "传输有效率");
      case "timeliness" -> say("Timeliness", "及时率");
      default -> throw new IllegalArgumentException(field);
    };
  }

  /** A heading of the table: by default the API's name, for programs. */
  private String column(String field) {
    return isChinese ? heading(field) : field;
  }

  /** The page. */
  String html(Instant madeAt, String version) {
    StringBuilder page = new StringBuilder(8_192);
    String month = Show.text(figures, "month");
    String title = say("Coverage report", "数据覆盖率报告") + " " + month;
    boolean isFinal = figures.path("final").asBoolean(false);
    page.append("<!doctype html>\n<html lang=\"").append(isChinese ? "zh-CN" : "en").append("\">");
    page.append("<head><meta charset=\"utf-8\"><title>").append(text(title)).append("</title>");
    page.append("<style>").append(STYLE).append("</style></head>\n<body><h1>").append(text(title));
    page.append("</h1>\n<p>")
        .append(text(say("Gateway ", "网关 ") + Show.text(figures, "gateway")))
        .append(" · Sluice ")
        .append(text(version))
        .append(" · ")
        .append(Show.time(figures, "start"))
        .append(" – ")
        .append(Show.time(figures, "end"))
        .append(" · ")
        .append(say("made ", "生成于 "))
        .append(madeAt.truncatedTo(ChronoUnit.SECONDS))
        .append("</p>\n<p><strong>")
        .append(
            isFinal
                ? say("Final.", "最终。")
                : say(
                    "Provisional: late data still counts until 72 h after the end of the month.",
                    "暂定：月末后 72 小时内补传数据仍计入。"))
        .append("</strong></p>\n");
    table(page, say("By site", "按站点"), List.of("sector", "site"), figures.path("sites"));
    table(page, say("By model", "按型号"), List.of("model"), figures.path("models"));
    exclusions(page);
    method(page);
    return page.append("</body></html>\n").toString();
  }

  private void table(StringBuilder page, String title, List<String> keys, JsonNode rows) {
    page.append("<h2>").append(title).append("</h2>\n<table><thead><tr>");
    keys.forEach(key -> page.append("<th>").append(heading(key)).append("</th>"));
    for (List<String> fields : List.of(COUNTS, RATIOS)) {
      for (String field : fields) {
        page.append("<th class=\"n\">").append(heading(field)).append("</th>");
      }
    }
    page.append("</tr></thead><tbody>\n");
    for (JsonNode row : rows) {
      page.append("<tr>");
      keys.forEach(key -> page.append("<td>").append(text(Show.text(row, key))).append("</td>"));
      COUNTS.forEach(field ->
          page.append("<td class=\"n\">")
              .append(String.format(Locale.ROOT, "%,d", row.path(field).asLong(0)))
              .append("</td>"));
      RATIOS.forEach(
          field -> page.append("<td class=\"n\">").append(percent(row, field)).append("</td>"));
      page.append("</tr>\n");
    }
    page.append("</tbody></table>\n");
  }

  private static String percent(JsonNode row, String field) {
    JsonNode value = row.path(field);
    return value.isNumber() ? String.format(Locale.ROOT, "%.2f %%", value.asDouble() * 100) : "–";
  }

  private void exclusions(StringBuilder page) {
    page.append("<h2>").append(say("Approved stops", "批准停运")).append("</h2>\n<table><tbody>");
    for (JsonNode stop : figures.path("stops")) {
      page.append("<tr><td>")
          .append(text(Show.text(stop, "scope") + " " + Show.text(stop, "key")))
          .append("</td><td>")
          .append(Show.time(stop, "from"))
          .append(" – ")
          .append(Show.time(stop, "to"))
          .append("</td><td>")
          .append(text(Show.text(stop, "reason")))
          .append("</td><td>")
          .append(text(Show.text(stop, "by")))
          .append("</td></tr>\n");
    }
    page.append("</tbody></table>\n<h2>")
        .append(say("Outages of the gateway", "网关停机"))
        .append("</h2>\n<table><tbody>");
    for (JsonNode outage : figures.path("outages")) {
      page.append("<tr><td>")
          .append(Show.time(outage, "from"))
          .append(" – ")
          .append(Show.time(outage, "to"))
          .append("</td><td class=\"n\">")
          .append(Show.number(outage, "seconds", " s"))
          .append("</td></tr>\n");
    }
    page.append("</tbody></table>\n");
  }

  private void method(StringBuilder page) {
    page.append("<h2>").append(say("Method", "计算方法")).append("</h2>\n<p>");
    page.append(
        say(
            "Each device has slots one report interval apart; a sample within half an interval of"
                + " a slot's centre fills it, for each metric. Due are the slots whose centre lies"
                + " in the time and outside stops and outages. Completeness = filled ÷ due."
                + " Validity = good ÷ filled. Effective = completeness × validity. Timeliness ="
                + " samples in time ÷ received. Excluded are slots in approved stops and outages."
                + " Rows are added up, never averaged; – means that nothing was due.",
            "每台设备按上报间隔划分时段，距时段中心半个间隔内的样本填充该时段（按指标计）。应收 ="
                + " 中心落在统计时间内、且不在停运和停机内的时段数。传输率 = 实收 ÷ 应收；有效率 = 有效 ÷ 实收；"
                + "传输有效率 = 传输率 × 有效率；及时率 = 及时样本 ÷ 接收样本。批准停运与停机时段剔除。"
                + "汇总按分子分母相加，不取平均；– 表示无应收数据。"));
    page.append("</p>\n");
  }

  /** Text as HTML. */
  private static String text(String plain) {
    return plain
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /**
   * One line a site, then one a model; ratios with six digits, empty where nothing was due.
   *
   * @param isMarked whether it begins with a byte order mark, by which spreadsheets know UTF-8
   */
  String csv(boolean isMarked) {
    StringBuilder csv = new StringBuilder(isMarked ? BYTE_ORDER_MARK : "");
    csv.append(column("month"));
    for (List<String> fields : List.of(KEYS, COUNTS, RATIOS)) {
      fields.forEach(field -> csv.append(',').append(column(field)));
    }
    csv.append("\r\n");
    for (String part : List.of("sites", "models")) {
      for (JsonNode row : figures.path(part)) {
        csv.append(Show.text(figures, "month"));
        for (String key : KEYS) {
          JsonNode value = row.path(key);
          csv.append(',').append(value.isString() ? cell(value.stringValue()) : "");
        }
        COUNTS.forEach(field -> csv.append(',').append(row.path(field).asLong(0)));
        RATIOS.forEach(field -> {
          JsonNode value = row.path(field);
          csv.append(',');
          if (value.isNumber()) {
            csv.append(String.format(Locale.ROOT, "%.6f", value.asDouble()));
          }
        });
        csv.append("\r\n");
      }
    }
    return csv.toString();
  }

  /** RFC 4180; what a spreadsheet would take for a formula begins with an apostrophe. */
  private static String cell(String text) {
    boolean isFormula = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
    String safe = isFormula ? "'" + text : text;
    boolean isQuoted = safe.chars().anyMatch(each -> ",\"\r\n".indexOf(each) >= 0);
    return isQuoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }
}
