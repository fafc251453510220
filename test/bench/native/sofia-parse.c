/* Parses the corpus with sofia-sip. cc -O2 sofia-parse.c $(pkg-config --cflags --libs sofia-sip-ua) */
#include <sofia-sip/msg.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_parser.h>

#include "corpus.h"

static int parse_one(const struct message *message) {
  msg_t *msg = msg_make(sip_default_mclass(), 0, message->text, (ssize_t)message->length);
  sip_t *sip = msg == NULL ? NULL : sip_object(msg);
  int failed = sip == NULL || sip->sip_error != NULL || sip->sip_from == NULL || sip->sip_via == NULL || sip->sip_cseq == NULL;
  if (msg != NULL) msg_destroy(msg);
  return failed;
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  read_corpus(arguments[1]);
  run_rounds(parse_one);
  return 0;
}
