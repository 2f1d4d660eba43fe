/**
 * Multipathing without I/O: which path carries an I/O, what a failure means, and what is tried
 * next. Knows neither SCSI bytes nor sessions; time is an argument, effects leave through {@link
 * io.pathproof.initiator.multipath.MultipathEffects}. Words and states are those of dm-multipath
 * and multipathd (multipath.conf(5)).
 */
package io.pathproof.initiator.multipath;
