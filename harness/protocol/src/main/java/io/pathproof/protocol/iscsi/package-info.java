/**
 * iSCSI (RFC 7143) as data: one record a PDU (section 11), text keys (sections 6.2, 12 and 13),
 * digests (sections 11.2.3 and 13.1) and their codec, for both ends of a connection.
 */
package io.pathproof.protocol.iscsi;
