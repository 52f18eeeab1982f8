/**
 * Volumes: folders with a name that outlive containers. {@code NAME/volume.json} is what was asked, {@code NAME/data} what containers see; a volume is there as soon as its folder has that name,
 * by one rename, and gone as soon as it has not, by another. What is in {@code data} was made by strangers: this package never follows a path into it, and removes and copies it by pilots.
 *
 * <p>Who uses a volume is not kept here: the engine finds it in the records of containers.
 */
@NullMarked
package io.wherry.store.volume;

import org.jspecify.annotations.NullMarked;
