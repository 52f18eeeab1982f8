package io.wherry.kernel.tree;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which folder the pilot has in which register: the most recently used ones. 0 is the root, always. */
final class Registers {
    static final int COUNT = 256;

    private final LinkedHashMap<String, Integer> byPath = new LinkedHashMap<>(512, 0.75f, true);
    /** How many filled registers are at or below a path: tells in one look-up that there is nothing to forget. */
    private final Map<String, Integer> below = new HashMap<>(2048);

    private final ArrayDeque<Integer> free = new ArrayDeque<>(COUNT);

    Registers() {
        for (int i = 1; i < COUNT; i++) {
            free.add(i);
        }
    }

    /** {@return the register, or -1} */
    int find(String folder) {
        if (folder.isEmpty()) {
            return 0;
        }
        Integer register = byPath.get(folder);
        return register == null ? -1 : register;
    }

    /** {@return the register that the folder shall have from now on} */
    int assign(String folder) {
        if (free.isEmpty()) {
            Iterator<Map.Entry<String, Integer>> eldest = byPath.entrySet().iterator();
            Map.Entry<String, Integer> entry = eldest.next();
            free.add(entry.getValue());
            count(entry.getKey(), -1);
            eldest.remove();
        }
        int register = free.remove();
        byPath.put(folder, register);
        count(folder, 1);
        return register;
    }

    /** Forgets the registers at or below the path: what they name may be gone. */
    void forget(String path) {
        if (!below.containsKey(path)) {
            return;
        }
        Iterator<Map.Entry<String, Integer>> entries = byPath.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<String, Integer> entry = entries.next();
            String folder = entry.getKey();
            if (folder.startsWith(path) && (folder.length() == path.length() || folder.charAt(path.length()) == '/')) {
                free.add(entry.getValue());
                count(folder, -1);
                entries.remove();
            }
        }
    }

    private void count(String folder, int by) {
        for (String path = folder; !path.isEmpty(); path = BytePath.parent(path)) {
            int now = below.getOrDefault(path, 0) + by;
            if (now == 0) {
                below.remove(path);
            } else {
                below.put(path, now);
            }
        }
    }
}
