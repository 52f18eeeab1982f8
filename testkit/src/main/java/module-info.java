/** Ledger, registry and images for tests: real small programs, no mocks. */
module io.wherry.testkit {
    requires static org.jspecify;
    requires transitive org.junit.jupiter.api;

    exports io.wherry.testkit;
}
