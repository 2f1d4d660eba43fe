/**
 * Why a path does not work: step by step, where it stops. {@link
 * io.pathproof.initiator.diagnosis.Examination} and what it uses are cores without I/O; {@link
 * io.pathproof.initiator.diagnosis.NettyDiagnosis} is their binding. Nothing here ever writes.
 */
package io.pathproof.initiator.diagnosis;
