/* evaluate.h - `loganalyzer evaluate`: what a model says of labelled batches, of lines, and
 * of what a store holds. Nothing is changed, neither the store nor the model's file. */
#ifndef SCORING_EVALUATE_H
#define SCORING_EVALUATE_H

/* The verb: argv[0] is "evaluate". Returns the exit status: 0; 1 it could not be done, or
 * not to the end; 2 the call was wrong. */
int evaluate_main(int argc, char **argv);

#endif
