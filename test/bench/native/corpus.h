/* What the native peers share: reading the corpus, and one timed round for each line on standard input. */
#ifndef BENCH_CORPUS_H
#define BENCH_CORPUS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MAX_MESSAGES 64
#define ROUND_SECONDS 0.25

struct message {
  char *text;
  size_t length;
};

static struct message messages[MAX_MESSAGES];
static int message_count;

/* The file holds, for each message, its length as four bytes (little endian) and its bytes. */
static void read_corpus(const char *path) {
  FILE *file = fopen(path, "rb");
  uint8_t head[4];
  if (file == NULL) exit(2);
  while (message_count < MAX_MESSAGES && fread(head, 1, 4, file) == 4) {
    size_t length = head[0] | (head[1] << 8) | (head[2] << 16) | ((size_t)head[3] << 24);
    char *text = malloc(length + 1);
    if (text == NULL || fread(text, 1, length, file) != length) exit(2);
    text[length] = 0;
    messages[message_count].text = text;
    messages[message_count].length = length;
    message_count++;
  }
  fclose(file);
}

static double now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* parse_one returns 0 for a message it understood. Prints how many were refused, then one rate for each line read. */
static void run_rounds(int (*parse_one)(const struct message *)) {
  char line[16];
  int refused = 0;
  for (int i = 0; i < message_count; i++) refused += parse_one(&messages[i]) != 0;
  printf("%d\n", refused);
  fflush(stdout);
  while (fgets(line, sizeof line, stdin) != NULL) {
    double start = now(CLOCK_MONOTONIC), start_cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    long done = 0;
    while (now(CLOCK_MONOTONIC) - start < ROUND_SECONDS) {
      for (int i = 0; i < message_count; i++) parse_one(&messages[i]);
      done += message_count;
    }
    printf("%.0f\n", (double)done / (now(CLOCK_PROCESS_CPUTIME_ID) - start_cpu));
    fflush(stdout);
  }
}

#endif
