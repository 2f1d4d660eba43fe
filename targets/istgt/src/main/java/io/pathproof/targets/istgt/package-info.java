/** istgt, a user-space iSCSI target other than tgt, for sessions to be tried against. */
package io.pathproof.targets.istgt;
