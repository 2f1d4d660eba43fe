package io.pathproof.targets.array.iscsi;

import io.pathproof.protocol.iscsi.Digests;

/** What a login has settled (RFC 7143 section 13); lengths in bytes. */
record SessionParameters(
    Digests digests,
    int initiatorMaxRecvDataSegmentLength,
    int maxBurstLength,
    int firstBurstLength,
    int maxOutstandingR2t,
    boolean initialR2t,
    boolean immediateData) {}
