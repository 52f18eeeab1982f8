package io.wherry.cli.command;

import io.wherry.cli.output.Screen;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Registries;
import java.util.List;

/** Lists what a registry has of an image. */
final class TagsCommand extends Command<TagsCommand.Words> {
    /** It has no options. */
    static final class Words {}

    @Override
    public Row row() {
        return new Row(
                "tags",
                List.of("image tags"),
                Row.Section.IMAGES,
                Row.Cache.FULL,
                new Operands("NAME", 1, 1, false, Operands.Complete.IMAGES),
                "List the tags that a registry has of an image",
                List.of("wherry tags localhost:5000/tools"));
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
    public int run(Session session, Words words, List<String> operands) {
        Registries.tags(operands.getFirst(), tag -> session.out().print(Screen.safe(tag) + "\n"));
        return 0;
    }
}
