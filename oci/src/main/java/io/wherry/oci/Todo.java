package io.wherry.oci;

final class Todo {
    private Todo() {}
}
