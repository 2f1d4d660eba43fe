/*
 * tgtd 1.0.85 dies with SIGSEGV at the first login when a target has a RedirectCallback: call_program() in
 * usr/tgtd.c splits the command by `while (*pos != '\0') argv[i++] = strsep(&pos, " ");`, and strsep leaves NULL
 * behind the last word. Preloaded, this strsep leaves the end of the string instead, for that caller alone: no
 * other one in tgtd splits at a space. Everything else is strsep(3).
 */
char *strsep(char **rest, const char *delimiters) {
  char *word = *rest, *p;
  const char *d;

  if (word == 0)
    return 0;
  for (p = word; *p; p++)
    for (d = delimiters; *d; d++)
      if (*p == *d) {
        *p = '\0';
        *rest = p + 1;
        return word;
      }
  *rest = delimiters[0] == ' ' && delimiters[1] == '\0' ? p : 0;
  return word;
}
