package io.wherry.cli;

final class Todo {
    private Todo() {}
}
