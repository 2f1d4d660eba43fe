package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.Digests;
import java.util.OptionalInt;

/**
 * What was negotiated in a login (RFC 7143 section 13), and with whom.
 *
 * @param portal where the login ended, behind any redirection
 * @param tsih the target's handle of the session, 1 to 65535
 * @param targetPortalGroupTag as the target told it, absent if it did not
 * @param targetAlias may be empty
 * @param digests in force in the full feature phase
 * @param maxSendDataSegmentLength the target's MaxRecvDataSegmentLength, bytes
 * @param maxRecvDataSegmentLength what this side declared, bytes
 * @param firstBurstLength most unsolicited data of one command, immediate data included, bytes
 * @param maxBurstLength most data of one sequence, bytes
 * @param initialR2t true: no unsolicited Data-Out
 * @param immediateData true: write data may travel in the command
 * @param maxOutstandingR2t R2Ts of one task that may be open at once
 * @param time2WaitSec least time before a reconnect after an unexpected end, seconds
 * @param time2RetainSec time for which the target keeps tasks after it, seconds
 */
public record SessionParameters(
    Portal portal,
    int tsih,
    OptionalInt targetPortalGroupTag,
    String targetAlias,
    Digests digests,
    int maxSendDataSegmentLength,
    int maxRecvDataSegmentLength,
    int firstBurstLength,
    int maxBurstLength,
    boolean initialR2t,
    boolean immediateData,
    int maxOutstandingR2t,
    int time2WaitSec,
    int time2RetainSec) {

  /** The same with another MaxRecvDataSegmentLength of the target, in bytes. */
  SessionParameters withMaxSendDataSegmentLength(int value) {
    return new SessionParameters(
        portal,
        tsih,
        targetPortalGroupTag,
        targetAlias,
        digests,
        value,
        maxRecvDataSegmentLength,
        firstBurstLength,
        maxBurstLength,
        initialR2t,
        immediateData,
        maxOutstandingR2t,
        time2WaitSec,
        time2RetainSec);
  }
}
