package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.F_OFD_SETLK;
import static io.wherry.kernel.program.Linux.F_WRLCK;
import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_CREAT;
import static io.wherry.kernel.program.Linux.O_NOFOLLOW;
import static io.wherry.kernel.program.Linux.O_RDWR;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Takes the container's lock for as long as the monitor lives: who can take it knows that there is no monitor. An open-file-description
 * lock, which conflicts with the locks that Java takes (fcntl(2)).
 *
 * @param path absolute
 * @param lock filled
 */
public record LockFile(String path, Slot lock) implements Step {
    @Override
    public void lower(Strand out) {
        out.callTo(
                lock.number(),
                Call.OPENAT,
                Strand.CWD,
                out.string(path),
                O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
                0600);
        out.call(Call.FCNTL_LOCK, lock.number(), F_OFD_SETLK, out.data().words(F_WRLCK, 0, 0, 0));
    }

    @Override
    public String describe() {
        return "take the lock " + path + " -> " + lock.name();
    }

    @Override
    public String why() {
        return "Who can take this lock knows that the container has no monitor: it stays true after kill -9.";
    }
}
