package io.pathproof.targets.tgt;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * One logical unit of a node. Nodes that give the same volume give the same values, but for the
 * number.
 *
 * @param number LUN, 1 to 255; tgt keeps 0 for its controller
 * @param file backing file in the {@link TgtStore}, a plain name; made sparse where it is missing
 * @param sizeBytes size, a positive multiple of 512
 * @param scsiId the T10 vendor ID designator of VPD page 83h (SPC-4 7.8.6.4), 1 to 24 bytes. It is
 *     the one designator that tells volumes apart: tgt makes its NAA designators of target and LUN
 *     numbers, so they are the same on every array.
 * @param serial unit serial number, VPD page 80h, 1 to 36 bytes
 * @param vendor T10 vendor identification of standard INQUIRY data, up to 8 bytes
 * @param product product identification of standard INQUIRY data, up to 16 bytes
 * @param writeCache WCE of the caching mode page (SBC-3 6.5.5); off makes tgt sync every write
 */
public record TgtLun(
    int number,
    String file,
    long sizeBytes,
    String scsiId,
    String serial,
    String vendor,
    String product,
    boolean writeCache) {
  // tgtadm splits its parameters at commas and takes no quotes.
  private static final Pattern IDENTITY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ._:-]*");
  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  public TgtLun {
    if (number < 1 || number > 255) {
      throw new IllegalArgumentException("LUN " + number + " is not in 1..255");
    }
    if (sizeBytes <= 0 || sizeBytes % 512 != 0) {
      throw new IllegalArgumentException("size " + sizeBytes + " is no positive multiple of 512");
    }
    if (!FILE.matcher(Objects.requireNonNull(file, "file")).matches()) {
      throw new IllegalArgumentException("backing file '" + file + "' is no plain name");
    }
    identity("SCSI ID", scsiId, 24);
    identity("serial number", serial, 36);
    identity("vendor", vendor, 8);
    identity("product", product, 16);
  }

  /** A volume whose file, SCSI ID, serial number and product are its name; write cache on. */
  public static TgtLun of(int number, String name, long sizeBytes) {
    return new TgtLun(number, name, sizeBytes, name, name, "PATHPRF", name, true);
  }

  private static void identity(String what, String value, int length) {
    if (!IDENTITY.matcher(Objects.requireNonNull(value, what)).matches()
        || value.length() > length) {
      throw new IllegalArgumentException(
          what + " '" + value + "' has other than 1 to " + length + " of A-Z a-z 0-9 . _ : -");
    }
  }
}
