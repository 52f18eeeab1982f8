package io.wherry.cli.command;

import io.wherry.cli.output.TableWriter;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.ContainerProcess;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Lists the processes of a container. */
final class TopCommand extends Command<TopCommand.Words> {
    private static final int COLUMN = 20; // docker's

    /** It has none: what follows the container is ps's. */
    static final class Words {}

    @Override
    public Row row() {
        return new Row(
                "top",
                List.of("container top"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("CONTAINER [PS OPTIONS]", 1, Operands.MANY, true, Operands.Complete.CONTAINERS),
                "List the processes of a container",
                List.of("wherry top web", "wherry top web -o pid,rss,args"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<>();
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public String notes() {
        return "Numbers are the host's. With options the host's ps(1) runs with them, and what is the container's is shown.";
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        List<ContainerProcess> processes = session.engine().processes(operands.getFirst());
        TableWriter table = new TableWriter(COLUMN);
        if (operands.size() == 1) {
            ProcessTable rows = new ProcessTable(LocalDateTime.now(ZoneId.systemDefault()), ZoneId.systemDefault());
            table.row(ProcessTable.titles());
            for (ContainerProcess process : processes) {
                table.row(rows.row(process));
            }
        } else {
            Set<Long> pids = new TreeSet<>();
            for (ContainerProcess process : processes) {
                pids.add(process.pid());
            }
            for (String[] row : HostPs.of(operands.subList(1, operands.size()), pids)) {
                table.row(row);
            }
        }
        session.out().print(table.text());
        return 0;
    }
}
