package io.sluice.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of docs/design.md: who may know whom. */
@AnalyzeClasses(packages = "io.sluice", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule apiKnowsNobody =
      noClasses()
          .that()
          .resideInAPackage("io.sluice.api..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.sluice.engine..",
              "io.sluice.admin..",
              "io.sluice.adapter..",
              "io.sluice.upstream..",
              "io.sluice.sim..",
              "io.sluice.app..");

  @ArchTest
  static final ArchRule adaptersKnowTheApiOnly =
      noClasses()
          .that()
          .resideInAPackage("io.sluice.adapter..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.sluice.engine..",
              "io.sluice.admin..",
              "io.sluice.upstream..",
              "io.sluice.sim..",
              "io.sluice.app..");

  @ArchTest
  static final ArchRule engineKnowsTheApiOnly =
      noClasses()
          .that()
          .resideInAPackage("io.sluice.engine..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.sluice.admin..",
              "io.sluice.adapter..",
              "io.sluice.upstream..",
              "io.sluice.sim..",
              "io.sluice.app..");

  @ArchTest
  static final ArchRule adminKnowsTheApiOnly =
      noClasses()
          .that()
          .resideInAPackage("io.sluice.admin..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.sluice.engine..",
              "io.sluice.adapter..",
              "io.sluice.upstream..",
              "io.sluice.sim..",
              "io.sluice.app..");

  @ArchTest
  static final ArchRule upstreamsKnowTheForwardPackageOnly =
      noClasses()
          .that()
          .resideInAPackage("io.sluice.upstream..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.sluice.engine.config..",
              "io.sluice.engine.coverage..",
              "io.sluice.engine.ingest..",
              "io.sluice.engine.normalize..",
              "io.sluice.engine.record..",
              "io.sluice.engine.registry..",
              "io.sluice.engine.spool..",
              "io.sluice.admin..",
              "io.sluice.adapter..",
              "io.sluice.sim..",
              "io.sluice.app..");

  @ArchTest
  static final ArchRule simulatorKnowsNothingOfTheGateway =
      noClasses()
          .that()
          .resideInAPackage("io.sluice.sim..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.sluice.api..",
              "io.sluice.engine..",
              "io.sluice.admin..",
              "io.sluice.adapter..",
              "io.sluice.upstream..",
              "io.sluice.app..");

  /** Pure of disk, network and registry: the same code decodes offline. */
  @ArchTest
  static final ArchRule normalizationAndRecordsArePure =
      noClasses()
          .that()
          .resideInAnyPackage("io.sluice.engine.normalize..", "io.sluice.engine.record..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.sluice.engine.spool..",
              "io.sluice.engine.registry..",
              "io.sluice.engine.forward..",
              "io.sluice.engine.ingest..",
              "java.net.http..",
              "java.sql..");

  @ArchTest
  static final ArchRule spoolKnowsNoOtherPartOfTheEngine =
      noClasses()
          .that()
          .resideInAPackage("io.sluice.engine.spool..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.sluice.engine.config..",
              "io.sluice.engine.forward..",
              "io.sluice.engine.ingest..",
              "io.sluice.engine.normalize..",
              "io.sluice.engine.registry..");

  /** Data binding is 530 classes that a running gateway does without; commands may use it. */
  @ArchTest
  static final ArchRule runningGatewayBindsNoData =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.sluice.api..",
              "io.sluice.engine..",
              "io.sluice.admin..",
              "io.sluice.adapter..",
              "io.sluice.upstream..")
          .and()
          .doNotHaveFullyQualifiedName("io.sluice.engine.config.ConfigSchema")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("tools.jackson.databind..", "com.fasterxml.jackson.databind..");

  @ArchTest
  static final ArchRule engineHasNoCycles =
      slices().matching("io.sluice.engine.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule standardStreamsAreForTheCommandLine =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.sluice.app..", "io.sluice.sim..")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");
}
