package io.pathproof.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds the dependency arrows of harness/ARCHITECTURE.md, bans cycles, stdout in libraries and
 * sleeps in tests, and holds the rules for cores: no threads, sockets, clocks, unseeded randomness,
 * loggers or static state.
 */
@AnalyzeClasses(packages = "io.pathproof", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String PROTOCOL = "io.pathproof.protocol..";
  private static final String INITIATOR = "io.pathproof.initiator..";
  private static final String LAB = "io.pathproof.lab..";
  private static final String ENGINES = "io.pathproof.engine..";
  private static final String TARGETS = "io.pathproof.targets..";
  private static final String JUNIT = "io.pathproof.junit..";
  private static final String REPORTS = "io.pathproof.reports..";
  private static final String SUITES = "io.pathproof.suites..";
  private static final String CLI = "io.pathproof.cli..";

  @ArchTest
  static final ArchRule protocolDependsOnTheJdkOnly =
      classes()
          .that()
          .resideInAPackage(PROTOCOL)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(PROTOCOL, "java..");

  @ArchTest static final ArchRule initiatorDependsOnProtocol = only(INITIATOR, PROTOCOL, INITIATOR);

  @ArchTest static final ArchRule labDependsOnProtocol = only(LAB, PROTOCOL, LAB);

  @ArchTest static final ArchRule targetsStandAlone = only(TARGETS, PROTOCOL, TARGETS);

  @ArchTest
  static final ArchRule enginesDependOnLabInitiatorAndTargets =
      only(ENGINES, PROTOCOL, INITIATOR, LAB, TARGETS, ENGINES);

  @ArchTest static final ArchRule junitDependsOnLab = only(JUNIT, LAB, JUNIT);

  @ArchTest static final ArchRule reportsDependOnLab = only(REPORTS, LAB, JUNIT, REPORTS);

  @ArchTest static final ArchRule suitesUseWhatATestAuthorUses = only(SUITES, LAB, JUNIT, SUITES);

  @ArchTest
  static final ArchRule nothingDependsOnTheCommandLine =
      noClasses()
          .that()
          .resideOutsideOfPackage(CLI)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(CLI);

  @ArchTest
  static final ArchRule noCyclesBetweenPackages =
      slices().matching("io.pathproof.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule nettyStaysInTheBindings =
      noClasses()
          .that()
          .resideInAnyPackage(
              PROTOCOL,
              LAB,
              "io.pathproof.initiator.session..",
              "io.pathproof.initiator.multipath..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.netty..");

  @ArchTest
  static final ArchRule onlyTheCommandLineWritesToStdout =
      noClasses().that().resideOutsideOfPackage(CLI).should(useStdout());

  @ArchTest
  static final ArchRule coresDoNoInputOrOutput =
      noClasses()
          .that(areCores())
          .should()
          .dependOnClassesThat(
              // Converting units is no concurrency.
              JavaClass.Predicates.resideInAnyPackage(
                      "java.net..",
                      "java.nio.channels..",
                      "java.nio.file..",
                      "java.io..",
                      "java.util.concurrent..",
                      "java.util.logging..",
                      "org.slf4j..",
                      "io.netty..")
                  .and(
                      DescribedPredicate.not(
                          JavaClass.Predicates.equivalentTo(java.util.concurrent.TimeUnit.class))));

  @ArchTest
  static final ArchRule coresHaveNoClockThreadOrUnseededRandomness =
      noClasses()
          .that(areCores())
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Thread.class)
          .orShould()
          .callConstructor(java.util.Random.class)
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(java.security.SecureRandom.class)
          .orShould()
          .dependOnClassesThat()
          .resideInAPackage("java.time.chrono..");

  @ArchTest
  static final ArchRule coresHaveNoStaticState =
      classes().that(areCores()).should(haveNoStaticState());

  /** Sleeps in tests are looked for in all test classes of the reactor's modules. */
  @Test
  void testsDoNotSleep() throws Exception {
    Path root = Repository.root();
    List<Location> testClasses;
    try (Stream<Path> dirs = Files.walk(root, 4)) {
      testClasses =
          dirs.filter(dir -> dir.endsWith("target/test-classes")).map(Location::of).toList();
    }
    noClasses()
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Thread.class, "sleep", long.class, int.class)
        .orShould()
        .callMethod(java.util.concurrent.TimeUnit.class, "sleep", long.class)
        .check(new ClassFileImporter().importLocations(testClasses));
  }

  private static ArchRule only(String who, String... allowed) {
    return noClasses()
        .that()
        .resideInAPackage(who)
        .should()
        .dependOnClassesThat(
            new DescribedPredicate<JavaClass>("are ours but outside of " + List.of(allowed)) {
              private final DescribedPredicate<JavaClass> inside =
                  JavaClass.Predicates.resideInAnyPackage(allowed);

              @Override
              public boolean test(JavaClass type) {
                return type.getPackageName().startsWith("io.pathproof.") && !inside.test(type);
              }
            });
  }

  /** The protocol, the session and multipath cores, and the parts of the lab that judge. */
  private static DescribedPredicate<JavaClass> areCores() {
    return JavaClass.Predicates.resideInAnyPackage(
            "io.pathproof.initiator.session..",
            "io.pathproof.initiator.multipath..",
            "io.pathproof.lab.verdict..")
        .as("are cores");
  }

  private static ArchCondition<JavaClass> useStdout() {
    return new ArchCondition<>("use System.out or System.err") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (JavaAccess<?> access : type.getFieldAccessesFromSelf()) {
          if (access.getTargetOwner().isEquivalentTo(System.class)
              && (access.getName().equals("out") || access.getName().equals("err"))) {
            events.add(SimpleConditionEvent.satisfied(access, access.getDescription()));
          }
        }
      }
    };
  }

  private static ArchCondition<JavaClass> haveNoStaticState() {
    return new ArchCondition<>("have static fields that are final and of immutable types only") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (JavaField field : type.getFields()) {
          boolean isStatic = field.getModifiers().contains(JavaModifier.STATIC);
          boolean isFinal = field.getModifiers().contains(JavaModifier.FINAL);
          boolean isSynthetic = field.getModifiers().contains(JavaModifier.SYNTHETIC);
          if (isStatic && !isFinal && !isSynthetic) {
            events.add(
                SimpleConditionEvent.violated(field, field.getDescription() + " is not final"));
          }
        }
      }
    };
  }
}
