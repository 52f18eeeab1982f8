package io.wherry.testkit;

import io.wherry.testkit.LedgerEntry.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Links, addresses, routes, nftables and unix sockets of our network namespace. */
final class NetworkLedger {
    private NetworkLedger() {}

    static void collect(List<LedgerEntry> to) {
        Command.requireTool("ip", "iproute2");
        for (String line : Command.of("ip", "-o", "link", "show").check().lines()) {
            // 2: eth0@if3: <BROADCAST,UP> mtu 1500 …
            String[] parts = line.split(": ", 3);
            to.add(new LedgerEntry(Kind.LINK, parts[1], parts[2].split("\\\\")[0].strip()));
        }
        for (String line : Command.of("ip", "-o", "addr", "show").check().lines()) {
            // 2: eth0    inet 10.0.0.2/24 brd 10.0.0.255 scope global eth0\  valid_lft 86000sec …
            String[] words = line.split("\\s+");
            to.add(new LedgerEntry(Kind.ADDRESS, words[1] + " " + words[2] + " " + words[3], ""));
        }
        for (String family : new String[] {"-4", "-6"}) {
            lines(to, Kind.ROUTE, family + " route ", Command.of("ip", family, "route", "show", "table", "all"));
            lines(to, Kind.ROUTE, family + " rule ", Command.of("ip", family, "rule", "show"));
        }
        if (Files.isExecutable(Path.of("/usr/sbin/nft"))) {
            rules(to);
        }
        sockets(to);
    }

    private static void lines(List<LedgerEntry> to, Kind kind, String prefix, Command command) {
        for (String line : command.run().lines()) {
            // A route learnt from the network counts down.
            to.add(new LedgerEntry(
                    kind, prefix + line.replaceAll(" expires \\d+sec", "").strip(), ""));
        }
    }

    /** Each line of the rule set with the blocks around it; without counters. An ordinary user sees none. */
    private static void rules(List<LedgerEntry> to) {
        Command.Result rules =
                Command.of("/usr/sbin/nft", "-s", "list", "ruleset").run();
        Deque<String> blocks = new ArrayDeque<>();
        Map<String, Integer> times = new HashMap<>();
        for (String line : rules.lines()) {
            String text = line.strip();
            if (text.equals("}")) {
                blocks.pollLast();
            } else if (!text.isEmpty() && !text.startsWith("#")) {
                boolean opens = text.endsWith("{");
                String shown = opens ? text.substring(0, text.length() - 1).strip() : text;
                String name = String.join(" / ", blocks) + (blocks.isEmpty() ? "" : " / ") + shown;
                int count = times.merge(name, 1, Integer::sum);
                to.add(new LedgerEntry(Kind.NFT, count == 1 ? name : name + " #" + count, ""));
                if (opens) {
                    blocks.addLast(shown);
                }
            }
        }
    }

    /** /proc/net/unix: seven columns, then the name if there is one; an abstract name begins with @. */
    private static void sockets(List<LedgerEntry> to) {
        for (String line : Proc.lines(Path.of("/proc/net/unix"))) {
            String[] columns = line.split(" +", 8);
            if (columns.length == 8 && !columns[7].equals("Path")) {
                to.add(new LedgerEntry(Kind.UNIX_SOCKET, columns[7], ""));
            }
        }
    }
}
