package io.wherry.engine;

/**
 * A process of a container, as the host sees it.
 *
 * @param pid its number on the host
 * @param parent its parent's number on the host
 * @param uid its effective user on the host
 * @param terminal device number of its terminal, 0 none
 * @param started seconds since 1970
 * @param age seconds since then
 * @param processor milliseconds of processor time that it has had
 * @param command its words, or its name in square brackets; as the process says, so anything
 */
public record ContainerProcess(
        long pid, long parent, long uid, int terminal, long started, long age, long processor, String command) {}
