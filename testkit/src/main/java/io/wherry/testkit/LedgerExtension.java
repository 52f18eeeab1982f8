package io.wherry.testkit;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Takes a ledger before a test class and another after all that the class itself tidies up; a difference that lasts longer than two seconds fails the
 * class. By {@link Leakless}, or registered as a static field with a scope of its own.
 */
public final class LedgerExtension implements BeforeAllCallback, AfterAllCallback {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Namespace NAMESPACE = Namespace.create(LedgerExtension.class);

    private final LedgerScope scope;

    /** For {@link Leakless}. */
    public LedgerExtension() {
        this(LedgerScope.standard());
    }

    public LedgerExtension(LedgerScope scope) {
        this.scope = scope;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getStore(NAMESPACE).put(context.getUniqueId(), Ledger.take(scopeOf(context)));
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        Ledger before = context.getStore(NAMESPACE).remove(context.getUniqueId(), Ledger.class);
        if (before == null) {
            return; // the ledger itself failed, which is already the result
        }
        LedgerDifference difference = before.differenceOnceSettled(PATIENCE);
        if (!difference.isEmpty()) {
            throw new AssertionError(
                    context.getDisplayName() + " did not leave the kernel as it found it:\n" + difference);
        }
    }

    private LedgerScope scopeOf(ExtensionContext context) {
        LedgerScope result = scope;
        Leakless annotation = context.getRequiredTestClass().getAnnotation(Leakless.class);
        if (annotation != null) {
            result = result.exempting(annotation.exempt());
            for (String root : annotation.roots()) {
                result = result.watching(Path.of(root));
            }
        }
        return result;
    }
}
