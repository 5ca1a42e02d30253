/* train.h - `loganalyzer train`: a model made of history, for the running owner of MODEL to
 * take up, or for a file of its own. */
#ifndef SCORING_TRAIN_H
#define SCORING_TRAIN_H

/* The verb: argv[0] is "train". Returns the exit status: 0 the model is written, 1 it is
 * not and nothing is, 2 the call was wrong. */
int train_main(int argc, char **argv);

#endif
