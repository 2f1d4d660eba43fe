package io.pathproof.protocol.iscsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyValuesTest {
  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.replace('|', '\0').getBytes(StandardCharsets.UTF_8));
  }

  private static ProtocolException refusal(String text) {
    return catchThrowableOfType(ProtocolException.class, () -> KeyValues.decode(text(text)));
  }

  @Test
  void otherPairsComeAfterItsOwnAndReplaceWhatIsThere() {
    KeyValues own = KeyValues.empty().with("InitiatorName", "iqn.a").with("SessionType", "Normal");
    KeyValues others =
        KeyValues.empty().with("SessionType", "Discovery").with("MaxBurstLength", "512");
    assertThat(own.with(others).asMap())
        .containsExactly(
            Map.entry("InitiatorName", "iqn.a"),
            Map.entry("SessionType", "Discovery"),
            Map.entry("MaxBurstLength", "512"));
    assertThat(own.asMap()).hasSize(2);
  }

  @Test
  void pairsKeepTheirOrderAndSurviveEmptyValuesAndEqualsSigns() throws Exception {
    KeyValues keys = KeyValues.decode(text("SendTargets=||X-com.example=a=b|TargetAlias=büro 7|"));
    assertThat(keys.asMap().keySet())
        .containsExactly("SendTargets", "X-com.example", "TargetAlias");
    assertThat(keys.get("SendTargets")).contains("");
    assertThat(keys.get("X-com.example")).contains("a=b");
    assertThat(keys.get("TargetAlias")).contains("büro 7");
    assertThat(keys.get("targetalias")).isEmpty();
    assertThat(KeyValues.decode(keys.encode())).isEqualTo(keys);
  }

  @Test
  @Tag("rfc7143:6.2-a")
  void aKeyGivenTwiceIsRefused() {
    assertThat(refusal("MaxConnections=1|MaxConnections=1|").kind()).isEqualTo(Kind.NEGOTIATION);
  }

  @Test
  @Tag("rfc7143:6.1-a")
  void anUnclosedPairIsRefusedBecauseItsValueMayBeCut() {
    ProtocolException e = refusal("InitialR2T=No|TargetAddress=10.10.1.1");
    assertThat(e.kind()).isEqualTo(Kind.TRUNCATED);
    assertThat(e.offset()).isEqualTo(14);
  }

  @ParameterizedTest
  @ValueSource(strings = {"InitialR2T|", "=Yes|", "9Key=1|", "Init ialR2T=Yes|", "Ké=1|"})
  @Tag("rfc7143:6.1-a")
  void whatIsNoPairIsRefused(String text) {
    assertThat(refusal(text).kind()).isEqualTo(Kind.FORMAT);
  }

  @Test
  @Tag("rfc7143:6.1-b")
  void lengthsAreBounded() throws Exception {
    String key63 = "K".repeat(63);
    assertThat(KeyValues.decode(text(key63 + "=1|")).get(key63)).contains("1");
    assertThat(refusal("K".repeat(64) + "=1|").kind()).isEqualTo(Kind.FORMAT);
    assertThat(KeyValues.decode(text("K=" + "v".repeat(255) + "|")).get("K")).isPresent();
    assertThat(refusal("K=" + "v".repeat(256) + "|").kind()).isEqualTo(Kind.TOO_LONG);
    String list = "v".repeat(255) + "," + "w".repeat(255);
    assertThat(KeyValues.decode(text("K=" + list + "|")).get("K")).contains(list);
    assertThat(KeyValues.decode(text("K=0x" + "ab".repeat(1024) + "|")).get("K")).isPresent();
    assertThat(refusal("K=0x" + "ab".repeat(3000) + "|").kind()).isEqualTo(Kind.TOO_LONG);
    assertThat(refusal("K=" + "v,".repeat(100_000) + "|").kind()).isEqualTo(Kind.TOO_LONG);
  }

  @Test
  void controlCharactersAndBrokenUtf8AreRefused() {
    assertThat(refusal("TargetAlias=a\nb|").kind()).isEqualTo(Kind.FORMAT);
    ByteBuffer broken = ByteBuffer.wrap(new byte[] {'K', '=', (byte) 0xc3, 0});
    assertThatThrownBy(() -> KeyValues.decode(broken)).isInstanceOf(ProtocolException.class);
    assertThatThrownBy(() -> KeyValues.empty().with("K", "a\0b=c"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void secretsStayOutOfMessages() {
    KeyValues keys = KeyValues.empty().with("CHAP_N", "alice").with("CHAP_R", "0x1234");
    assertThat(keys.toString()).contains("CHAP_R").doesNotContain("1234").doesNotContain("alice");
  }

  @Test
  void binaryValuesComeInHexAndBase64() throws Exception {
    byte[] bytes = {0, 1, (byte) 0xfe, (byte) 0xff, 7};
    assertThat(BinaryValue.encodeHex(bytes)).isEqualTo("0x0001feff07");
    assertThat(BinaryValue.encodeBase64(bytes)).isEqualTo("0bAAH+/wc=");
    assertThat(BinaryValue.decode("K", "0X0001FEff07", 5)).isEqualTo(bytes);
    assertThat(BinaryValue.decode("K", "0BAAH+/wc=", 5)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0x", "0b", "12", "0x123", "0xzz", "0b****", "0x010203040506"})
  @Tag("rfc7143:12.1.3-b")
  void whatIsNoBinaryValueOrIsTooLongIsRefused(String value) {
    assertThatThrownBy(() -> BinaryValue.decode("CHAP_C", value, 5))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("CHAP_C");
  }

  @Test
  @Tag("rfc7143:6.1-d")
  void textIsJoinedAcrossTheContinueBitUpToItsBound() throws Exception {
    TextReassembly text = new TextReassembly(20);
    assertThat(text.add(text("MaxConn"), true)).isEmpty();
    assertThat(text.add(text("ections=1"), true)).isEmpty();
    ByteBuffer whole = text.add(text("|"), false).orElseThrow();
    assertThat(KeyValues.decode(whole).get(OperationalKey.MAX_CONNECTIONS)).contains("1");
    assertThat(text.add(text("K=1|"), false)).contains(text("K=1|"));
    text.add(text("0123456789"), true);
    assertThatThrownBy(() -> text.add(text("01234567890"), true))
        .isInstanceOfSatisfying(
            ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TOO_LONG));
  }

  @ParameterizedTest
  @CsvSource({"0,0", "42,42", "0x1F,31", "0Xff,255", "16777215,16777215"})
  @Tag("rfc7143:6.1-c")
  void numbersAreDecimalOrHex(String text, long value) {
    assertThat(KeyValues.number(text)).hasValue(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "+1", "1.5", "0x", "0xg", "Yes", "99999999999999999999", "١"})
  void otherTextIsNoNumber(String text) {
    assertThat(KeyValues.number(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "10.10.1.10 10.10.1.10 3260 -1",
        "10.10.1.10:13260 10.10.1.10 13260 -1",
        "10.10.1.10:3260,1 10.10.1.10 3260 1",
        "array-1.example.com,0x0002 array-1.example.com 3260 2",
        "[fe80::1]:860,65535 fe80::1 860 65535",
        "[fe80::1%eth0] fe80::1%eth0 3260 -1",
        "[::ffff:10.0.0.1]:3261 ::ffff:10.0.0.1 3261 -1",
        "[1:2:3:4:5:6:7:8] 1:2:3:4:5:6:7:8 3260 -1",
        "[::] :: 3260 -1",
        "0.0.0.0 0.0.0.0 3260 -1",
        "255.255.255.255 255.255.255.255 3260 -1",
        "node_a.lab. node_a.lab. 3260 -1"
      })
  @Tag("rfc7143:13.8-a")
  @Tag("rfc7143:15-a")
  void targetAddressesAreRead(String text, String host, int port, int tag) throws Exception {
    OptionalInt group = tag < 0 ? OptionalInt.empty() : OptionalInt.of(tag);
    TargetAddress address = new TargetAddress(host, port, group);
    assertThat(TargetAddress.parse(text)).isEqualTo(address);
    assertThat(TargetAddress.parse(address.toString())).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":3260",
        "10.10.1.10:",
        "host:0",
        "host:65536",
        "fe80::1",
        "h,65536",
        "a b",
        "10.10.1",
        "10.10.1.256",
        "10.10.1.1.1",
        "10.10.1.1.",
        "1234",
        "010.1.1.1",
        "..",
        "-a",
        "a-",
        "a..b",
        "[]",
        "[%]",
        "[fe80]",
        "[fe80::1::2]",
        "[1:2:3:4:5:6:7]",
        "[1:2:3:4:5:6:7:8:9]",
        "[1:2:3:4:5:6:7::8]",
        "[::12345]",
        "[::g]",
        "[:]",
        "[:::]",
        "[::10.0.0.256]",
        "[10.0.0.1]",
        "[fe80::1%]"
      })
  @Tag("rfc7143:13.8-a")
  void addressesThatNameNoPlaceAreRefused(String text) {
    assertThatThrownBy(() -> TargetAddress.parse(text))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("TargetAddress");
  }

  @Test
  void sendTargetsKeepsSeveralAddressesWithTheirTarget() throws Exception {
    var targets =
        SendTargets.decode(
            text(
                "TargetName=iqn.a|TargetAddress=10.0.0.1,1|TargetAddress=10.0.0.2,2|"
                    + "TargetName=iqn.b|"));
    assertThat(targets).hasSize(2);
    assertThat(targets.get(0).addresses())
        .extracting(TargetAddress::host)
        .containsExactly("10.0.0.1", "10.0.0.2");
    assertThat(targets.get(1).addresses()).isEmpty();
    assertThatThrownBy(() -> SendTargets.decode(text("TargetAddress=10.0.0.1,1|")))
        .isInstanceOf(ProtocolException.class);
  }
}
