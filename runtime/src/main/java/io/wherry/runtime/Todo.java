package io.wherry.runtime;

final class Todo {
    private Todo() {}
}
