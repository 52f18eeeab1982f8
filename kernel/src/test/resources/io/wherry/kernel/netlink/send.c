/*
 * send PROTOCOL FILE ACKS: sends a batch from a file on a netlink socket (0 = route, 12 = netfilter), collects that many
 * acknowledgements, writes every answer to FILE.replies, and prints `ok` or `message N: errno E` for the first failure.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static char batch[1 << 20], reply[1 << 16];
	char name[4096];
	if (argc != 4)
		return 2;
	int file = open(argv[2], O_RDONLY);
	ssize_t size = read(file, batch, sizeof(batch));
	snprintf(name, sizeof(name), "%s.replies", argv[2]);
	int replies = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int fd = socket(AF_NETLINK, SOCK_RAW, atoi(argv[1])), one = 1;
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	struct timeval limit = {2, 0};
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	if (sendto(fd, batch, (size_t)size, 0, (struct sockaddr *)&kernel, sizeof(kernel)) != size) {
		perror("send");
		return 3;
	}
	int answered = 0, failed = 0;
	while (answered < atoi(argv[3])) {
		ssize_t got = recv(fd, reply, sizeof(reply), 0);
		if (got < 0) {
			printf("%d of %s answers: %m\n", answered, argv[3]);
			return 4;
		}
		if (write(replies, reply, (size_t)got) != got)
			return 5;
		int left = (int)got;
		for (struct nlmsghdr *h = (struct nlmsghdr *)reply; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
			if (h->nlmsg_type != NLMSG_ERROR)
				continue;
			struct nlmsgerr *error = NLMSG_DATA(h);
			answered++;
			if (error->error && !failed++)
				printf("message %u: errno %d\n", error->msg.nlmsg_seq, -error->error);
		}
	}
	/* Whatever comes now was not announced. */
	ssize_t more = recv(fd, reply, sizeof(reply), MSG_DONTWAIT);
	if (more > 0)
		printf("more answers than expected\n");
	if (!failed && more <= 0)
		printf("ok\n");
	return 0;
}
