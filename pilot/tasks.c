/* Tasks: pilots that run for the JVM while it goes on. See launcher.h. */
#include "launcher.h"

enum { TASK_HEAD = 8, SPAWN_FAILED = 125 };

static struct task *free_task(struct launcher *l) {
    for (unsigned k = 0; k < TASK_LIMIT; k++) {
        if (!l->tasks[k].running) {
            return &l->tasks[k];
        }
    }
    return NULL;
}

bool task_room(struct launcher *l) {
    return free_task(l) != NULL;
}

static bool pair_taken(const struct launcher *l, uint8_t pair) {
    bool taken = false;
    for (unsigned k = 0; k < TASK_LIMIT; k++) {
        taken |= l->tasks[k].running && l->tasks[k].pair == pair;
    }
    return taken;
}

/* Room is certain: frames are only taken while the outbox is empty. */
static void done(struct launcher *l, uint32_t number, uint32_t status) {
    const uint32_t head[2] = {number, status};
    outbox_frame(&l->replies, FRAME_DONE, head, sizeof head, NULL, 0);
}

static int task_start(struct launcher *l, struct task *task, uint8_t strand, const uint8_t *program, size_t length) {
    struct pilot_start start = {.image = l->image, .strand = strand, .program = program, .length = length, .stream = -1, .replies = -1, .mask = l->mask};
    int sockets[2];
    if (task->pair != PAIR_NONE) {
        struct pair *pair = &l->pairs[task->pair];
        TRY(pair_arm(pair));
        start.stream = pair->data_reader;
        start.replies = pair->replies_writer;
    }
    TRY(pilot_socket(sockets));
    start.socket = sockets[1];
    int result = pilot_spawn(&task->pilot, &start);
    if (task->pair != PAIR_NONE) {
        l->pairs[task->pair].data_reader = l->pairs[task->pair].replies_writer = -1;
    }
    task->pilot.socket = sockets[0];
    if (result < 0) {
        sys_close(sockets[0]);
    }
    return result;
}

bool task_begin(struct launcher *l, const uint8_t *payload, size_t length) {
    struct task *task = free_task(l);
    if (length < TASK_HEAD + PROGRAM_HEADER || task == NULL) {
        return false;
    }
    uint8_t strand = payload[4];
    uint8_t pair = payload[5];
    bool known = (strand == 0 || strand == STRAND_REMOVAL || strand == STRAND_SWEEP) && get_u16(payload + 6) == 0;
    if (!known || (pair != PAIR_NONE && (pair >= PAIR_COUNT || pair_taken(l, pair)))) {
        return false;
    }
    if (task->reader.bytes == NULL) {
        uint8_t *pages = sys_pages(REPORT_LIMIT);
        if (sys_failed(pages)) {
            return false;
        }
        task->reader = (struct frame_reader){.bytes = pages, .limit = REPORT_LIMIT};
    }
    task->number = get_u32(payload);
    task->pair = pair;
    task->silent = false;
    task->reader.have = 0;
    if (task_start(l, task, strand, payload + TASK_HEAD, length - TASK_HEAD) < 0) {
        done(l, task->number, SPAWN_FAILED);
        return true;
    }
    task->running = true;
    if (pair != PAIR_NONE) {
        /* Both ends of the pair have somebody: from here on the JVM's EPIPE and end of file mean that the pilot is gone. */
        uint8_t head[4 + FRAME_HEADER];
        uint32_t pid = (uint32_t)task->pilot.pid;
        memcpy(head, &task->number, 4);
        frame_header(head + 4, FRAME_STARTED, sizeof pid);
        outbox_frame(&l->replies, FRAME_RESULT, head, sizeof head, &pid, sizeof pid);
    }
    return true;
}

bool task_cancel(struct launcher *l, uint32_t number) {
    for (unsigned k = 0; k < TASK_LIMIT; k++) {
        if (l->tasks[k].running && l->tasks[k].number == number) {
            sys_pidfd_signal(l->tasks[k].pilot.pidfd, SIGKILL);
        }
    }
    return true;
}

void task_forward(struct launcher *l, struct task *task) {
    int result = frame_read(&task->reader, task->pilot.socket);
    if (result == 1) {
        bool runs = task->reader.bytes[0] == FRAME_STARTED;
        outbox_frame(&l->replies, FRAME_RESULT, &task->number, sizeof task->number, task->reader.bytes, task->reader.have);
        task->reader.have = 0;
        if (runs) { /* a container, which goes on with its monitor: nobody here stays attached */
            done(l, task->number, 0);
            task_leave(task);
        }
    } else if (result < 0) {
        if (result == -EMSGSIZE) {
            sys_pidfd_signal(task->pilot.pidfd, SIGKILL); /* or it would wait for ever for us to read on */
        }
        task->silent = true;
    }
}

void task_leave(struct task *task) {
    sys_close(task->pilot.pidfd);
    sys_close(task->pilot.socket);
    task->running = false;
}

void task_end(struct launcher *l, struct task *task) {
    int status = 0;
    sys_wait4(task->pilot.pid, &status, 0);
    done(l, task->number, exit_status(status));
    task_leave(task);
}
