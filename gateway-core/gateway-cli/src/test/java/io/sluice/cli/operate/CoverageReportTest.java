package io.sluice.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The report says what the figures say, and nothing in them becomes markup or a formula. */
class CoverageReportTest {
  private static final String FIGURES =
      """
      {"month":"2026-10","gateway":"gw","start":1790812800000000,"end":1793491200000000,
       "final":true,
       "sites":[{"sector":"farm","site":"<north>, =1","planned":12,"commissioned":10,"devices":10,
         "due":1000,"filled":900,"good":890,"received":95,"timely":90,"excludedSlots":40,
         "completeness":0.9,"validity":0.98889,"effective":0.89,"timeliness":null},
         {"sector":"farm","site":"=cmd","due":0,"completeness":null}],
       "models":[{"model":"soil-probe","due":1000,"filled":900,"completeness":0.9}],
       "stops":[{"scope":"site","key":"north","from":1790812800000000,"to":null,
         "reason":"pump & pipe","by":"ada"}],
       "outages":[{"from":1790812800000000,"to":1790812860000000,"seconds":60.0}]}
      """;

  private static CoverageReport report(boolean isChinese) {
    return new CoverageReport(JsonMapper.shared().readTree(FIGURES), isChinese);
  }

  @Test
  void pageHasEveryFigureAndWhatWasLeftOut() {
    String page = report(false).html(Instant.parse("2026-11-04T00:00:00Z"), "1.2");
    assertThat(page)
        .contains("Coverage report 2026-10", "Final.", "&lt;north&gt;", "90.00 %", "1,000", "–")
        .contains("pump &amp; pipe", "ada", "60.0 s", "2026-10-01T00:00:00Z")
        .doesNotContain("<north>");
    assertThat(report(true).html(Instant.EPOCH, "1.2")).contains("传输有效率", "zh-CN");
  }

  @Test
  void tableIsCsvThatNoSpreadsheetExecutes() {
    assertThat(report(false).csv(false).lines())
        .containsExactly(
            "month,sector,site,model,planned,commissioned,devices,due,filled,good,received,timely,"
                + "excludedSlots,completeness,validity,effective,timeliness",
            "2026-10,farm,\"<north>, =1\",,12,10,10,1000,900,890,95,90,40,0.900000,0.988890,"
                + "0.890000,",
            "2026-10,farm,'=cmd,,0,0,0,0,0,0,0,0,0,,,,",
            "2026-10,,,soil-probe,0,0,0,1000,900,0,0,0,0,0.900000,,,");
  }

  @Test
  void tableOfAChineseReportHasChineseHeadingsAndAMarkThatExcelKnows() {
    String csv = report(true).csv(true);
    assertThat(csv.codePointAt(0)).isEqualTo(0xFEFF);
    assertThat(csv.substring(1))
        .startsWith("月份,行业,站点,型号,规划设备,已投运,应报设备,应收,实收,有效,接收样本,及时样本,剔除,传输率,有效率,传输有效率,及时率\r\n");
  }
}
