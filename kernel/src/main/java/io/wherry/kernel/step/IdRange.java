package io.wherry.kernel.step;

import java.util.List;

/**
 * A range of user or group ids in a mapping (user_namespaces(7)).
 *
 * @param inside the first id as the container sees it
 * @param outside the first id as the parent namespace sees it
 * @param count how many
 */
public record IdRange(long inside, long outside, long count) {
    static String text(List<IdRange> ranges) {
        StringBuilder text = new StringBuilder();
        for (IdRange range : ranges) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(range.inside)
                    .append("-")
                    .append(range.inside + range.count - 1)
                    .append(" are ")
                    .append(range.outside)
                    .append("-")
                    .append(range.outside + range.count - 1);
        }
        return text.toString();
    }
}
