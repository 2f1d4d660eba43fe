package io.pathproof.targets.tgt;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * One logical unit of a node. Nodes that give the same volume give the same values, but for the
 * number.
 *
 * @param number LUN, 1 to 255; tgt keeps 0 for its controller
 * @param file backing file in the {@link TgtStore}, a plain name; made sparse where it is missing
 * @param sizeBytes size, a positive multiple of 512
 * @param scsiId 1 to 36 bytes, from which tgt makes two designators of VPD page 83h (SPC-4 7.8.6):
 *     the T10 vendor ID one holds it as it is, the 16-byte NAA one holds it as a hexadecimal number
 *     in which other characters count as 0 and the first digit becomes 6. So 32 hexadecimal digits
 *     that begin with 6 name the volume the same in both. A third one, 8-byte NAA, is made of
 *     target and LUN numbers and is the same on every tgt: it identifies nothing.
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
    identity("SCSI ID", scsiId, 36);
    identity("serial number", serial, 36);
    identity("vendor", vendor, 8);
    identity("product", product, 16);
  }

  /**
   * A volume whose SCSI ID (32 hexadecimal digits, a valid NAA type 6) and serial number are
   * derived from the array's name and its own, so that they are the same on every node and in every
   * run, and differ between arrays. File and product are its name; write cache on.
   *
   * @param number LUN, 1 to 255
   * @param array any text that tells arrays apart
   * @param name the volume's name, at most 16 bytes, a plain file name
   * @param sizeBytes a positive multiple of 512
   */
  public static TgtLun of(int number, String array, String name, long sizeBytes) {
    String digits =
        HexFormat.of().formatHex(Sha256.of((array + "/" + name).getBytes(StandardCharsets.UTF_8)));
    return new TgtLun(
        number,
        name,
        sizeBytes,
        "6" + digits.substring(0, 31),
        digits.substring(0, 16),
        "PATHPRF",
        name,
        true);
  }

  private static void identity(String what, String value, int length) {
    if (!IDENTITY.matcher(Objects.requireNonNull(value, what)).matches()
        || value.length() > length) {
      throw new IllegalArgumentException(
          what + " '" + value + "' has other than 1 to " + length + " of A-Z a-z 0-9 . _ : -");
    }
  }
}
