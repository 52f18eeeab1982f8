package io.wherry.store;

final class Todo {
    private Todo() {}
}
