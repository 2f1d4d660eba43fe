/**
 * The iSCSI target of the simulated array: RFC 7143's target side at error recovery level 0, as a
 * core without I/O. PDUs and the time go in; PDUs and closes come out through {@link
 * io.pathproof.targets.array.iscsi.ConnectionEffects}.
 */
package io.pathproof.targets.array.iscsi;
