package io.wherry.oci;

import io.wherry.oci.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Collects a {@link ProcessConfig}; begins with root in {@code /}, without arguments, environment and capabilities. Not
 * safe for use by several threads.
 */
public final class ProcessConfigBuilder {
    private boolean terminal;
    private Optional<ProcessConfig.ConsoleSize> consoleSize = Optional.empty();
    private User user = User.ROOT;
    private List<String> args = List.of();
    private List<String> env = List.of();
    private String cwd = "/";
    private Capabilities capabilities = Capabilities.NONE;
    private final List<Rlimit> rlimits = new ArrayList<>();
    private boolean noNewPrivileges;
    private OptionalInt oomScoreAdj = OptionalInt.empty();
    private Optional<String> apparmorProfile = Optional.empty();
    private Optional<String> selinuxLabel = Optional.empty();
    private JsonObject extra = JsonObject.empty();

    ProcessConfigBuilder() {}

    ProcessConfigBuilder(ProcessConfig from) {
        terminal = from.terminal();
        consoleSize = from.consoleSize();
        user = from.user();
        args = from.args();
        env = from.env();
        cwd = from.cwd();
        capabilities = from.capabilities();
        rlimits.addAll(from.rlimits());
        noNewPrivileges = from.noNewPrivileges();
        oomScoreAdj = from.oomScoreAdj();
        apparmorProfile = from.apparmorProfile();
        selinuxLabel = from.selinuxLabel();
        extra = from.extra();
    }

    public ProcessConfigBuilder terminal(boolean value) {
        terminal = value;
        return this;
    }

    public ProcessConfigBuilder consoleSize(ProcessConfig.ConsoleSize value) {
        consoleSize = Optional.of(value);
        return this;
    }

    public ProcessConfigBuilder user(User value) {
        user = value;
        return this;
    }

    public ProcessConfigBuilder args(List<String> value) {
        args = value;
        return this;
    }

    public ProcessConfigBuilder env(List<String> value) {
        env = value;
        return this;
    }

    public ProcessConfigBuilder cwd(String value) {
        cwd = value;
        return this;
    }

    public ProcessConfigBuilder capabilities(Capabilities value) {
        capabilities = value;
        return this;
    }

    public ProcessConfigBuilder rlimit(Rlimit value) {
        rlimits.add(value);
        return this;
    }

    public ProcessConfigBuilder noNewPrivileges(boolean value) {
        noNewPrivileges = value;
        return this;
    }

    public ProcessConfigBuilder oomScoreAdj(int value) {
        oomScoreAdj = OptionalInt.of(value);
        return this;
    }

    public ProcessConfigBuilder apparmorProfile(Optional<String> value) {
        apparmorProfile = value;
        return this;
    }

    public ProcessConfigBuilder selinuxLabel(Optional<String> value) {
        selinuxLabel = value;
        return this;
    }

    public ProcessConfigBuilder extra(JsonObject value) {
        extra = value;
        return this;
    }

    public ProcessConfig build() {
        return new ProcessConfig(
                terminal,
                consoleSize,
                user,
                args,
                env,
                cwd,
                capabilities,
                rlimits,
                noNewPrivileges,
                oomScoreAdj,
                apparmorProfile,
                selinuxLabel,
                extra);
    }
}
