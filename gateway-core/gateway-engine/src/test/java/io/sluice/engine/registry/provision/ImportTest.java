package io.sluice.engine.registry.provision;

import static io.sluice.engine.registry.Fixture.TOKEN;
import static io.sluice.engine.registry.Fixture.id;
import static io.sluice.engine.registry.Fixture.open;
import static io.sluice.engine.registry.Fixture.spec;
import static io.sluice.engine.registry.Fixture.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.adapter.Credentials;
import io.sluice.api.operator.DeviceImporter.ImportFormat;
import io.sluice.api.operator.DeviceImporter.ImportReport;
import io.sluice.api.operator.DeviceImporter.RefusedLine;
import io.sluice.engine.registry.Registry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class ImportTest {
  @TempDir Path directory;
  private Registry registry;

  @BeforeEach
  void openRegistry() throws Exception {
    registry = open(directory);
  }

  @AfterEach
  void closeRegistry() {
    registry.close();
  }

  private ImportReport importCsv(String text) {
    return registry.importer().importDevices(ImportFormat.CSV, text);
  }

  @Test
  void csvIsImported() throws Exception {
    registry.directory().put(spec("b"));
    ImportReport report =
        importCsv(
            """
            id,profile,sector,site,interval,parent,planned,credentials.token
            a,cnc,farm,"field 1, north ""A\""",10s,,false,0123456789abcdef-token
            b,soil-probe,farm,x,,a,,
            """);
    assertThat(report).isEqualTo(new ImportReport(1, 1, List.of()));
    assertThat(registry.find("a").site()).isEqualTo("field 1, north \"A\"");
    assertThat(registry.find("a").interval()).hasSeconds(10);
    assertThat(registry.find("a").planned()).isFalse();
    assertThat(registry.find("b").parent()).isEqualTo(id("a"));
    assertThat(verdict(registry, new Credentials.Token(null, TOKEN))).isEqualTo("a");
  }

  @Test
  void csvOfSpreadsheetsIsImported() {
    for (String separator : List.of(";", "\t", ",")) {
      ImportReport report =
          importCsv(
              """
              \uFEFFid;profile;sector;site;planned;
              a;cnc;farm;"one| two";true;
              b;cnc;farm;x;;

              ;;;;;
              c;cnc;farm;x;true;;;
              """
                  .replace(";", separator)
                  .replace("|", separator.equals("\t") ? "" : separator)
                  .replace("\n", "\r\n"));
      assertThat(report.refused()).as("separator '%s'", separator).isEmpty();
      assertThat(report.added() + report.replaced()).isEqualTo(3);
      assertThat(registry.find("a").site())
          .isEqualTo(separator.equals("\t") ? "one two" : "one" + separator + " two");
    }
  }

  @Test
  void textThatWasNoUtf8IsRefusedAndNeverStored() {
    ImportReport report = importCsv("id,profile,sector,site\na,cnc,farm,Werk M\uFFFDnchen\n");
    assertThat(report.added()).isZero();
    assertThat(report.refused())
        .extracting(RefusedLine::reason)
        .containsExactly("is no UTF-8 text; save the file as UTF-8");
  }

  @Test
  void eachRefusedLineIsReportedAndTheOthersAreTaken() {
    ImportReport report =
        importCsv(
            """
            id,profile,sector,site,parent,credentials.token
            a,cnc,farm,x,,
            b,cnd,farm,x,,
            c,cnc,farm,x,nobody,

            a,cnc,farm,x,,
            d,cnc,farm,x,,short
            e,cnc,farm,x,,0123456789abcdef-token
            f,cnc,farm,x,,0123456789abcdef-token
            g,cnc,farm,x,,,too,many
            h,cnc,farm,x,a,
            """);
    assertThat(report.added()).isEqualTo(3);
    assertThat(report.refused()).extracting(RefusedLine::line).containsExactly(3, 4, 6, 7, 9, 10);
    assertThat(report.refused())
        .extracting(RefusedLine::reason)
        .satisfiesExactly(
            reason -> assertThat(reason).contains("did you mean \"cnc\""),
            reason -> assertThat(reason).contains("parent: no device \"nobody\""),
            reason -> assertThat(reason).contains("given twice, first on line 2"),
            reason -> assertThat(reason).contains("credentials.token: must be 16"),
            reason -> assertThat(reason).contains("another entry has the same"),
            reason -> assertThat(reason).contains("more fields than the first line"));
    assertThat(registry.find("h")).isNotNull();
  }

  @Test
  void unknownColumnIsRefusedWithTheNearest() {
    ImportReport report = importCsv("id,profil,sector,site\na,cnc,f,s\n");
    assertThat(report.refused())
        .singleElement()
        .matches(line -> line.line() == 1 && line.reason().contains("did you mean \"profile\"?"));
    assertThat(registry.size()).isZero();
  }

  @Test
  void yamlIsImportedButReadsNoFilesOfTheGateway() {
    ImportReport report =
        registry
            .importer()
            .importDevices(
                ImportFormat.YAML,
                """
                - { id: a, profile: cnc, sector: f, site: s }
                - { id: b, profile: cnc, sector: f, site: s, credentials: { token-file: /x } }
                - { id: c, profile: cnc, sector: f }
                """);
    assertThat(report.added()).isEqualTo(1);
    assertThat(report.refused())
        .extracting(RefusedLine::reason)
        .satisfiesExactly(
            reason -> assertThat(reason).contains("write the secret itself"),
            reason -> assertThat(reason).contains("site: is missing"));
  }

  @Test
  void hundredThousandDevicesAreImportedAndThereAfterRestart() throws Exception {
    StringBuilder csv = new StringBuilder("id,profile,sector,site,parent,credentials.token\n");
    csv.append("gw,cnc,public-service,north,,\n");
    for (int i = 1; i < 100_000; i++) {
      csv.append("meter-" + i + ",cnc,public-service,north,gw,token-of-meter-" + i + "-xyz\n");
    }
    assertThat(importCsv(csv.toString())).isEqualTo(new ImportReport(100_000, 0, List.of()));
    registry.close();
    registry = open(directory);
    assertThat(registry.size()).isEqualTo(100_000);
    assertThat(verdict(registry, new Credentials.Token(null, "token-of-meter-99999-xyz")))
        .isEqualTo("meter-99999");
  }
}
