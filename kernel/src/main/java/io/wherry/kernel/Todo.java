package io.wherry.kernel;

final class Todo {
    private Todo() {}
}
