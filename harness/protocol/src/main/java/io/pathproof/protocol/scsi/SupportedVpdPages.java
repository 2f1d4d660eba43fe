package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Supported VPD Pages page, 00h (SPC-4 clause 7.8.14).
 *
 * @param peripheral byte 0: peripheral qualifier and device type
 * @param pageCodes as listed, each 0 to 255
 */
public record SupportedVpdPages(int peripheral, List<Integer> pageCodes) {
  public SupportedVpdPages {
    pageCodes = List.copyOf(pageCodes);
  }

  public static SupportedVpdPages decode(ByteBuffer bytes) throws ProtocolException {
    Fields in = VpdPage.open("VPD page 00h", VpdPage.SUPPORTED_VPD_PAGES, bytes);
    List<Integer> codes = new ArrayList<>();
    for (int at = VpdPage.HEADER_LENGTH; at < in.length(); at++) {
      codes.add(in.int8(at, "SUPPORTED PAGE"));
    }
    return new SupportedVpdPages(in.int8(0, "PERIPHERAL"), codes);
  }

  public ByteBuffer encode() {
    ByteBuffer out = VpdPage.create(peripheral, VpdPage.SUPPORTED_VPD_PAGES, pageCodes.size());
    out.position(VpdPage.HEADER_LENGTH);
    pageCodes.forEach(code -> out.put(code.byteValue()));
    return out.rewind();
  }
}
