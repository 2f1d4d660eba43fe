/**
 * SCSI as data: CDBs, their data-in, sense data and LUNs, for both ends, as SPC-4 and SBC-3 lay
 * them out. Parsers never read beyond the bytes that they are given and never allocate by a length
 * that these bytes do not bear out.
 */
package io.pathproof.protocol.scsi;
