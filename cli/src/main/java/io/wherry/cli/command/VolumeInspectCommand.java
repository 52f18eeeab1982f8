package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.output.Complaint;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.VolumeCatalog;
import io.wherry.oci.WherryException;
import io.wherry.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows all that is known of volumes. */
final class VolumeInspectCommand extends Command<VolumeInspectCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean json;

        @Nullable
        String format;
    }

    @Override
    public Row row() {
        return new Row(
                "volume inspect",
                List.of(),
                Row.Section.VOLUMES,
                Row.Cache.HOT,
                new Operands("NAME [NAME...]", 1, Operands.MANY, false, Operands.Complete.VOLUMES),
                "Show all that is known of volumes",
                List.of("wherry volume inspect data", "wherry volume inspect -f '{{.Mountpoint}}' data"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .text("format", 'f', "TEMPLATE", "A Go template or `json`", (w, v) -> w.format = v)
                .flag("json", NONE, "Print one JSON object a line", (w, v) -> w.json = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        VolumeCatalog volumes = session.engine().volumes();
        List<JsonValue> documents = new ArrayList<>();
        int code = 0;
        for (String name : operands) {
            try {
                documents.add(VolumeDocument.of(volumes.get(name)));
            } catch (WherryException e) {
                Complaint.print(session.err(), e.getMessage(), e.hint().orElse(""));
                code = 1;
            }
        }
        Documents.print(session.out(), documents, words.json, words.format);
        return code;
    }
}
