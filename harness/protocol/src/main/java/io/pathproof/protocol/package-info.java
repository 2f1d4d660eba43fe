/**
 * SCSI and iSCSI as data. Nothing in this module does I/O, keeps time, or holds state beyond the
 * bytes of a PDU that is not complete yet.
 */
package io.pathproof.protocol;
