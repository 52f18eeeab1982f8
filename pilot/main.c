/*
 * Roles. The launcher executes a sealed copy of this binary as `wherry-pilot`: then it is a pilot, with the program on descriptor 3
 * and the launcher's socket on 4. Any other name is the launcher.
 */
#include "pilot.h"

static const char PILOT_NAME[] = "wherry-pilot";

int pilot_start(struct process *process) {
    if (process->argc >= 1 && text_equal(process->argv[0], PILOT_NAME)) {
        return 1;
    }
    return launcher_main(process);
}
