package io.pathproof.protocol.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.GoldenBytes;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * PDUs captured from libiscsi, tgt and istgt mean what an outside dissector says, and are written
 * byte for byte.
 */
class GoldenPduTest {
  /** The script that sent this SNACK left a CmdSN in reserved bytes; we write zeros there. */
  private static final Set<String> NOT_REWRITTEN = Set.of("snack-request-status");

  @TestFactory
  Stream<DynamicTest> decodesToTheFieldsInTheFile() {
    return GoldenBytes.loadAll("pdu").stream()
        .map(golden -> DynamicTest.dynamicTest(golden.name(), () -> checkFields(golden)));
  }

  private static void checkFields(GoldenBytes golden) throws Exception {
    Pdu pdu = GoldenPdus.decode(golden);
    Map<String, String> actual = new LinkedHashMap<>();
    actual.put("pdu", pdu.getClass().getSimpleName());
    for (RecordComponent component : pdu.getClass().getRecordComponents()) {
      Object value = component.getAccessor().invoke(pdu);
      String name = component.getName().equals("data") ? "data.length" : component.getName();
      actual.put(name, text(name, value));
    }
    // Every component has to be in the file: one that is missing there would be one that nothing
    // checks.
    assertThat(actual).containsExactlyInAnyOrderEntriesOf(normal(golden.expected()));
  }

  private static Map<String, String> normal(Map<String, String> expected) {
    Map<String, String> normal = new LinkedHashMap<>(expected);
    normal.replaceAll(
        (name, value) ->
            value.startsWith("0x") ? Long.toUnsignedString(Long.decode(value)) : value);
    return normal;
  }

  private static String text(String name, Object value) throws ReflectiveOperationException {
    if (value instanceof Boolean bit) {
      return bit ? "1" : "0";
    } else if (value instanceof Integer number) {
      return Integer.toUnsignedString(number);
    } else if (value instanceof Long number) {
      return Long.toUnsignedString(number);
    } else if (value instanceof Isid isid) {
      return Long.toString(isid.value());
    } else if (value instanceof OptionalInt optional) {
      return optional.isPresent() ? Integer.toUnsignedString(optional.getAsInt()) : "none";
    } else if (value instanceof ByteBuffer buffer) {
      return name.equals("data.length") ? Integer.toString(buffer.remaining()) : hex(buffer);
    }
    return value.getClass().getMethod("code").invoke(value).toString();
  }

  private static String hex(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(buffer.position(), bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @TestFactory
  @Tag("rfc7143:11.2.1-a")
  Stream<DynamicTest> isWrittenAgainByteForByte() {
    return GoldenBytes.loadAll("pdu").stream()
        .filter(golden -> !NOT_REWRITTEN.contains(golden.name()))
        .map(
            golden ->
                DynamicTest.dynamicTest(
                    golden.name(),
                    () -> {
                      PduEncoder encoder = new PduEncoder(GoldenPdus.digests(golden));
                      Pdu pdu = GoldenPdus.decode(golden);
                      assertThat(hex(encoder.encode(pdu))).isEqualTo(hex(golden.buffer()));
                      ByteBuffer gathered = ByteBuffer.allocate(encoder.length(pdu));
                      Arrays.stream(encoder.gather(pdu)).forEach(gathered::put);
                      assertThat(hex(gathered.flip())).isEqualTo(hex(golden.buffer()));
                    }));
  }

  @Test
  void thereAreGoldenBytesForEveryOpcode() throws Exception {
    Set<Opcode> seen = EnumSet.noneOf(Opcode.class);
    for (GoldenBytes golden : GoldenBytes.loadAll("pdu")) {
      seen.add(GoldenPdus.decode(golden).opcode());
    }
    assertThat(seen).containsExactlyInAnyOrder(Opcode.values());
  }
}
