package io.wherry.kernel.step;

import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;

/**
 * Takes the limit of {@link LimitProject} away, if there is one: what a sweep does. A filesystem that has no quotas any more has none.
 *
 * @param folder absolute path of a folder on the filesystem, which may be gone
 * @param project its number, unsigned
 */
public record ReleaseProject(String folder, int project) implements Step {
    @Override
    public void lower(Strand out) {
        int gone = OpenFolder.thatMayBeGone(out, folder);
        LimitProject.set(out, Slot.T0, project, 0, 0).okIf(Errno.ESRCH, Errno.ENOSYS);
        out.land(gone);
    }

    @Override
    public String describe() {
        return "take the limit of project " + Integer.toUnsignedString(project) + " away";
    }

    @Override
    public String why() {
        return "The filesystem keeps a limit for ever, and the record of a project that has neither limit nor files goes by itself.";
    }
}
