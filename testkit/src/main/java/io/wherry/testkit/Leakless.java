package io.wherry.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** The test class fails if it leaves an object in the kernel that was not there before, or takes away one that was; see {@link Ledger}. */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(LedgerExtension.class)
public @interface Leakless {
    /** {@return texts; an object whose name contains one of them is passed over} */
    String[] exempt() default {};

    /** {@return folders whose whole content counts; absolute paths} */
    String[] roots() default {};
}
