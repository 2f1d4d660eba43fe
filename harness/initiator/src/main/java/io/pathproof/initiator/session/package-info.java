/**
 * The iSCSI session as a state machine without I/O (RFC 7143 sections 4 to 8 and 13): PDUs, tasks
 * and the time go into {@link io.pathproof.initiator.session.SessionCore}; effects come out through
 * {@link io.pathproof.initiator.session.SessionEffects}. One thread of control owns a core.
 */
package io.pathproof.initiator.session;
