package io.wherry.store.tree;

import java.io.IOException;

/** Takes changes: each folder before what is in it, what is gone and what is new in an order that depends on nothing but the trees. */
@FunctionalInterface
public interface ChangeSink {
    void change(Change change) throws IOException;
}
