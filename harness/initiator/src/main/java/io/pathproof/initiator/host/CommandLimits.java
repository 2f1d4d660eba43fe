package io.pathproof.initiator.host;

import io.pathproof.protocol.scsi.BlockLimits;
import io.pathproof.protocol.scsi.LogicalBlockProvisioning;
import java.util.Optional;

/**
 * What a logical unit says that it takes with one command beside READ and WRITE.
 *
 * @param blockLimits VPD page B0h, where there is one
 * @param provisioning VPD page B2h, where there is one
 */
public record CommandLimits(
    Optional<BlockLimits> blockLimits, Optional<LogicalBlockProvisioning> provisioning) {
  /** Nothing is known: the unit has neither page. */
  public static final CommandLimits UNKNOWN = new CommandLimits(Optional.empty(), Optional.empty());

  private static final int MAX_COMPARE_AND_WRITE = 0xff;
  private static final int MAX_UNMAP_DESCRIPTORS = (0xffff - 8) / 16;
  private static final long MAX_FIELD = 0xffffffffL;

  /** Blocks of one COMPARE AND WRITE, 0 to 255; 0 where the unit does not have it. */
  public int maxCompareAndWriteBlocks() {
    return blockLimits.map(BlockLimits::maxCompareAndWriteLength).orElse(MAX_COMPARE_AND_WRITE);
  }

  /** Whether UNMAP is there: by the LBPU bit, or else by a count of blocks that it takes. */
  public boolean takesUnmap() {
    boolean counted = blockLimits.map(limits -> limits.maxUnmapLbaCount() > 0).orElse(true);
    return provisioning.map(LogicalBlockProvisioning::unmap).orElse(counted) && counted;
  }

  /** Blocks of one UNMAP in all. */
  public long maxUnmapBlocks() {
    return blockLimits.map(BlockLimits::maxUnmapLbaCount).orElse(MAX_FIELD);
  }

  /** Runs of one UNMAP; 4095 fit into its list. */
  public int maxUnmapRuns() {
    long said = blockLimits.map(BlockLimits::maxUnmapBlockDescriptorCount).orElse(MAX_FIELD);
    return (int) Math.min(MAX_UNMAP_DESCRIPTORS, said == 0 ? MAX_FIELD : said);
  }

  /** Blocks of one WRITE SAME; 4,294,967,295 where the unit gives no limit. */
  public long maxWriteSameBlocks() {
    long said = blockLimits.map(BlockLimits::maxWriteSameLength).orElse(0L);
    return said == 0 ? MAX_FIELD : Math.min(said, MAX_FIELD);
  }

  /** Whether WRITE SAME takes the UNMAP bit; where the page is missing the unit is asked. */
  public boolean takesWriteSameUnmap(boolean sixteen) {
    return provisioning
        .map(page -> sixteen ? page.writeSame16Unmap() : page.writeSame10Unmap())
        .orElse(true);
  }

  /** The length of transfer that the unit likes best, in blocks; 0 where it says none. */
  public long optimalTransferBlocks() {
    return blockLimits.map(BlockLimits::optimalTransferLength).orElse(0L);
  }
}
