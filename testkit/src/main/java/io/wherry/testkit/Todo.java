package io.wherry.testkit;

final class Todo {
    private Todo() {}
}
