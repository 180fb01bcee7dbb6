/* SPDX-License-Identifier: MIT
 * Files and folders: what is written is there, names change, links and limits answer. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static void say(const char *what, long result) {
    if (result < 0) printf("%s: %s\n", what, strerror(errno));
    else printf("%s: %ld\n", what, result);
}

int main(void) {
    char text[64] = "";
    struct stat st;
    char name[] = "/tmp/utsim-files-XXXXXX";
    sprintf(name, "/tmp/utsim-files-%d", (int)getpid());
    say("mkdir", mkdir(name, 0700));
    say("again", mkdir(name, 0700));
    say("chdir", chdir(name));
    int fd = open("a", O_RDWR | O_CREAT | O_EXCL, 0640);
    say("create", fd >= 0 ? 0 : -1);
    say("exclusive", open("a", O_RDWR | O_CREAT | O_EXCL, 0640));
    struct iovec parts[2] = {{"hello ", 6}, {"world", 5}};
    say("writev", writev(fd, parts, 2));
    say("lseek", lseek(fd, 6, SEEK_SET));
    say("read", read(fd, text, sizeof text));
    say(text, 0);
    say("beyond", pwrite(fd, "!", 1, 20));
    say("fstat", fstat(fd, &st));
    printf("size %ld mode %o\n", (long)st.st_size, st.st_mode & 07777);
    say("truncate", ftruncate(fd, 4));
    say("grow", ftruncate(fd, 8));
    memset(text, 'x', sizeof text);
    say("pread", pread(fd, text, sizeof text, 0));
    say("hole", memcmp(text, "hell\0\0\0\0", 8));
    int other = dup(fd);
    say("shared position", lseek(other, 0, SEEK_CUR) == lseek(fd, 0, SEEK_CUR));
    say("append", fcntl(fd, F_SETFL, O_APPEND));
    say("at end", write(fd, "+", 1) + lseek(fd, 0, SEEK_CUR));
    close(other);
    close(fd);
    say("closed", write(fd, "x", 1));
    say("rename", rename("a", "b"));
    say("old name", stat("a", &st));
    say("not a folder", open("b/c", O_RDONLY));
    say("a folder", open(".", O_WRONLY));
    say("rmdir", rmdir(name));
    int names = 0;
    DIR *folder = opendir(".");
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) names++;
    closedir(folder);
    say("names", names);
    fd = open("b", O_RDONLY);
    say("unlink", unlink("b"));
    say("still read", read(fd, text, 4));
    close(fd);
    say("back", chdir("/"));
    say("rmdir", rmdir(name));
    say("gone", access(name, F_OK));
    return 0;
}
