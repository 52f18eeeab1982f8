package io.wherry.engine.log;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the log in a container's folder. For one thread. */
public final class LogReader {
    private static final String GAP =
            "wherry: lines may be missing here: the log was rotated faster than it was read\n";
    private static final long MILLI = 1_000_000L;

    private final Path folder;
    private final LogFormat format;
    private final LogQuery query;
    private final LogChain chain;
    private final LogPrinter printer;
    private final LogRecord record = new LogRecord();

    /**
     * A reader.
     *
     * @param folder the folder of {@code log}, {@code log.1}, …; it may be empty
     * @param local whether the files are of the driver {@code local} and not of {@code json-file}
     * @param details what each line begins with if the query asks for details; may be empty
     */
    public LogReader(Path folder, boolean local, LogQuery query, String details, LogOutput output) {
        this.folder = folder;
        this.format = local ? new LocalFormat() : new JsonFileFormat();
        this.query = query;
        this.chain = new LogChain(folder, "log", format);
        this.printer = new LogPrinter(format, output, query.timestamps(), query.details() ? details : "");
    }

    /**
     * Reads what the query asks for; following, until the life is over or no more is wanted. Lines that were written when the call began are never missed, and none comes twice.
     *
     * @throws IOException if a file cannot be read
     */
    public void read(LogLife life) throws IOException {
        if (!query.follow()) {
            try (LogFile newest = chain.newest()) {
                if (newest != null) {
                    readUpTo(newest);
                }
            }
            return;
        }
        try (LogWatch watch = new LogWatch(folder)) {
            follow(watch, life);
        }
    }

    /** What is there now, and no more, however fast the container goes on. */
    private void readUpTo(LogFile newest) throws IOException {
        long length = newest.length();
        LogFile file = first();
        while (file != null) {
            LogFile next = null;
            try (LogFile open = file) {
                boolean last = open.identity().equals(newest.identity());
                open.limit(last ? length : Long.MAX_VALUE);
                if (print(open) && !last && chain.has(newest)) {
                    next = chain.newer(open);
                    next = next == open ? null : next;
                }
            }
            file = next;
        }
        printer.flush();
    }

    private void follow(LogWatch watch, LogLife life) throws IOException {
        LogFile file = null;
        try {
            boolean first = true;
            while (true) {
                boolean last = life.over() || isPast();
                if (file == null) {
                    file = first ? first() : chain.oldest();
                    first = false;
                }
                LogFile newer = null;
                if (file != null) {
                    if (!print(file)) {
                        return;
                    }
                    newer = chain.newer(file);
                }
                if (file != null && newer != null && newer != file) {
                    LogFile done = file;
                    file = newer;
                    try (done) {
                        if (!print(done)) { // what was written between the last look and the rotation
                            return;
                        }
                    }
                    if (chain.gap()) {
                        printer.note(GAP);
                    }
                    continue;
                }
                if (!printer.flush() || last) {
                    return;
                }
                watch.await(left());
            }
        } finally {
            if (file != null) {
                file.close();
            }
        }
    }

    /** {@return the file in which the query's lines begin, and there where they do; null: there is none yet} */
    private @Nullable LogFile first() throws IOException {
        if (query.tail() == LogQuery.ALL) {
            return chain.oldest();
        }
        LogTail tail = new LogTail(query.tail());
        LogFile file = chain.newest();
        while (file != null && file.back(tail)) {
            LogFile older;
            try {
                older = chain.older(file);
            } catch (IOException e) {
                file.close();
                throw e;
            }
            if (older == null) {
                break;
            }
            file.close();
            file = older;
        }
        return file;
    }

    /** Prints what a file has now. {@return whether more is wanted} */
    private boolean print(LogFile file) throws IOException {
        boolean bounded = query.since() != Long.MIN_VALUE || query.until() != Long.MAX_VALUE;
        boolean timed = bounded || query.timestamps();
        while (file.next(record)) {
            long time = timed ? time(file) : 0;
            if (bounded && (time < query.since() || time > query.until())) {
                continue;
            }
            if (!printer.add(file.block, record, time)) {
                return false;
            }
        }
        return true;
    }

    private long time(LogFile file) {
        return record.timeFrom < 0 ? record.nanos : LogTime.parse(file.block, record.timeFrom, record.timeTo);
    }

    private boolean isPast() {
        return left() <= 0;
    }

    /** {@return milliseconds until the query's end} */
    private long left() {
        return query.until() == Long.MAX_VALUE
                ? Long.MAX_VALUE
                : query.until() / MILLI + 1 - System.currentTimeMillis();
    }
}
