package io.wherry.engine;

/**
 * One step of an image's making, as its configuration tells.
 *
 * @param created when, as an instant of ISO 8601; empty if it does not say
 * @param createdBy the words that did it; may be empty
 * @param comment may be empty
 * @param size bytes of file data that its layer wrote; 0 where it made none
 */
public record ImageHistory(String created, String createdBy, String comment, long size) {}
