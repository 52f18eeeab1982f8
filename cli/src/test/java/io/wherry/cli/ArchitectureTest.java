package io.wherry.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Keeps the floors: what each module may see, of ours and of others. {@code module-info.java} says the same to the compiler; here it holds for
 * packages too, and a wrong line in a {@code module-info.java} goes red.
 */
final class ArchitectureTest {
    /** A module and what its classes may see beside themselves and the JDK. */
    private record Floor(String module, List<String> ours, List<String> others) {
        String packages() {
            return "io.wherry." + module + "..";
        }

        String[] visible() {
            List<String> all =
                    new ArrayList<>(List.of(packages(), "java..", "javax.net..", "org.jspecify.annotations.."));
            ours.forEach(module -> all.add("io.wherry." + module + ".."));
            all.addAll(others);
            return all.toArray(String[]::new);
        }
    }

    /** Lowest first. The edges may see everything below; neighbours never see each other. */
    private static final List<Floor> FLOORS = List.of(
            new Floor("oci", List.of(), List.of()),
            new Floor("kernel", List.of("oci"), List.of()),
            new Floor("registry", List.of("oci"), List.of()),
            new Floor("store", List.of("oci", "kernel"), List.of("com.github.luben.zstd..", "org.tukaani.xz..")),
            new Floor("network", List.of("oci", "kernel"), List.of()),
            new Floor("runtime", List.of("oci", "kernel"), List.of()),
            new Floor("engine", List.of("oci", "kernel", "registry", "store", "network", "runtime"), List.of()),
            new Floor("cli", List.of("oci", "kernel", "registry", "store", "network", "runtime", "engine"), List.of()));

    private static JavaClasses ours;

    @BeforeAll
    static void readClasses() {
        List<Path> folders = FLOORS.stream()
                .map(floor -> Sources.root().resolve(floor.module).resolve("target/classes"))
                .toList();
        assertThat(folders).allSatisfy(folder -> assertThat(folder).isDirectory());
        ours = new ClassFileImporter().importPaths(folders);
        assertThat(ours).hasSizeGreaterThan(FLOORS.size());
    }

    @TestFactory
    List<DynamicTest> seesOnlyWhatLiesBelow() {
        return FLOORS.stream()
                .map(floor -> DynamicTest.dynamicTest(
                        floor.module,
                        () -> classes()
                                .that()
                                .resideInAPackage(floor.packages())
                                .should()
                                .onlyDependOnClassesThat()
                                .resideInAnyPackage(floor.visible())
                                .check(ours)))
                .toList();
    }

    @Test
    void everyModuleIsOnAFloor() {
        List<String> modules = Sources.modules();
        modules.remove("testkit");
        assertThat(modules)
                .containsExactlyInAnyOrderElementsOf(
                        FLOORS.stream().map(Floor::module).toList());
    }

    @Test
    void packagesFormNoCycle() {
        slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        return SliceIdentifier.of(type.getPackageName());
                    }

                    @Override
                    public String getDescription() {
                        return "packages";
                    }
                })
                .should()
                .beFreeOfCycles()
                // What everything throws is below every package, whatever package it lies in.
                .ignoreDependency(
                        DescribedPredicate.alwaysTrue(), JavaClass.Predicates.belongToAnyOf(WherryException.class))
                .check(ours);
    }

    /** Each of them loads hundreds of classes at start, or is not ours to use. */
    @Test
    void usesNoLoggingNoInternalsNoNativeCalls() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.util.logging..", "java.lang.foreign..", "sun..", "com.sun..", "jdk.internal..")
                .check(ours);
        methods().should().notHaveModifier(JavaModifier.NATIVE).check(ours);
    }

    /** The library lives in JVMs of others: whose life and death is not ours to decide. */
    @Test
    void onlyTheCommandEndsTheJvm() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.wherry.cli..", "io.wherry.kernel.launch..")
                .should()
                .callMethodWhere(target(
                        "ends the JVM or hooks its end",
                        "java.lang.System.exit",
                        "java.lang.Runtime.exit",
                        "java.lang.Runtime.halt",
                        "java.lang.Runtime.addShutdownHook",
                        "java.io.File.deleteOnExit"))
                .check(ours);
    }

    /** Processes are the pilot's work. A credential helper is a program by contract, the options of {@code top} are the host's ps's, and a library has its launcher as a child. */
    @Test
    void onlyCredentialHelpersPsAndTheLauncherAreStartedFromJava() {
        noClasses()
                .that(DescribedPredicate.not(DescribedPredicate.describe(
                        "run credential helpers, ps, the launcher, or ask a tool for its version",
                        type -> type.getName().startsWith("io.wherry.registry.CredentialHelper")
                                || type.getName().startsWith("io.wherry.kernel.launch.ChildLauncher")
                                || type.getName().equals("io.wherry.engine.ToolVersion")
                                || type.getName().equals("io.wherry.cli.command.HostPs"))))
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(ProcessBuilder.class)
                .orShould()
                .callMethodWhere(target("starts a process", "java.lang.Runtime.exec"))
                .check(ours);
    }

    @Test
    void keepsNoStaticState() {
        fields().that().areStatic().should().beFinal().check(ours);
    }

    @Test
    void packagesAreNamedForWhatTheyHold() {
        Set<String> vague = Set.of("util", "utils", "helper", "helpers", "common", "misc", "internal", "impl");
        assertThat(Sources.files("package-info.java"))
                .noneMatch(file -> vague.contains(file.getParent().getFileName().toString()));
    }

    @Test
    void everyPackageTellsItsVocabulary() {
        assertThat(Sources.files(".java").stream()
                        .filter(file -> !file.endsWith("module-info.java"))
                        .map(file -> file.resolveSibling("package-info.java"))
                        .distinct()
                        .filter(file -> !tellsVocabulary(file)))
                .as("package-info.java files that are missing, or lack a comment or @NullMarked")
                .isEmpty();
    }

    private static boolean tellsVocabulary(Path packageInfo) {
        try {
            String text = Files.readString(packageInfo);
            return text.startsWith("/**") && text.contains("*/\n@NullMarked\npackage ");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void everyPublicTypeIsDocumented() throws IOException {
        List<String> missing = new ArrayList<>();
        for (Path file : Sources.files(".java")) {
            Sources.undocumentedTypes(Files.readAllLines(file)).forEach(type -> missing.add(type + " in " + file));
        }
        assertThat(missing).as("public types without Javadoc").isEmpty();
    }

    private static DescribedPredicate<com.tngtech.archunit.core.domain.JavaMethodCall> target(
            String description, String... names) {
        Set<String> wanted = Set.of(names);
        return DescribedPredicate.describe(description, call -> {
            AccessTarget.MethodCallTarget target = call.getTarget();
            return wanted.contains(target.getOwner().getName() + "." + target.getName());
        });
    }
}
