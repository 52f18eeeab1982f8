/** The command line. */
module io.wherry.cli {
    requires static org.jspecify;
    requires transitive io.wherry.engine;

    exports io.wherry.cli;
}
