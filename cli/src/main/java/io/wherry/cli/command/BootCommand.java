package io.wherry.cli.command;

import io.wherry.cli.output.Complaint;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.Option;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Engine;
import java.util.List;

/** Starts what should run after a reboot, and says how that can be had at each. */
final class BootCommand extends Command<BootCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean unit;
        boolean cron;
    }

    @Override
    public Row row() {
        return new Row(
                "boot",
                List.of(),
                Row.Section.HOST,
                Row.Cache.HOT,
                Operands.NONE,
                "Start what should run after a reboot, by restart policy",
                List.of(
                        "wherry boot",
                        "wherry boot --unit > /etc/systemd/system/wherry.service",
                        "wherry boot --cron >> /var/spool/cron/crontabs/root"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .flag("unit", Option.NONE, "Print a unit for systemd that does it at each boot", (w, v) -> w.unit = v)
                .flag("cron", Option.NONE, "Print a line for crontab(5) that does", (w, v) -> w.cron = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        BootText text = new BootText(session);
        if (words.unit || words.cron) {
            session.out().print(words.unit ? text.unit() : text.cron());
            return 0;
        }
        int code = 0;
        for (Engine.Booted booted : session.engine().boot()) {
            if (booted.failure().isEmpty()) {
                session.out().print(booted.name() + "\n");
            } else {
                Complaint.print(session.err(), booted.failure(), "");
                code = 1;
            }
        }
        return code;
    }
}
