/**
 * The device server of the simulated array (SPC-4, SBC-3): logical units with their store,
 * reservations, asymmetric access and unit attentions. A core: no I/O, no threads, no clock.
 */
package io.pathproof.targets.array.scsi;
