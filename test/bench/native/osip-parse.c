/* Parses the corpus with libosip2. cc -O2 osip-parse.c -losipparser2 */
#include <osipparser2/osip_parser.h>

#include "corpus.h"

static int parse_one(const struct message *message) {
  osip_message_t *sip;
  int result;
  osip_message_init(&sip);
  result = osip_message_parse(sip, message->text, message->length);
  osip_message_free(sip);
  return result;
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  parser_init();
  read_corpus(arguments[1]);
  run_rounds(parse_one);
  return 0;
}
