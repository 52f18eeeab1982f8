package io.wherry.engine;

final class Todo {
    private Todo() {}
}
