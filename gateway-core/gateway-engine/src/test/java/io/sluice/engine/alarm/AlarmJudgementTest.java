package io.sluice.engine.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sluice.api.MessageClass;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What messages do to the alarm book. */
class AlarmJudgementTest {
  @TempDir Path data;

  private AlarmBench bench;

  private AlarmBench shipped(String profile) {
    bench = AlarmBench.shipped(data, profile);
    return bench;
  }

  private AlarmBench of(String... lines) throws Exception {
    bench = AlarmBench.of(data, lines);
    return bench;
  }

  @AfterEach
  void close() {
    if (bench != null) {
      bench.close();
    }
  }

  @Test
  void faultOfPanelIsAnAlarmOfItsOwnAndEndsNoFire() {
    shipped("fire-panel").telemetry("{'state':'normal','fault':true}");
    assertThat(bench.names()).containsExactly("panelFault Moderate");
    bench.telemetry("{'state':'normal','fault':false,'mains':false}");
    assertThat(bench.names()).containsExactly("mainsPower Minor");
    bench.telemetry("{'mains':true}");
    assertThat(bench.names()).isEmpty();
    bench.telemetry("{'point':'7','state':'fire'}");
    bench.telemetry("{'point':'8','state':'normal','fault':true}");
    assertThat(bench.names()).containsExactly("panelFault Moderate", "state/7 Extreme");
    bench.telemetry("{'point':'7','state':'normal','fault':true}");
    assertThat(bench.names()).containsExactly("panelFault Moderate");
  }

  @Test
  void ruleEndsWhatItRaisedAndTheEndIsAnAlarmsRecord() {
    shipped("fire-panel").telemetry("{'point':'7','state':'fire'}");
    bench.telemetry("{'point':'8','state':'normal'}");
    assertThat(bench.lastClass()).isEqualTo(MessageClass.TELEMETRY);
    bench.telemetry("{'point':'7','state':'normal'}");
    assertThat(bench.lastClass()).isEqualTo(MessageClass.ALARM);
    assertThat(bench.names()).isEmpty();
    bench.telemetry("{'point':'7','state':'normal'}");
    assertThat(bench.lastClass()).isEqualTo(MessageClass.TELEMETRY);
  }

  @Test
  void gradesOfAnAlarmFollowTheReading() {
    shipped("gas-detector").telemetry("{'gas':60}");
    assertThat(bench.names()).containsExactly("gas Severe");
    bench.telemetry("{'gas':12,'sos':true}");
    assertThat(bench.names()).containsExactly("gas Moderate", "sos Extreme");
    bench.telemetry("{'battery':50}");
    assertThat(bench.names()).hasSize(2);
    bench.telemetry("{'gas':0,'sos':false}");
    assertThat(bench.names()).isEmpty();
  }

  @Test
  void clearWhenKeepsAnAlarmBetweenTwoThresholds() throws Exception {
    of(
        "metrics: { gas: { }, smoke: { type: boolean } }",
        "alarms:",
        "  - { when: gas >= 25, clear-when: gas < 20, severity: Severe }",
        "  - { when: gas >= 10, clear-when: gas < 8, severity: Moderate }",
        "  - { when: smoke == true, latch: true, severity: Extreme }");
    bench.telemetry("{'gas':26}").telemetry("{'gas':21}");
    assertThat(bench.names()).containsExactly("gas Severe");
    bench.telemetry("{'gas':19}");
    assertThat(bench.names()).containsExactly("gas Moderate");
    bench.telemetry("{'gas':9}");
    assertThat(bench.names()).containsExactly("gas Moderate");
    bench.telemetry("{'gas':7,'smoke':true}").telemetry("{'gas':7,'smoke':false}");
    assertThat(bench.lastClass()).isEqualTo(MessageClass.TELEMETRY);
    assertThat(bench.names()).containsExactly("smoke Extreme");
    bench.book.clear(bench.only().id(), "ann", null);
    bench.telemetry("{'smoke':false}").telemetry("{'smoke':true}");
    assertThat(bench.names()).containsExactly("smoke Extreme");
  }

  @Test
  void clockThatRanAheadOrFellBackHidesNothing() {
    shipped("fire-panel");
    String fire = "{'t':%d,'point':'7','state':'fire'}";
    String normal = "{'t':%d,'point':'7','state':'normal'}";
    bench.telemetry(fire.formatted(bench.at(300 * 86_400L)));
    bench.book.clear(bench.only().id(), "ann", null);
    bench.telemetry(fire.formatted(bench.at(0)));
    assertThat(bench.names()).hasSize(1);
    bench.telemetry(normal.formatted(bench.at(-9 * 365 * 86_400L)));
    assertThat(bench.names()).isEmpty();
    bench.telemetry(fire.formatted(bench.at(200)));
    bench.telemetry(normal.formatted(bench.at(0)));
    assertThat(bench.names()).isEmpty();
  }

  @Test
  void ofOneSecondTheLaterMessageCounts() {
    shipped("fire-panel");
    bench.telemetry("{'t':%d,'point':'7','state':'fire'}".formatted(bench.at(0)));
    bench.telemetry("{'t':%d,'point':'7','state':'normal'}".formatted(bench.at(0)));
    assertThat(bench.names()).isEmpty();
    bench.telemetry("{'t':%d,'point':'7','state':'fire'}".formatted(bench.at(0)));
    assertThat(bench.names()).hasSize(1);
    bench.alarm("{'t':%d,'alarm':'x','severity':'Minor'}".formatted(bench.at(0)));
    bench.alarm("{'t':%d,'alarm':'x','severity':'Extreme'}".formatted(bench.at(0)));
    assertThat(bench.names()).contains("x Extreme");
  }

  @Test
  void graverOrActualIsEscalatedAnew() {
    shipped("vibration-sensor");
    bench.alarm("{'alarm':'a','severity':'Extreme','status':'Exercise'}");
    bench.alarm("{'alarm':'b','severity':'Severe'}");
    bench.clock.forward(Duration.ofMinutes(6));
    assertThat(bench.book.escalate()).hasSize(2);
    bench.alarm("{'alarm':'a','status':'Actual'}").alarm("{'alarm':'b','severity':'Extreme'}");
    assertThat(bench.book.escalate()).isEmpty();
    bench.clock.forward(Duration.ofMinutes(2));
    assertThat(bench.book.escalate())
        .extracting(AlarmView::status, AlarmView::severity)
        .containsExactlyInAnyOrder(tuple("Actual", "Extreme"), tuple("Actual", "Extreme"));
  }

  @Test
  void severityThatComesAndGoesPutsOffNoEscalation() {
    shipped("gas-detector");
    int escalated = 0;
    for (int i = 0; i < 400; i++) {
      bench.telemetry(i % 2 == 0 ? "{'gas':60}" : "{'gas':12}");
      bench.clock.forward(Duration.ofSeconds(1));
      escalated += bench.book.escalate().size();
    }
    assertThat(escalated).isEqualTo(1);
  }

  @Test
  void measuredValueIsNoSwitch() {
    shipped("vibration-sensor").alarm("{'alarm':'tank-empty','active':true,'value':0}");
    assertThat(bench.names()).containsExactly("tank-empty Unknown");
    bench.alarm("{'alarm':'tank-empty','active':false,'value':7}");
    assertThat(bench.names()).isEmpty();
    bench.alarm("{'alarm':'freeze','value':-2}").alarm("{'alarm':'freeze','value':0}");
    assertThat(bench.names()).hasSize(1);
    bench.alarm("{'alarm':'freeze','value':false}");
    assertThat(bench.names()).isEmpty();
  }

  @Test
  void eachElementOfAnArrayIsJudgedAlone() {
    shipped("vibration-sensor");
    bench.alarm(
        "[{'alarm':'gas','active':true,'severity':'Extreme'},{'alarm':'mains','active':false}]");
    assertThat(bench.names()).containsExactly("gas Extreme");
    bench.alarm("[{'alarm':'mains','active':true},{'fire':true},{'state':'active','point':3}]");
    assertThat(bench.names())
        .containsExactly("fire Unknown", "gas Extreme", "mains Unknown", "state/3 Unknown");
    bench.alarm(
        "[{'t':%1$d,'alarm':'gas','active':false},{'t':%1$d,'alarm':'mains','active':false}]"
            .formatted(bench.at(0)));
    assertThat(bench.names()).containsExactly("fire Unknown", "state/3 Unknown");
  }

  @Test
  void timesOfAMessageAreJudgedInTheirOrder() {
    shipped("fire-panel");
    String two =
        "[{'ts':%d,'values':{'point':'7','state':'%s'}},{'ts':%d,'values':{'point':'7','state':'%s'}}]";
    bench.telemetry(two.formatted(bench.at(-2), "normal", bench.at(-1), "fire"));
    assertThat(bench.names()).containsExactly("state/7 Extreme");
    bench.telemetry(two.formatted(bench.at(-1), "normal", bench.at(-2), "fire"));
    assertThat(bench.names()).isEmpty();
    bench.telemetry(two.formatted(bench.at(0), "normal", bench.at(0), "fire"));
    assertThat(bench.names()).as("of one instant the end comes last").isEmpty();
    assertThat(bench.all()).hasSize(2);
    bench.telemetry(
        "[{'t':%1$d,'point':'7','state':'fire'},{'t':%1$d,'point':'8','state':'fire'}]"
            .formatted(bench.at(0)));
    assertThat(bench.names()).containsExactly("state/7 Extreme", "state/8 Extreme");
    bench.telemetry(
        "[{'t':%1$d,'point':'7','state':'normal'},{'t':%1$d,'point':'8','state':'normal'}]"
            .formatted(bench.at(0)));
    assertThat(bench.names()).isEmpty();
  }

  @Test
  void pointsAreAlarmsOfTheirOwn() {
    shipped("fire-panel");
    bench.alarm("{'alarm':'smoke','point':'7'}").alarm("{'alarm':'smoke','point':8}");
    bench.alarm("{'alarm':'smoke','point':7,'active':false}");
    assertThat(bench.names()).containsExactly("smoke/8 Unknown");
    bench.alarm("{'alarm':'smoke','point':'8','active':false}");
    bench.telemetry("{'zone':3,'address':5,'state':'fire'}");
    bench.telemetry("{'zone':3,'address':6,'state':'fire'}");
    bench.telemetry("{'zone':3,'address':5,'state':'normal'}");
    assertThat(bench.names()).containsExactly("state/zone 3, address 6 Extreme");
    bench.telemetry("{'zone':6,'state':'fire'}").telemetry("{'address':6,'state':'fire'}");
    assertThat(bench.names()).hasSize(3);
  }

  @Test
  void channelThatNobodyDeclaredTellsNoReadingsApart() {
    shipped("vibration-sensor").telemetry("{'velocityRms':20,'channel':5}");
    bench.telemetry("{'velocityRms':2,'channel':7}");
    assertThat(bench.names()).isEmpty();
    bench.device("gas-1", "gas-detector").telemetry("{'gas':60,'channel':1}");
    bench.telemetry("{'gas':0,'channel':2}");
    assertThat(bench.names()).containsExactly("gas/channel 1 Severe");
  }

  @Test
  void whatAMessageLeavesOutStaysAsItWas() {
    shipped("fire-panel").telemetry("{'point':'7','state':'fire'}");
    AlarmView fire = bench.only();
    bench.alarm("{'point':'7','state':'silenced'}").alarm("{'point':'7','state':'acknowledged'}");
    bench.telemetry("{'point':'7','state':'silenced'}");
    assertThat(bench.only()).isEqualTo(fire);
    assertThat(bench.book.unknownStates()).isEqualTo(2);
    bench.alarm("{'alarm':'x','severity':'Severe','urgency':'Immediate','status':'Exercise'}");
    bench.alarm("{'alarm':'x','active':true,'certainty':'Likely','severity':'Unknown'}");
    AlarmView x = bench.open().getLast();
    assertThat(x.severity()).isEqualTo("Severe");
    assertThat(x.urgency()).isEqualTo("Immediate");
    assertThat(x.certainty()).isEqualTo("Likely");
    assertThat(x.status()).isEqualTo("Exercise");
    bench.alarm("{'alarm':'x','severity':'Minor'}");
    assertThat(bench.names()).contains("x Minor");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "off",
        "RESET",
        " normal ",
        "Recovered",
        "restore",
        "false",
        "0",
        "恢复",
        "复位",
        "正常",
        "解除"
      })
  void wordsOfAnEndCountInAnyCase(String word) {
    shipped("fire-panel").telemetry("{'point':'7','state':' FIRE'}");
    assertThat(bench.names()).containsExactly("state/7 Extreme");
    bench.alarm("{'point':'7','state':'" + word + "'}");
    assertThat(bench.names()).isEmpty();
    bench.alarm("{'alarm':'a','active':'True'}").alarm("{'alarm':'b','event':'raised'}");
    bench.alarm("{'alarm':'a','active':'" + word + "'}");
    bench.alarm("{'alarm':'b','event':'" + word + "'}");
    assertThat(bench.names()).isEmpty();
  }

  @Test
  void zeroAndOneAreWordsOfStatesAndOfNothingElse() throws Exception {
    shipped("vibration-sensor")
        .alarm("{'alarm':1}")
        .alarm("{'fire':1}")
        .alarm("{'state':1,'point':2}");
    assertThat(bench.names()).containsExactly("alarm Unknown", "state/2 Unknown");
    bench.alarm("{'alarm':0}").alarm("{'state':0,'point':2}");
    assertThat(bench.names()).isEmpty();
    close();
    of("alarm-fields: { state: fire, raised: burning, ended: [quiet, on] }");
    bench.alarm("{'fire':1}");
    assertThat(bench.names()).containsExactly("fire Unknown");
    bench.alarm("{'fire':'ON'}").alarm("{'fire':'Burning'}").alarm("{'fire':'smouldering'}");
    assertThat(bench.names()).containsExactly("fire Unknown");
    bench.alarm("{'fire':'quiet'}");
    assertThat(bench.names()).isEmpty();
  }

  @Test
  void declaredFieldsNameAnAlarm() throws Exception {
    of(
        "metrics: { alarmType: { type: string }, code: { type: integer } }",
        "cap: { severity: level }",
        "alarm-fields: { name: [alarmType, code], point: [loop, detector], state: sta }");
    bench.alarm("{'alarmType':'heat','loop':1,'detector':4,'sta':'active','level':'severe'}");
    bench.alarm("{'code':17,'sta':1,'severity':'Minor'}");
    assertThat(bench.names()).containsExactly("17 Minor", "heat/loop 1, detector 4 Severe");
    bench.alarm("{'code':17,'sta':0}").alarm("{'alarmType':'heat','loop':1,'sta':'normal'}");
    assertThat(bench.names()).containsExactly("heat/loop 1, detector 4 Severe");
  }

  @Test
  void allClearRaisesNothing() {
    shipped("gas-detector").alarm("{'active':true,'cause':'gas-leak','gas':30,'n':1}");
    assertThat(bench.names()).containsExactly("gas Severe");
    bench.alarm("{'active':false,'cause':'gas-leak','gas':2,'n':2}");
    assertThat(bench.names()).isEmpty();
    bench.alarm("{'n':3,'cause':'gas-leak','text':'all is well'}").alarm("{'state':'E-STOP'}");
    assertThat(bench.names()).isEmpty();
    assertThat(bench.all()).hasSize(1);
  }

  @Test
  void telemetryThatARuleMadeAnAlarmIsReadByRulesAlone() {
    shipped("street-light").telemetry("{'on':true,'fault':'lamp'}");
    assertThat(bench.names()).containsExactly("fault Minor");
    bench.telemetry("{'on':true,'fault':'none'}");
    assertThat(bench.names()).isEmpty();
    bench.telemetry("{'on':true,'fault':false}").telemetry("{'on':true,'fault':0}");
    assertThat(bench.all()).hasSize(1);
  }

  @Test
  void wordsOfCapCountForEachProfileAndFormat() throws Exception {
    shipped("vibration-sensor");
    bench.alarm("{'alarm':'bearing','active':true,'severity':'Minor','status':'Exercise'}");
    AlarmView bearing = bench.only();
    assertThat(bearing.severity()).isEqualTo("Minor");
    assertThat(bearing.status()).isEqualTo("Exercise");
    bench.alarm("[{'bn':'dev-1/','n':'alarm','vs':'a'},{'n':'severity','vs':'Extreme'}]");
    bench.alarm("alarm=b,severity=severe");
    assertThat(bench.names()).contains("a Extreme", "b Severe");
    close();
    for (String unknown : List.of("drop", "reject")) {
      of("unknown: " + unknown, "metrics: { fire: { type: boolean } }");
      bench.alarm("{'fire':true,'severity':'Extreme','status':'Test'}");
      assertThat(bench.names()).contains("fire Extreme");
      bench.alarm("{'fire':true,'status':'Actual'}");
      assertThat(bench.open().getLast().status()).isEqualTo("Actual");
      bench.alarm("{'fire':false}");
      close();
    }
    bench = null;
  }

  @Test
  void staleBackFillRaisesNothingAndOtherDoesNotEscalate() {
    shipped("fire-panel").alarm("{'point':'7','state':'normal'}");
    String past = "{'hist':true,'t':%d,'point':'%s','state':'%s'}";
    bench.telemetry(past.formatted(bench.at(-7_200), "7", "fire"));
    assertThat(bench.names()).isEmpty();
    bench.telemetry(past.formatted(bench.at(-7_200), "8", "fire"));
    assertThat(bench.only().urgency()).isEqualTo("Past");
    bench.clock.forward(Duration.ofHours(1));
    assertThat(bench.book.escalate()).isEmpty();
    bench.telemetry("{'point':'8','state':'fire'}");
    assertThat(bench.only().urgency()).isEqualTo("Immediate");
    assertThat(bench.book.escalate()).isEmpty();
    bench.telemetry(past.formatted(bench.at(-7_200), "8", "normal"));
    assertThat(bench.names()).hasSize(1);
    bench.clock.forward(Duration.ofMinutes(3));
    assertThat(bench.book.escalate()).hasSize(1);
    bench.telemetry(past.formatted(bench.at(-7_200), "8", "fire"));
    assertThat(bench.only().urgency()).isEqualTo("Immediate");
  }

  @Test
  void backFillIsHeldToLiveReadingsThatWereNoAlarm() {
    shipped("fire-panel").telemetry("{'point':'7','state':'normal','fault':false}");
    String past = "{'hist':true,'t':%d,'point':'%s','state':'fire','fault':true}";
    bench.telemetry(past.formatted(bench.at(-7_200), "7"));
    assertThat(bench.names()).isEmpty();
    bench.telemetry(past.formatted(bench.at(-7_200), "8"));
    assertThat(bench.names()).containsExactly("state/8 Extreme");
  }

  @Test
  void backFillThatIsNewerThanWhatIsKnownEndsAnAlarm() {
    shipped("fire-panel").telemetry("{'point':'7','state':'fire'}");
    bench.clock.forward(Duration.ofHours(2));
    bench.telemetry(
        "{'hist':true,'t':%d,'point':'7','state':'normal'}".formatted(bench.at(-3_600)));
    assertThat(bench.names()).isEmpty();
    assertThat(bench.all().getFirst().state()).isEqualTo(State.CLEARED);
  }

  @Test
  void longNamesStayTwo() {
    shipped("vibration-sensor");
    bench.alarm("{'alarm':'" + "x".repeat(200) + "1'}");
    bench.alarm("{'alarm':'" + "x".repeat(200) + "2'}");
    assertThat(bench.names()).hasSize(2);
  }

  @Test
  void alarmOfAnEarlierBookIsEndedByItsPoint() throws Exception {
    String fire = "{'t':%d,'point':'7','state':'fire'}";
    shipped("fire-panel").telemetry(fire.formatted(bench.at(9_000_000)));
    bench.alarm("{'alarm':'state of pump'}");
    close();
    FormerBook.make(data, "UPDATE alarm SET observed = 9e15");
    shipped("fire-panel");
    assertThat(bench.names()).containsExactly("state of pump Unknown", "state/7 Extreme");
    bench.telemetry("{'point':'7','state':'normal'}");
    bench.alarm("{'alarm':'state of pump','active':false}");
    assertThat(bench.names()).isEmpty();
    bench.telemetry(fire.formatted(bench.at(0)));
    assertThat(bench.names()).containsExactly("state/7 Extreme");
  }
}
