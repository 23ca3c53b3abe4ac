/*
 * Does nothing but the same stats as a search with an index: each folder is opened once, each of its
 * files is looked at by its name there, by two threads. See benches/stats_only.
 *
 *	cc -O2 -pthread stats_only.c && ./a.out TREE LIST
 *
 * LIST has a line for each folder, which ends in a slash, and after it the names of its files.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char **lines;
static size_t *folders, count, folder_count;
static atomic_size_t next, missing;
static int top;

static void *work(void *unused)
{
	size_t at;

	while ((at = atomic_fetch_add(&next, 1)) < folder_count) {
		int folder = openat(top, lines[folders[at]], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		for (size_t n = folders[at] + 1; n < folders[at + 1]; n++) {
			struct statx facts;

			if (statx(folder, lines[n], AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &facts))
				atomic_fetch_add(&missing, 1);
		}
		close(folder);
	}
	return unused;
}

int main(int argc, char **argv)
{
	FILE *list = argc == 3 ? fopen(argv[2], "r") : NULL;
	size_t room = 1 << 20;
	pthread_t other;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (!list || (top = open(argv[1], O_RDONLY | O_DIRECTORY)) < 0)
		return fprintf(stderr, "usage: stats_only TREE LIST\n"), 2;
	lines = malloc(room * sizeof(*lines));
	folders = malloc((room + 1) * sizeof(*folders));
	while (count < room && (len = getline(&line, &size, list)) > 0) {
		line[len - 1] = 0;
		if (len > 1 && line[len - 2] == '/')
			folders[folder_count++] = count;
		lines[count++] = strdup(line);
	}
	folders[folder_count] = count;
	pthread_create(&other, NULL, work, NULL);
	work(NULL);
	pthread_join(other, NULL);
	return missing != 0;
}
