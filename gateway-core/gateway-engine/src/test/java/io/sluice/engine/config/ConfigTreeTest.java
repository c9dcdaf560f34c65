package io.sluice.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.engine.config.ConfigNode.Kind;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigNode.Scalar;
import io.sluice.engine.config.ConfigNode.Sequence;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTreeTest {
  private final Faults faults = new Faults();

  private ConfigNode parse(String text) {
    return ConfigTree.parse("f.yaml", text, Map.of("HOST", "edge", "EMPTY", ""), faults);
  }

  private List<String> faultsOf(String text) {
    parse(text);
    return faults.list().stream().map(Fault::toString).toList();
  }

  @Test
  void nodesKnowTheirPlaceAndPath() {
    Mapping root = (Mapping) parse("a: 1\nb:\n  - c: x\n    d: true\n");
    assertThat(root.get("a"))
        .isEqualTo(new Scalar(new Location("f.yaml", 1, 4), "a", "1", Kind.NUMBER));
    Sequence list = (Sequence) root.get("b");
    Mapping item = (Mapping) list.items().getFirst();
    assertThat(item.get("d"))
        .isEqualTo(new Scalar(new Location("f.yaml", 4, 8), "b[0].d", "true", Kind.BOOLEAN));
    assertThat(item.entries().get("c").keyLocation()).isEqualTo(new Location("f.yaml", 3, 5));
    assertThat(faults.isEmpty()).isTrue();
  }

  @Test
  void quotedNumberStaysText() {
    Mapping root = (Mapping) parse("a: \"1\"\nb: 0x1F\nc: 1e3\nd: ~\ne:\n");
    assertThat(root.entries().values())
        .extracting(entry -> ((Scalar) entry.value()).kind())
        .containsExactly(Kind.TEXT, Kind.NUMBER, Kind.NUMBER, Kind.NULL, Kind.NULL);
  }

  @Test
  void emptyFileIsAnEmptyMapping() {
    assertThat(((Mapping) parse("# nothing\n")).entries()).isEmpty();
  }

  @Test
  void environmentVariablesAreTakenAndDefaultsServeForEmptyOnes() {
    Mapping root = (Mapping) parse("a: ${HOST}:1\nb: ${NONE:-x}\nc: ${EMPTY:-y}\nd: $${HOST}\n");
    assertThat(root.entries().values())
        .extracting(entry -> ((Scalar) entry.value()).text())
        .containsExactly("edge:1", "x", "y", "${HOST}");
  }

  @Test
  void missingVariableIsAFaultWithItsPlace() {
    assertThat(faultsOf("a:\n  b: ${NONE}\n"))
        .containsExactly(
            "f.yaml:2:6: a.b: environment variable NONE is not set; set it, or give a default:"
                + " ${NONE:-default}");
  }

  @Test
  void malformedVariableIsAFault() {
    assertThat(faultsOf("a: x${1}\n"))
        .containsExactly(
            "f.yaml:1:4: a: \"${\" begins no variable; write ${NAME} or ${NAME:-default}, or $${"
                + " for the characters themselves");
  }

  @Test
  void variablesNeedNoQuotesInFlowMappings() {
    Mapping root = (Mapping) parse("a: { b: ${HOST}, c: ${NONE:-[x, #y]} } # ${HOST}\n");
    Mapping a = (Mapping) root.get("a");
    assertThat(a.get("b"))
        .isEqualTo(new Scalar(new Location("f.yaml", 1, 9), "a.b", "edge", Kind.SUBSTITUTED));
    assertThat(((Scalar) a.get("c")).text()).isEqualTo("[x, #y]");
  }

  @Test
  void duplicateKeyNamesTheFirst() {
    assertThat(faultsOf("a: 1\nb: 2\na: 3\n"))
        .containsExactly("f.yaml:3:1: a: is given twice, first on line 1; remove one of them");
  }

  @Test
  void syntaxErrorIsOneLineWithItsPlace() {
    assertThat(faultsOf("a: [1, 2\nb: 3\n"))
        .singleElement()
        .asString()
        .isEqualTo(
            "f.yaml:2:2: is not valid YAML: while parsing a flow sequence, expected ',' or ']', but"
                + " got :; mend the syntax here, or in the line before");
  }

  @Test
  void aliasesTagsAndSecondDocumentsAreRefused() {
    assertThat(faultsOf("a: &x 1\nb: *x\n")).hasSize(1).first().asString().contains("anchors (&)");
    assertThat(faultsOf("a: 1\nb: 2\nc: !!binary aGk=\n")).last().asString().contains("tags (!)");
    assertThat(faultsOf("a: 1\nb: 2\nc: 3\n---\nb: 2\n"))
        .last()
        .asString()
        .contains("second document");
  }

  @Test
  void unreadableFilesSayWhatToDo(@TempDir Path directory) throws Exception {
    Path binary = Files.write(directory.resolve("b.yaml"), new byte[] {'a', (byte) 0xFF});
    ConfigTree.read(directory.resolve("none.yaml"), Map.of(), faults);
    ConfigTree.read(binary, Map.of(), faults);
    ConfigTree.read(directory, Map.of(), faults);
    assertThat(faults.list())
        .extracting(Fault::message)
        .containsExactlyInAnyOrder(
            "there is no such file; check the path",
            "is not UTF-8 text; save it as UTF-8",
            "is a directory; name a file that this user may read");
  }

  @Test
  void deepNestingIsAFault() {
    assertThat(faultsOf("[".repeat(100_000))).singleElement().asString().contains("nested");
  }
}
