/* init: process 1. Mounts what belongs to a running system, runs /etc/cmd if there is one, otherwise keeps a shell
 * on the console. It waits for every orphan. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMMANDS "/etc/cmd"
enum { NOT_STARTED = 127 };	/* the status if there is no shell to run */

static void mount_or_say(const char *source, const char *target, const char *type)
{
	if (mount(source, target, type, 0, NULL) < 0 && errno != EBUSY)
		fprintf(stderr, "init: cannot mount %s on %s: %s\n", source, target, strerror(errno));
}

static void power_off(void)
{
	fflush(stdout);
	sync();
	reboot(LINUX_REBOOT_CMD_POWER_OFF);
	perror("init: power off");
}

/* Start a shell in a session of its own, with the console as its terminal. commands >= 0: an open script, which the shell reads from
 * descriptor 9 (its name is gone already: a command that ends the machine must not be found again). */
static pid_t start_shell(int commands)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid)
		return pid;
	setsid();
	ioctl(0, TIOCSCTTY, 0);
	tcsetpgrp(0, getpid());
	char *argv[] = { "sh", NULL };
	char *script[] = { "sh", "-9", NULL };
	if (commands >= 0)
		dup2(commands, 9);
	execv("/bin/sh", commands >= 0 ? script : argv);
	fprintf(stderr, "init: cannot run /bin/sh: %s\n", strerror(errno));
	_exit(NOT_STARTED);
}

/* The status of pid, as a shell counts it; other children are orphans, and are only waited for. */
static int wait_for(pid_t pid)
{
	int status;
	for (pid_t got; (got = wait(&status)) != pid;)
		if (got < 0 && errno == ECHILD)
			return NOT_STARTED;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(void)
{
	setenv("PATH", "/bin:/test", 1);
	setenv("HOME", "/", 1);
	setenv("TERM", "vt100", 1);
	if (access("/dev/console", F_OK) < 0)	/* the kernel has done it, so that it could open the console */
		mount_or_say("dev", "/dev", "devtmpfs");
	mount_or_say("proc", "/proc", "proc");
	mount_or_say("tmp", "/tmp", "tmpfs");
	mkdir("/dev/shm", 01777);
	mount_or_say("shm", "/dev/shm", "tmpfs");
	if (access("/dev/vdb", F_OK) == 0)
		mount_or_say("/dev/vdb", "/mnt", "vfat");
	int commands = open(COMMANDS, O_RDONLY);
	if (commands >= 0) {
		unlink(COMMANDS);
		pid_t pid = start_shell(commands);
		printf("init: command finished with status %d\n", pid < 0 ? 126 : wait_for(pid));
		power_off();
	}
	for (;;) {
		pid_t pid = start_shell(-1);
		if (pid < 0)
			perror("init: cannot start a shell");
		if (pid < 0 || wait_for(pid) == NOT_STARTED)
			sleep(1);
	}
}
