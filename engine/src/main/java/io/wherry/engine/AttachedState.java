package io.wherry.engine;

import java.util.OptionalInt;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How far an attached process is: what it, its streams and those who wait for them tell each other. All but the name is guarded by the lock, and told by the condition when it changes. */
final class AttachedState {
    /** What it is called in messages. */
    final String what;

    final ReentrantLock lock = new ReentrantLock();
    final Condition changed = lock.newCondition();

    /** Threads that wait for the end, or for bytes. */
    int waiting;

    /** The monitor has taken this client. */
    boolean attached;

    /** Nothing more comes. */
    boolean ended;

    /** Nobody here listens any more. */
    boolean closed;

    OptionalInt code = OptionalInt.empty();

    AttachedState(String what) {
        this.what = what;
    }
}
