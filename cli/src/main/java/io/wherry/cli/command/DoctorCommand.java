package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.kernel.host.HostFacts;
import io.wherry.oci.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Tells what this host can do. */
final class DoctorCommand extends Command<DoctorCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean json;
    }

    @Override
    public Row row() {
        return new Row(
                "doctor",
                List.of("system doctor"),
                Row.Section.HOST,
                Row.Cache.FULL,
                Operands.NONE,
                "Tell what this host can and cannot do, and the remedy",
                List.of("wherry doctor"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>().flag("json", NONE, "The same as data", (w, v) -> w.json = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        boolean healthy = true;
        HostFacts facts = session.engineAnew().facts();
        List<Doctor.Finding> findings = new ArrayList<>(Doctor.findings(facts));
        if (facts.root()) { // who alone has the bridge
            findings.add(Doctor.forwarding(interfaces()));
        }
        for (Doctor.Finding finding : findings) {
            healthy &= finding.good();
            if (words.json) {
                Listing.line(
                        session.out(),
                        JsonObject.builder()
                                .put("Subject", finding.subject())
                                .put("Good", finding.good())
                                .put("Text", finding.text())
                                .put("Remedy", finding.remedy())
                                .build());
            } else {
                String subject = finding.subject()
                        + " ".repeat(Math.max(1, 10 - finding.subject().length()));
                session.out().print((finding.good() ? "ok  " : "no  ") + subject + finding.text() + "\n");
                session.out().print(finding.remedy().isEmpty() ? "" : "              " + finding.remedy() + "\n");
            }
        }
        return healthy ? 0 : 1;
    }

    private static String interfaces() {
        try {
            return Files.readString(Path.of("/proc/net/dev"));
        } catch (IOException e) {
            return ""; // a host without a network has no Docker in the way
        }
    }
}
