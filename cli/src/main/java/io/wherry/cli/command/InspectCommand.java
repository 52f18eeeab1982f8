package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.output.Complaint;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Engine;
import io.wherry.engine.Registries;
import io.wherry.oci.Descriptor;
import io.wherry.oci.WherryException;
import io.wherry.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows all that is known of containers, images and volumes. */
final class InspectCommand extends Command<InspectCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean json;

        @Nullable
        String format;

        String type = "";
        boolean referrers;
    }

    private final String type;

    /** Looks among {@code container}s, {@code image}s, or, where empty, both. */
    InspectCommand(String type) {
        this.type = type;
    }

    @Override
    public Row row() {
        return new Row(
                type.isEmpty() ? "inspect" : type + " inspect",
                type.isEmpty() ? List.of("container inspect", "image inspect") : List.of(),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands(
                        "NAME [NAME...]",
                        1,
                        Operands.MANY,
                        false,
                        type.equals("image") ? Operands.Complete.IMAGES : Operands.Complete.CONTAINERS),
                "Show all that is known of containers, images and volumes",
                List.of("wherry inspect web", "wherry inspect -f '{{.State.Status}}' web"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .text("format", 'f', "TEMPLATE", "A Go template or `json`", (w, v) -> w.format = v)
                .flag("json", NONE, "Print one JSON object a line", (w, v) -> w.json = v)
                .absent("size", 's', false, "sizes of containers")
                .flag("referrers", NONE, "What refers to an image at its registry", (w, v) -> w.referrers = v)
                .choice("type", "container|image|volume", "Look only among these", (w, v) -> w.type = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        if (words.referrers) {
            Documents.print(session.out(), referrers(operands), words.json, words.format);
            return 0;
        }
        String among = type.isEmpty() ? words.type : type;
        Engine engine = session.engine();
        List<JsonValue> documents = new ArrayList<>();
        int code = 0;
        for (String name : operands) {
            try {
                documents.add(document(engine, name, among));
            } catch (WherryException e) {
                Complaint.print(session.err(), e.getMessage(), e.hint().orElse(""));
                code = 1;
            }
        }
        Documents.print(session.out(), documents, words.json, words.format);
        return code;
    }

    private static List<JsonValue> referrers(List<String> names) {
        List<JsonValue> documents = new ArrayList<>();
        for (String name : names) {
            for (Descriptor each : Registries.referrers(name)) {
                documents.add(each.toJson());
            }
        }
        return documents;
    }

    /** A container first, as its names are shorter; an image if there is no such container, then a volume. */
    private static JsonValue document(Engine engine, String name, String among) {
        if (among.equals("image")) {
            return ImageDocuments.of(engine.image(name));
        }
        if (among.equals("volume")) {
            return VolumeDocument.of(engine.volumes().get(name));
        }
        try {
            return ContainerDocument.of(engine.inspect(name));
        } catch (WherryException e) {
            boolean may = among.isEmpty() && e.kind() == WherryException.Kind.NOT_FOUND;
            if (may && engine.hasImage(name)) {
                return ImageDocuments.of(engine.image(name));
            }
            if (may && engine.volumes().has(name)) {
                return VolumeDocument.of(engine.volumes().get(name));
            }
            throw may
                    ? new WherryException(
                            WherryException.Kind.NOT_FOUND,
                            "There is no container, no image and no volume `" + name + "`.",
                            "`wherry ps -a` lists containers, `wherry images` images, `wherry volume ls` volumes.")
                    : e;
        }
    }
}
