package io.wherry.kernel.netlink;

/**
 * Messages for one {@code send(2)} on a netlink socket.
 *
 * @param bytes the messages, each aligned to four bytes; not to be changed
 * @param acks how many {@code NLMSG_ERROR} messages with the code 0 the kernel answers when everything went well
 */
// An array in a record: batches are handed on and written out, never compared.
@SuppressWarnings("ArrayRecordComponent")
public record Batch(byte[] bytes, int acks) {}
