package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.KeptVolume;
import io.wherry.oci.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Lists volumes. */
final class VolumeLsCommand extends Command<VolumeLsCommand.Words> {
    /** What its options fill. */
    static final class Words extends Listing.Words {
        List<String> filters = new ArrayList<>();
    }

    @Override
    public Row row() {
        return new Row(
                "volume ls",
                List.of("volume list"),
                Row.Section.VOLUMES,
                Row.Cache.HOT,
                Operands.NONE,
                "List volumes",
                List.of("wherry volume ls", "wherry volume ls -q -f dangling=true"));
    }

    @Override
    public OptionTable<Words> options() {
        return Listing.options(
                new OptionTable<Words>()
                        .flag("quiet", 'q', "Print names only", (w, v) -> w.quiet = v)
                        .pairs(
                                "filter",
                                'f',
                                "KEY=VALUE",
                                "Only those with this name, label, driver, dangling",
                                (w, v) -> w.filters.add(v)),
                "names");
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        VolumeFilter filter = new VolumeFilter("volume ls", VolumeFilter.OF_LISTING, words.filters);
        List<JsonObject> rows = new ArrayList<>();
        for (KeptVolume volume : session.engine().volumes().list()) {
            if (filter.accepts(volume)) {
                rows.add(VolumeRow.of(volume));
            }
        }
        VolumeRow.LISTING.print(session.out(), rows, words);
        return 0;
    }
}
