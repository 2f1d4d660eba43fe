/** What engines have in common: hosts of our own initiator, schedulers, and the warm-up. */
package io.pathproof.engine;
