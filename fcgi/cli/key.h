/* key.h - loganalyzer key: API keys are made, listed and taken away. */
#ifndef CLI_KEY_H
#define CLI_KEY_H

/* A verb of the tool: argv[0] is "key". The exit status. */
int key_main(int argc, char **argv);

#endif
