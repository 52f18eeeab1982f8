package io.wherry.registry;

final class Todo {
    private Todo() {}
}
