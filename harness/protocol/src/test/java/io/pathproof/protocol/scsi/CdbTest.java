package io.pathproof.protocol.scsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import io.pathproof.protocol.scsi.Cdb.Form;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CdbTest {
  private static final long SEED = 20261121L;

  /** Bytes read off the tables of SPC-4 and SBC-3. */
  private static void assertCdb(Cdb cdb, String hex) throws ProtocolException {
    ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
    assertThat(cdb.encode()).isEqualTo(bytes);
    assertThat(Cdb.decode(bytes)).isEqualTo(cdb);
    ByteBuffer padded = ByteBuffer.allocate(16).put(bytes.duplicate()).rewind();
    assertThat(Cdb.decode(padded)).isEqualTo(cdb);
    for (int length = 0; length < bytes.remaining(); length++) {
      ByteBuffer cut = bytes.slice(0, length);
      assertThatThrownBy(() -> Cdb.decode(cut))
          .isInstanceOfSatisfying(
              ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TRUNCATED));
    }
  }

  @Test
  void fieldsStandWhereTheStandardsPutThem() throws Exception {
    assertCdb(new Cdb.TestUnitReady(), "00 00 00 00 00 00");
    assertCdb(new Cdb.RequestSense(true, 252), "03 01 00 00 fc 00");
    assertCdb(new Cdb.Inquiry(true, 0x83, 0x1234), "12 01 83 12 34 00");
    assertCdb(new Cdb.ReportLuns(2, 0x89abcdefL), "a0 00 02 00 00 00 89 ab cd ef 00 00");
    assertCdb(new Cdb.ReadCapacity10(), "25 00 00 00 00 00 00 00 00 00");
    assertCdb(new Cdb.ReadCapacity16(32), "9e 10 00000000 00000000 00000020 00 00");
    assertCdb(
        new Cdb.Read(Form.TEN, 1, true, false, 0x89abcdefL, 5, 0xfedc),
        "28 30 89abcdef 05 fedc 00");
    assertCdb(
        new Cdb.Read(Form.SIXTEEN, 0, false, true, 0x123456789abcdef0L, 0, 0x89abcdefL),
        "88 08 123456789abcdef0 89abcdef 00 00");
    assertCdb(Cdb.Write.of(7, 8), "2a 00 00000007 00 0008 00");
    assertCdb(
        new Cdb.Write(Form.SIXTEEN, 2, false, true, 7, 9, 8),
        "8a 48 0000000000000007 00000008 09 00");
    assertCdb(new Cdb.SynchronizeCache(Form.TEN, true, 7, 0, 8), "35 02 00000007 00 0008 00");
    assertCdb(
        new Cdb.SynchronizeCache(Form.SIXTEEN, false, 7, 1, 8),
        "91 00 0000000000000007 00000008 01 00");
    assertCdb(new Cdb.ModeSense(Form.SIX, true, 0, 0x08, 0, 192), "1a 08 08 00 c0 00");
    assertCdb(
        new Cdb.ModeSense(Form.TEN, false, 2, 0x3f, 0xff, 0x1234), "5a 00 bf ff 00 00 00 1234 00");
    assertCdb(new Cdb.ReportTargetPortGroups(true, 4096), "a3 2a 00 00 00 00 00001000 00 00");
    assertCdb(new Cdb.SetTargetPortGroups(12), "a4 0a 00 00 00 00 0000000c 00 00");
    assertCdb(new ReservationCdb.In(3, 0x1234), "5e 03 00 00 00 00 00 1234 00");
    assertCdb(new ReservationCdb.Out(4, 0, 6, 24), "5f 04 06 00 00 00000018 00");
    assertCdb(
        new MediumCdb.CompareAndWrite(true, 7, 255), "89 08 0000000000000007 000000 ff 00 00");
    assertCdb(new MediumCdb.Unmap(24), "42 00 00000000 00 0018 00");
    assertCdb(new MediumCdb.WriteSame(Form.TEN, true, false, 7, 8), "41 08 00000007 00 0008 00");
    assertCdb(
        new MediumCdb.WriteSame(Form.SIXTEEN, true, true, 7, 8),
        "93 09 0000000000000007 00000008 00 00");
    assertCdb(new MediumCdb.Verify(Form.TEN, 1, 7, 8), "2f 02 00000007 00 0008 00");
    assertCdb(new MediumCdb.Verify(Form.SIXTEEN, 3, 7, 8), "8f 06 0000000000000007 00000008 00 00");
    assertCdb(MediumCdb.WriteAndVerify.of(1, 7, 8), "2e 02 00000007 00 0008 00");
    assertCdb(
        new MediumCdb.WriteAndVerify(Form.SIXTEEN, 1, 7, 8),
        "8e 02 0000000000000007 00000008 00 00");
  }

  @Test
  void parameterListsStandWhereTheStandardsPutThem() throws Exception {
    var out = new ReservationCdb.OutParameters(1, 0x1122334455667788L, true, true, true);
    String outHex = "0000000000000001 1122334455667788 00000000 0d 000000";
    assertThat(out.encode()).isEqualTo(bytes(outHex));
    assertThat(ReservationCdb.OutParameters.decode(bytes(outHex))).isEqualTo(out);
    assertThatThrownBy(() -> ReservationCdb.OutParameters.decode(ByteBuffer.allocate(23)))
        .isInstanceOf(ProtocolException.class);
    var unmap =
        new MediumCdb.UnmapList(
            List.of(
                new MediumCdb.UnmapList.Run(7, 8),
                new MediumCdb.UnmapList.Run(0x100000000L, 0xffffffffL)));
    String unmapHex =
        "0026 0020 00000000 0000000000000007 00000008 00000000"
            + "0000000100000000 ffffffff 00000000";
    assertThat(unmap.encode()).isEqualTo(bytes(unmapHex));
    assertThat(MediumCdb.UnmapList.decode(bytes(unmapHex))).isEqualTo(unmap);
    ByteBuffer cut = bytes(unmapHex).limit(39);
    assertThatThrownBy(() -> MediumCdb.UnmapList.decode(cut))
        .isInstanceOfSatisfying(
            ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TRUNCATED));
  }

  private static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  @Test
  void theShortestFormIsChosen() {
    assertThat(Cdb.Read.of(0xffffffffL, 0xffff).form()).isEqualTo(Form.TEN);
    assertThat(Cdb.Read.of(0x100000000L, 1).form()).isEqualTo(Form.SIXTEEN);
    assertThat(Cdb.Write.of(0, 0x10000).form()).isEqualTo(Form.SIXTEEN);
  }

  @Test
  void valuesThatDoNotFitAreTheCallersMistake() {
    assertThatThrownBy(() -> new Cdb.Read(Form.TEN, 0, false, false, 0x100000000L, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("LOGICAL BLOCK ADDRESS");
    assertThatThrownBy(() -> new Cdb.Inquiry(false, 0, 65536))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Cdb.Read(Form.SIX, 0, false, false, 0, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void otherCommandsAreKeptAsTheyAre() throws Exception {
    for (String hex :
        List.of("3b 00 00 00 00 00 00 00 40 00", "9e 11 00000000 00000000 00000020 00 00", "ff")) {
      ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
      Cdb cdb = Cdb.decode(bytes);
      assertThat(cdb).isInstanceOf(Cdb.Unknown.class);
      assertThat(cdb.encode()).isEqualTo(bytes);
      assertThat(((Cdb.Unknown) cdb).operationCode()).isEqualTo(bytes.get(0) & 0xff);
    }
  }

  @Test
  void everyCommandComesBackFromItsBytes() throws Exception {
    Random random = new Random(SEED);
    for (int i = 0; i < 20_000; i++) {
      Cdb cdb = any(random);
      assertThat(Cdb.decode(cdb.encode())).as("seed %d", SEED).isEqualTo(cdb);
    }
  }

  private static Cdb any(Random random) {
    Form form = random.nextBoolean() ? Form.TEN : Form.SIXTEEN;
    boolean ten = form == Form.TEN;
    long lba = ten ? random.nextInt() & 0xffffffffL : random.nextLong() >>> 1;
    long count = ten ? random.nextInt(65536) : random.nextInt() & 0xffffffffL;
    boolean a = random.nextBoolean();
    boolean b = random.nextBoolean();
    int bits3 = random.nextInt(8);
    int bits5 = random.nextInt(32);
    int bits8 = random.nextInt(256);
    long bits32 = random.nextInt() & 0xffffffffL;
    return switch (random.nextInt(9)) {
      case 0 -> new Cdb.RequestSense(a, bits8);
      case 1 -> new Cdb.Inquiry(a, bits8, random.nextInt(65536));
      case 2 -> new Cdb.ReportLuns(bits8, bits32);
      case 3 -> new Cdb.ReadCapacity16(bits32);
      case 4 -> new Cdb.Read(form, bits3, a, b, lba, bits5, count);
      case 5 -> new Cdb.Write(form, bits3, a, b, lba, bits5, count);
      case 6 -> new Cdb.SynchronizeCache(form, a, lba, bits5, count);
      case 7 ->
          new Cdb.ModeSense(
              a ? Form.SIX : Form.TEN, b, bits3 & 3, bits5, bits8, random.nextInt(256));
      default -> new Cdb.ReportTargetPortGroups(a, bits32);
    };
  }
}
