package io.wherry.engine;

import io.wherry.kernel.caps.CapabilitySet;
import io.wherry.kernel.host.HostFacts;
import io.wherry.oci.Capabilities;
import io.wherry.oci.ProcessConfig;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.User;
import io.wherry.oci.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From a container's configuration to the same one with another process in it: what was asked, and the container's own where nothing was. Walls are never lowered: limits, filter and
 * no-new-privileges stay; capabilities are the container's, or all with {@code --privileged}. A pure function.
 */
final class ExecCompiler {
    private ExecCompiler() {}

    /**
     * {@return the configuration}
     *
     * @param config the container's
     * @param account the user that was asked for, looked up in the container; absent for the container's own
     * @throws io.wherry.oci.WherryException of kind INVALID if what is asked makes no sense
     */
    static RuntimeConfig compile(RuntimeConfig config, ExecSpec spec, Optional<Account> account, HostFacts facts) {
        if (spec.command().isEmpty() || spec.command().get(0).isEmpty()) {
            throw ConfigCompiler.invalid("There is nothing to execute: no command is named.");
        }
        ProcessConfig process = config.process();
        User user = process.user();
        if (account.isPresent()) {
            Account asked = account.get();
            user = new User(
                    asked.uid(), asked.gid(), user.umask(), asked.groups(), Optional.empty(), JsonObject.empty());
        }
        String workdir = spec.workdir().orElse(process.cwd());
        if (!workdir.startsWith("/")) {
            throw ConfigCompiler.invalid("The working folder `" + workdir + "` is not an absolute path.");
        }
        return config.toBuilder()
                .process(process.toBuilder()
                        .terminal(spec.terminal())
                        .user(user)
                        .args(spec.command())
                        .env(environment(config, spec, account))
                        .cwd(workdir)
                        .capabilities(capabilities(process, spec, user, facts))
                        .build())
                .build();
    }

    private static List<String> environment(RuntimeConfig config, ExecSpec spec, Optional<Account> account) {
        List<String> environment = new ArrayList<>(config.process().env());
        if (account.isPresent() && config.annotations().containsKey(ConfigCompiler.HOME_ANNOTATION)) {
            ConfigCompiler.put(environment, "HOME=" + account.get().home());
        }
        if (spec.terminal() && !ConfigCompiler.names(environment, "TERM")) {
            environment.add("TERM=xterm");
        }
        for (String variable : spec.env()) {
            ConfigCompiler.put(environment, variable);
        }
        return environment;
    }

    /** As at the start: who is not root has capabilities in the bounding set only. */
    private static Capabilities capabilities(ProcessConfig process, ExecSpec spec, User user, HostFacts facts) {
        List<String> names = process.capabilities().bounding();
        if (spec.privileged()) {
            CapabilitySet known = CapabilitySet.ofMask((1L << (facts.lastCapability() + 1)) - 1);
            names = (facts.root() ? known.intersect(CapabilitySet.ofMask(facts.capabilities())) : known).kernelNames();
        }
        List<String> effective = user.uid() == 0 ? names : List.of();
        return new Capabilities(names, effective, List.of(), effective, List.of());
    }
}
