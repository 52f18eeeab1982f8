package io.wherry.network;

final class Todo {
    private Todo() {}
}
