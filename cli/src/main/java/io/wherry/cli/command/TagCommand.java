package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import java.util.List;

/** Gives an image one name more. */
final class TagCommand extends Command<TagCommand.Words> {
    /** It has no options. */
    static final class Words {}

    @Override
    public Row row() {
        return new Row(
                "tag",
                List.of("image tag"),
                Row.Section.IMAGES,
                Row.Cache.HOT,
                new Operands("IMAGE NAME", 2, 2, false, Operands.Complete.IMAGES),
                "Give an image one name more",
                List.of("wherry tag debian:12 localhost:5000/base/debian:12"));
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
        session.engine().tag(operands.get(0), operands.get(1));
        return 0;
    }
}
