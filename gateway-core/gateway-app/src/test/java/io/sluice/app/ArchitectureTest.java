package io.sluice.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.conditions.ArchConditions;

/** The arrows of docs/design.md: who may know whom. */
@AnalyzeClasses(packages = "io.sluice", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static ArchRule knowsNothingOf(String packages, String... others) {
    return noClasses()
        .that()
        .resideInAPackage(packages)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others);
  }

  @ArchTest
  static final ArchRule apiKnowsNobody =
      knowsNothingOf(
          "io.sluice.api..",
          "io.sluice.engine..",
          "io.sluice.spool..",
          "io.sluice.admin..",
          "io.sluice.adapter..",
          "io.sluice.upstream..",
          "io.sluice.codec..",
          "io.sluice.sim..",
          "io.sluice.store..",
          "io.sluice.cli..",
          "io.sluice.app..");

  @ArchTest
  static final ArchRule adaptersKnowTheApiOnly =
      knowsNothingOf(
          "io.sluice.adapter..",
          "io.sluice.engine..",
          "io.sluice.spool..",
          "io.sluice.admin..",
          "io.sluice.upstream..",
          "io.sluice.codec..",
          "io.sluice.sim..",
          "io.sluice.store..",
          "io.sluice.cli..",
          "io.sluice.app..");

  /** What two of them need stands in io.sluice.adapter.netty. */
  @ArchTest
  static final ArchRule adaptersDoNotKnowEachOther =
      slices()
          .matching("io.sluice.adapter.(*)..")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(
              DescribedPredicate.alwaysTrue(),
              JavaClass.Predicates.resideInAnyPackage(
                  "io.sluice.adapter.netty..", "io.sluice.adapter.testkit.."));

  @ArchTest
  static final ArchRule packagesOfCoapHaveNoCycles =
      slices().matching("io.sluice.adapter.coap.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule packagesOfCoapDoNotKnowTheirFactories =
      knowsNothingOf("io.sluice.adapter.coap.*..", "io.sluice.adapter.coap");

  @ArchTest
  static final ArchRule mqttHasNoCycles =
      slices().matching("io.sluice.adapter.mqtt.(*)..").should().beFreeOfCycles();

  /** Its factories and settings stand above everything else of it. */
  @ArchTest
  static final ArchRule mqttIsFoundByItsFactories =
      knowsNothingOf("io.sluice.adapter.mqtt.*..", "io.sluice.adapter.mqtt");

  @ArchTest
  static final ArchRule engineKnowsTheApiSpoolAndStoresOnly =
      knowsNothingOf(
          "io.sluice.engine..",
          "io.sluice.admin..",
          "io.sluice.adapter..",
          "io.sluice.upstream..",
          "io.sluice.codec..",
          "io.sluice.sim..",
          "io.sluice.cli..",
          "io.sluice.app..");

  @ArchTest
  static final ArchRule storesKnowTheApiOnly =
      knowsNothingOf(
          "io.sluice.store..",
          "io.sluice.engine..",
          "io.sluice.spool..",
          "io.sluice.admin..",
          "io.sluice.adapter..",
          "io.sluice.upstream..",
          "io.sluice.codec..",
          "io.sluice.sim..",
          "io.sluice.cli..",
          "io.sluice.app..");

  /** So that another database can stand behind it: io.sluice.api.store is all that it knows. */
  @ArchTest
  static final ArchRule registryKnowsNoDatabase =
      knowsNothingOf(
          "io.sluice.engine.registry..", "io.sluice.store..", "java.sql..", "org.sqlite..");

  @ArchTest
  static final ArchRule adminKnowsTheApiOnly =
      knowsNothingOf(
          "io.sluice.admin..",
          "io.sluice.engine..",
          "io.sluice.spool..",
          "io.sluice.adapter..",
          "io.sluice.upstream..",
          "io.sluice.codec..",
          "io.sluice.sim..",
          "io.sluice.store..",
          "io.sluice.cli..",
          "io.sluice.app..");

  @ArchTest
  static final ArchRule upstreamsKnowTheApiOnly =
      knowsNothingOf(
          "io.sluice.upstream..",
          "io.sluice.engine..",
          "io.sluice.spool..",
          "io.sluice.admin..",
          "io.sluice.adapter..",
          "io.sluice.sim..",
          "io.sluice.store..",
          "io.sluice.cli..",
          "io.sluice.app..");

  @ArchTest
  static final ArchRule codecsKnowTheApiOnly =
      knowsNothingOf(
          "io.sluice.codec..",
          "io.sluice.engine..",
          "io.sluice.spool..",
          "io.sluice.admin..",
          "io.sluice.adapter..",
          "io.sluice.upstream..",
          "io.sluice.sim..",
          "io.sluice.store..",
          "io.sluice.cli..",
          "io.sluice.app..");

  /** Found by its name, so that nothing of Rhino is loaded before a profile names a script. */
  @ArchTest
  static final ArchRule nobodyElseKnowsRhino =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.sluice.codec.script..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.mozilla..", "io.sluice.codec.script..");

  @ArchTest
  static final ArchRule simulatorKnowsNothingOfTheGateway =
      knowsNothingOf(
          "io.sluice.sim..",
          "io.sluice.api..",
          "io.sluice.engine..",
          "io.sluice.spool..",
          "io.sluice.admin..",
          "io.sluice.adapter..",
          "io.sluice.upstream..",
          "io.sluice.store..",
          "io.sluice.cli..",
          "io.sluice.app..");

  /** What the command line needs of the process is given in. */
  @ArchTest
  static final ArchRule commandLineKnowsNoProcess =
      knowsNothingOf(
          "io.sluice.cli..",
          "io.sluice.app..",
          "io.sluice.admin..",
          "io.sluice.adapter..",
          "io.sluice.upstream..",
          "io.sluice.store..");

  @ArchTest
  static final ArchRule commandLineHasNoCycles =
      slices().matching("io.sluice.cli.(*)..").should().beFreeOfCycles();

  /**
   * Pure of disk, network and registry: the same code decodes offline. Records know the terms that
   * the spool's port has for their names.
   */
  @ArchTest
  static final ArchRule normalizationAndRecordsArePure =
      noClasses()
          .that()
          .resideInAnyPackage("io.sluice.engine.normalize..", "io.sluice.engine.record..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.sluice.spool.disk..",
              "io.sluice.spool.segment..",
              "io.sluice.spool.cursor..",
              "io.sluice.spool.writer..",
              "io.sluice.engine.registry..",
              "io.sluice.engine.forward..",
              "io.sluice.engine.ingest..",
              "java.net.http..",
              "java.sql..");

  @ArchTest
  static final ArchRule normalizationHasNoCycles =
      slices().matching("io.sluice.engine.normalize.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule partsOfNormalizationDoNotKnowTheWhole =
      knowsNothingOf("io.sluice.engine.normalize.*..", "io.sluice.engine.normalize");

  @ArchTest
  static final ArchRule spoolKnowsTheApiOnly =
      knowsNothingOf(
          "io.sluice.spool..",
          "io.sluice.engine..",
          "io.sluice.admin..",
          "io.sluice.adapter..",
          "io.sluice.upstream..",
          "io.sluice.codec..",
          "io.sluice.sim..",
          "io.sluice.store..",
          "io.sluice.cli..",
          "io.sluice.app..");

  /** What the gateway sees of the spool is not how it is kept. */
  @ArchTest
  static final ArchRule spoolsPortKnowsNoDisk =
      knowsNothingOf(
          "io.sluice.spool",
          "io.sluice.spool.disk..",
          "io.sluice.spool.segment..",
          "io.sluice.spool.cursor..",
          "io.sluice.spool.writer..");

  /** Which spool it is, and where it keeps what, is the wiring's to say. */
  @ArchTest
  static final ArchRule engineKnowsTheSpoolsPortOnly =
      knowsNothingOf(
          "io.sluice.engine..",
          "io.sluice.spool.disk..",
          "io.sluice.spool.segment..",
          "io.sluice.spool.cursor..",
          "io.sluice.spool.writer..");

  @ArchTest
  static final ArchRule spoolHasNoCycles =
      slices().matching("io.sluice.spool.(*)..").should().beFreeOfCycles();

  /**
   * Data binding is 530 classes that a running gateway does without; commands may use it, and what
   * takes a network server's message apart, which loads it with the first such message.
   */
  @ArchTest
  static final ArchRule runningGatewayBindsNoData =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.sluice.api..",
              "io.sluice.store..",
              "io.sluice.spool..",
              "io.sluice.engine..",
              "io.sluice.admin..",
              "io.sluice.adapter..",
              "io.sluice.upstream..",
              "io.sluice.codec..")
          .and()
          .doNotHaveFullyQualifiedName("io.sluice.engine.config.ConfigSchema")
          .and()
          .resideOutsideOfPackage("io.sluice.engine.dialect.unpack..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("tools.jackson.databind..", "com.fasterxml.jackson.databind..");

  @ArchTest
  static final ArchRule engineHasNoCycles =
      slices().matching("io.sluice.engine.(*)..").should().beFreeOfCycles();

  /** An executor drops a periodic task that throws, and a thread ends, without a word. */
  @ArchTest
  static final ArchRule threadsAndPeriodicTasksAreGuarded =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.sluice.api..",
              "io.sluice.store..",
              "io.sluice.spool..",
              "io.sluice.engine..",
              "io.sluice.admin..",
              "io.sluice.adapter.netty..",
              "io.sluice.adapter.mqtt..",
              "io.sluice.adapter.coap..",
              "io.sluice.adapter.http..",
              "io.sluice.adapter.mqttclient..",
              "io.sluice.upstream..",
              "io.sluice.codec..",
              "io.sluice.cli..",
              "io.sluice.app..")
          .and()
          .doNotHaveFullyQualifiedName("io.sluice.cli.Shutdown") // ends the process itself
          .should(
              ArchConditions.be(
                  DescribedPredicate.describe(
                      "without io.sluice.api.health.Guarded where they start threads or periodic"
                          + " tasks",
                      ArchitectureTest::isUnguarded)));

  private static boolean isUnguarded(JavaClass type) {
    boolean isTest =
        type.getSource()
            .map(source -> source.getUri().toString())
            .filter(place -> place.matches(".*/test(-classes)?/io/sluice/.*"))
            .isPresent();
    return !isTest
        && type.getMethodCallsFromSelf().stream()
            .map(JavaMethodCall::getTarget)
            .anyMatch(ArchitectureTest::startsAThreadOrPeriodicTask)
        && type.getDirectDependenciesFromSelf().stream()
            .noneMatch(known -> known.getTargetClass().getSimpleName().equals("Guarded"));
  }

  private static boolean startsAThreadOrPeriodicTask(AccessTarget called) {
    return called.getName().matches("scheduleAtFixedRate|scheduleWithFixedDelay|startVirtualThread")
        || (called.getOwner().isAssignableTo(Thread.Builder.class)
            && called.getName().matches("start|unstarted"));
  }

  @ArchTest
  static final ArchRule standardStreamsAreForTheCommandLine =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.sluice.app..", "io.sluice.cli..", "io.sluice.sim..")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");
}
