/*
 * probe FILTER CALL...: installs the filter from a file, makes each call, and prints one number a line: 0 if the call
 * succeeded, else its errno. CALL is NUMBER[,ARGUMENT...]; a number that begins with `i` is made by int 0x80 (i386).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static long call_i386(long number, const unsigned long *a)
{
#ifdef __x86_64__
	long result;
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4])
			 : "memory", "r8", "r9", "r10", "r11");
	if (result < 0) {
		errno = (int)-result;
		return -1;
	}
	return result;
#else
	(void)number, (void)a;
	errno = ENOSYS;
	return -1;
#endif
}

int main(int argc, char **argv)
{
	static struct sock_filter code[BPF_MAXINSNS];
	int fd = open(argv[1], O_RDONLY);
	ssize_t size = read(fd, code, sizeof(code));
	if (argc < 2 || size <= 0)
		return 2;
	struct sock_fprog program = {(unsigned short)((size_t)size / sizeof(code[0])), code};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program)) {
		perror("install");
		return 3;
	}
	for (int i = 2; i < argc; i++) {
		int i386 = argv[i][0] == 'i';
		char *at = argv[i] + i386;
		long number = strtol(at, &at, 0);
		unsigned long a[6] = {0};
		for (int j = 0; j < 6 && *at == ','; j++)
			a[j] = strtoul(at + 1, &at, 0);
		long result = i386 ? call_i386(number, a) : syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
		printf("%d\n", result == -1 ? errno : 0);
		fflush(stdout);
	}
	return 0;
}
